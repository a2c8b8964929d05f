"""What each of our methods is for."""

import numpy as np
import pytest

from forecaster.domain.indicator import Family
from forecaster.domain.period import Frequency
from forecaster.model.family import FloatArray
from forecaster.model.method import draw, made
from forecaster.model.panel import Panel
from tests.model.series import definition, panel, random

STEPS, PATHS = 6, 200
MONTHLY = {family: definition(family=family) for family in Family}


def test_zeros_seen_so_far_never_make_the_next_one_certain() -> None:
    paths = drawn("climatology", of(Family.COUNT, np.zeros(30)), n_paths=4000)

    assert paths.mean() == pytest.approx(0.5 / 30, rel=0.3)


def test_naive_spreads_like_the_walk_that_it_continues() -> None:
    walk = random(4).normal(size=400).cumsum()

    paths = drawn("naive", panel(walk, definition(family=Family.REAL)), n_paths=4000)

    assert np.median(paths[:, -1]) == pytest.approx(walk[-1], abs=0.2)
    assert paths[:, -1].std() == pytest.approx(np.sqrt(STEPS), rel=0.15)


def test_a_difference_over_a_gap_counts_for_as_many_steps() -> None:
    walk = random(4).normal(size=598).cumsum()
    walk[np.arange(598) % 3 > 0] = np.nan
    seen = panel(walk, definition(family=Family.REAL))

    assert drawn("naive", seen, n_paths=4000)[:, 0].std() == pytest.approx(1, rel=0.2)


def test_a_state_that_stays_is_continued_by_the_chain() -> None:
    values = np.repeat([0.0, 1.0, 0.0, 1.0], 15)

    paths = drawn("naive", of(Family.BINARY, values), n_paths=2000)

    assert paths[:, 0].mean() > 0.85


def test_climatology_keeps_what_follows_what() -> None:
    weekly = definition(family=Family.REAL, frequency=Frequency.WEEK)
    seen = panel(np.tile([0.0, 0.0, 9.0, 9.0], 15), weekly)

    paths = drawn("climatology", seen, n_paths=2000)

    np.testing.assert_array_equal(paths[:, 2:], 9.0 - paths[:, :-2])


def test_climatology_sees_a_season() -> None:
    month = np.arange(96)
    values = 5 * np.sin(2 * np.pi * month / 12) + random(5).normal(size=96)

    paths = drawn("climatology", of(Family.REAL, values), steps=12)

    np.testing.assert_allclose(
        paths.mean(axis=0), 5 * np.sin(2 * np.pi * np.arange(12) / 12), atol=2
    )


def test_climatology_looks_back_five_years() -> None:
    values = np.concatenate([np.full(60, 50.0), random(5).normal(size=60)])

    assert drawn("climatology", of(Family.REAL, values)).max() < 10


@pytest.mark.parametrize("name", ["smoothing", "arima"])
def test_a_trend_goes_on(name: str) -> None:
    values = 2.0 * np.arange(60) + random(6).normal(size=60)

    paths = drawn(name, of(Family.REAL, values))

    np.testing.assert_allclose(paths.mean(axis=0), 2.0 * np.arange(60, 60 + STEPS), atol=2)


def test_counts_that_depend_on_the_last_are_continued_from_the_last() -> None:
    rng, counts = random(7), [2.0]
    for _ in range(200):
        counts.append(float(rng.poisson(0.5 + 0.8 * counts[-1])))
    high = np.array([*counts, 12.0])

    first = drawn("gamma_poisson", of(Family.COUNT, high))[:, 0]

    assert first.mean() > 2 * np.mean(counts)


def test_counts_with_a_season_follow_it() -> None:
    month = np.arange(120)
    counts = random(8).poisson(np.exp(1 + np.sin(2 * np.pi * month / 12))).astype(float)

    paths = drawn("gamma_poisson", of(Family.COUNT, counts), steps=12)

    assert paths[:, 1:6].mean() > 2 * paths[:, 7:12].mean()


def test_counts_that_explode_stay_under_their_ceiling() -> None:
    counts = np.rint(1.12 ** np.arange(60.0))

    paths = drawn("gamma_poisson", of(Family.COUNT, counts), steps=24)

    assert np.median(paths) < 4 * counts.max()


def test_a_season_keeps_its_places_where_the_series_begins_later() -> None:
    month = np.arange(96)
    seen = of(Family.REAL, 10 * np.sin(2 * np.pi * month / 12) + random(6).normal(size=96))
    steady = dict(made("smoothing").fit(seen).parameters)
    steady["lanes"] = [[*lane[:3], 0.0, 1.0] for lane in steady["lanes"]]  # it never relearns

    whole, later = (
        draw(made("smoothing"), one, steady, 12, n_paths=PATHS, rng=random(2)).mean(axis=0)
        for one in (seen, seen.since(seen.start + 5))
    )

    np.testing.assert_allclose(later, whole, atol=0.5)


def of(family: Family, values: np.ndarray) -> Panel:
    return panel(values, MONTHLY[family])


def drawn(name: str, seen: Panel, *, steps: int = STEPS, n_paths: int = PATHS) -> FloatArray:
    learnt = made(name).fit(seen)
    return draw(made(name), seen, learnt.parameters, steps, n_paths=n_paths, rng=random(2))
