"""The widening of paths by their past misses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from forecaster.model import calibrate
from forecaster.model.family import FloatArray
from tests.model.series import random

FACTORS = st.floats(0.5, 3.0)


def test_targets_of_the_forecast_s_own_law_have_uniform_ranks() -> None:
    rng = random(1)
    ensemble = np.sort(rng.normal(size=(500, 2000)), axis=0)

    ranks = calibrate.pits(ensemble, rng.normal(size=2000)).mean(axis=0)

    np.testing.assert_allclose(np.quantile(ranks, [0.1, 0.5, 0.9]), [0.1, 0.5, 0.9], atol=0.03)


def test_ranks_spread_over_many_equal_counts_are_uniform_too() -> None:
    rng = random(2)
    ensemble = np.sort(rng.poisson(0.3, size=(500, 2000)), axis=0)

    start, end = calibrate.pits(ensemble, rng.poisson(0.3, size=2000))

    for level in (0.1, 0.5, 0.9):
        mass = np.clip((level - start) / (end - start), 0, 1).mean()
        assert mass == pytest.approx(level, abs=0.03)


def test_sparse_counts_of_the_forecast_s_own_law_keep_their_width() -> None:
    rng = random(6)
    ensemble = np.sort(rng.poisson(0.1, size=(400, 60)), axis=0)
    past = calibrate.pits(ensemble, rng.poisson(0.1, size=60))

    factor = calibrate.factors(past[..., None], np.ones((60, 1), dtype=bool), 1.0, 1.0)

    assert factor[0] == pytest.approx(1.0, abs=0.15)


def test_a_target_that_ties_with_members_lies_anywhere_among_them() -> None:
    start, end = calibrate.pits(np.array([[0.0], [0.0], [0.0], [1.0]]), np.array([0.0]))

    assert (start[0], end[0]) == (0.0, 0.8)


def test_an_unknown_target_has_no_rank() -> None:
    ranks = calibrate.pits(np.zeros((5, 1)), np.array([np.nan]))

    assert np.isnan(ranks).all()


@pytest.mark.parametrize("true_spread", [0.7, 1.0, 1.8])
def test_the_widened_interval_covers_as_promised(true_spread: float) -> None:
    rng = random(3)
    ensemble = np.sort(rng.normal(size=(2000, 1)), axis=0)
    past = calibrate.pits(ensemble.repeat(400, axis=1), true_spread * rng.normal(size=400))

    factor = calibrate.factors(past[..., None], np.ones((400, 1), dtype=bool), 1.0, 1.0)
    low, high = np.quantile(calibrate.widen(ensemble, factor), (0.1, 0.9), axis=0)

    fresh = true_spread * rng.normal(size=4000)
    assert ((low <= fresh) & (fresh <= high)).mean() == pytest.approx(0.8, abs=0.04)


def test_too_few_residuals_leave_the_width_that_a_step_has_without_any() -> None:
    past = ranks_at(0.999, (calibrate.AT_LEAST - 1, 3))

    factor = calibrate.factors(past, np.ones(past.shape[1:], dtype=bool), 1.0, 1.1)

    np.testing.assert_allclose(factor, 1.1)


def test_a_few_residuals_move_the_width_a_little_and_many_move_it_all_the_way() -> None:
    few, many = (
        calibrate.factors(ranks_at(0.99, (n, 1)), np.ones((n, 1), dtype=bool), 1.0, 1.0)[0]
        for n in (10, 4000)
    )

    all_the_way = norm.ppf(0.99) / norm.ppf(0.9)
    assert few == pytest.approx(np.sqrt(all_the_way), rel=0.01)
    assert many == pytest.approx(all_the_way, rel=0.01)


def test_residuals_of_forecasts_that_overlap_count_for_fewer() -> None:
    past, usable = ranks_at(0.99, (60, 6)), np.ones((60, 6), dtype=bool)

    factor = calibrate.factors(past, usable, 1.0, 1.0)

    assert (np.diff(factor) < 0).all()


def test_residuals_not_known_yet_count_for_nothing() -> None:
    past = ranks_at(0.9, (60, 2))
    usable = np.ones((60, 2), dtype=bool)
    usable[4:, 1] = False

    factor = calibrate.factors(past, usable, 2.0, 1.1)

    assert factor[0] == pytest.approx(1.1 ** (10 / 70), abs=0.01)
    assert factor[1] == pytest.approx(1.1)


def test_a_first_origin_has_no_past() -> None:
    nothing = np.empty((2, 0, 4, 3)), np.empty((0, 3), dtype=bool)

    np.testing.assert_array_equal(calibrate.factors(*nothing, 1.0, 1.1), np.full((4, 3), 1.1))


@given(FACTORS, st.integers(0, 10_000))
def test_the_map_keeps_ranks_and_values(factor: float, seed: int) -> None:
    paths = random(seed).poisson(2.0, (80, 3)).astype(float)

    moved = calibrate.widen_paths(paths, np.full(3, factor), random(seed))

    assert np.isin(moved, paths).all()
    for before, after in zip(paths.T, moved.T, strict=True):
        order = np.argsort(before)
        low = before[order][:-1] < before[order][1:]
        assert (np.diff(after[order])[low] >= 0).all()


@given(FACTORS)
def test_the_paths_and_the_sorted_ensemble_are_moved_alike(factor: float) -> None:
    paths = random(4).normal(size=(200, 2))

    moved = calibrate.widen_paths(paths, np.full(2, factor), random(5))

    ordered = calibrate.widen(np.sort(paths, axis=0), np.full(2, factor))
    np.testing.assert_array_equal(np.sort(moved, axis=0), ordered)


def test_a_factor_of_one_changes_nothing() -> None:
    paths = random(4).normal(size=(200, 2))

    moved = calibrate.widen_paths(paths, np.array([1.0, 2.0]), random(5))

    np.testing.assert_array_equal(moved[:, 0], paths[:, 0])
    np.testing.assert_array_equal(calibrate.widen_paths(paths, np.ones(2), random(5)), paths)


def test_after_silence_the_factors_of_later_steps_hold() -> None:
    found = calibrate.stretch(np.array([1.1, 1.2, 1.3]), 2, 3)

    np.testing.assert_array_equal(found, [1.3, 1.3, 1.3])


def ranks_at(level: float, shape: tuple[int, ...]) -> FloatArray:
    """Return PITs that all lie at one level."""
    return np.stack([np.full(shape, level - 1e-4), np.full(shape, level + 1e-4)])
