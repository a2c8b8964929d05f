"""Memories fade as they say, look at nothing that comes later, and the best ones get the paths."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from forecaster.model import fading
from forecaster.model.family import FloatArray
from tests.model.series import random

WEEKS = 365.25 / 7
COUNTS = st.one_of(st.integers(0, 50).map(float), st.just(float("nan")))
FADES, PULLS, ROWS = np.array([0.5, 0.9]), np.array([0.02, 1.0, 0.2]), np.array([0, 0, 1])
FADE = np.array([0, 1, 1])


def memories(counts: FloatArray, season: FloatArray, periods: np.ndarray) -> fading.Memory:
    weights = np.exp(np.stack([np.zeros_like(season), season]))
    found = fading.traces(np.stack([counts, counts]), weights, FADES)
    return found.at(FADE[:, None], ROWS[:, None], PULLS[:, None], periods)


@given(arrays(np.float64, st.integers(1, 60), elements=COUNTS))
def test_a_memory_fades_takes_in_what_came_and_is_pulled_to_the_usual(counts: FloatArray) -> None:
    season = np.sin(np.arange(counts.size))

    held = memories(counts, season, np.arange(counts.size))

    for number, (fade, pull, row) in enumerate(zip(FADES[FADE], PULLS, ROWS, strict=True)):
        a = b = seen = weight = 0.0
        for t, count in enumerate(counts):
            y, e = (0.0, 0.0) if np.isnan(count) else (count, np.exp(row * season[t]))
            seen, weight = 0.99 * seen + y, 0.99 * weight + e
            if weight == 0:  # nothing known yet: no usual rate to compare
                break
            usual = (seen + 0.5) / weight
            a, b = fade * a + y + pull * usual, fade * b + e + pull
            found = held.values[number, t], held.weights[number, t], held.usual[number, t]
            np.testing.assert_allclose(found, (a, b, usual), rtol=1e-9)


def test_a_memory_does_not_know_what_comes_later() -> None:
    counts, periods = random(1).poisson(2.0, 80).astype(float), np.arange(50)
    changed = np.append(counts[:50], np.full(30, 99.0))

    before, after = (memories(one, np.zeros(80), periods) for one in (counts, changed))

    np.testing.assert_array_equal(before.values, after.values)


@pytest.mark.parametrize("cycle", [1.0, 4.0, 7.0, 12.0, WEEKS])
def test_the_season_of_a_period_is_what_its_past_showed(cycle: float) -> None:
    counts = random(2).poisson(3.0, 500).astype(float)
    changed = np.append(counts[:300], np.full(200, 50.0))
    terms, ends = fading.waves(np.arange(500), cycle), np.array([300])

    (before, at_end), (after, same) = (
        fading.seasons(one, terms, cycle, ends) for one in (counts, changed)
    )

    np.testing.assert_allclose(before[:301], after[:301], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(at_end, same)
    assert not before[:2].any()


def test_a_season_is_found_again() -> None:
    week = np.arange(400)
    terms = fading.waves(week, WEEKS)
    true = np.array([0.8, 0.0, -0.4, 0.0])
    counts = random(3).poisson(4 * np.exp(terms @ true)).astype(float)

    found = fading.shape(counts, terms, np.array([200, 400]))

    np.testing.assert_allclose(found, [true, true], atol=0.2)


def test_a_season_of_clustered_counts_is_believed_less() -> None:
    week = np.arange(150)
    terms = fading.waves(week, WEEKS)
    counts = np.where((week > 60) & (week < 75), 30.0, 0.0)

    once, spread = (
        np.abs(fading.shape(one, terms, np.array([150]))).max()
        for one in (np.minimum(counts, 1), counts)
    )

    assert spread < 2 * once < 3


def test_a_season_of_one_period_is_none() -> None:
    assert fading.waves(np.arange(30), 1.0).shape == (30, 0)


def test_shares_go_to_the_memories_that_foretold_best() -> None:
    scores = np.array([np.full(100, -1.0), np.full(100, -1.2), np.full(100, -2.0)])

    early, late = fading.shares(scores, np.array([30, 100]))

    assert early[0] > early[1] > early[2]
    assert late[0] > early[0]
    assert late.sum() == pytest.approx(1)


def test_shares_are_equal_before_anything_was_foretold() -> None:
    np.testing.assert_allclose(fading.shares(np.full((4, 2), np.nan), np.array([1, 2])), 0.25)


def test_paths_are_dealt_by_shares() -> None:
    ladder = (np.arange(100) + 0.5) / 100

    owners = fading.owners(np.array([0.25, 0.0, 0.75]), random(4).permutation(ladder))

    np.testing.assert_array_equal(np.bincount(owners, minlength=3), [25, 0, 75])
