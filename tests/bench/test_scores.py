"""The benchmarks' scores, on cases that can be reckoned by hand."""

import numpy as np
import pytest

from bench.scores import (
    LEVELS,
    central,
    covered,
    crps,
    histogram,
    interval_score,
    mase_scale,
    pit,
    ratio,
)


def test_the_crps_of_a_point_is_the_absolute_error() -> None:
    quantiles = np.full((2, len(LEVELS)), 3.0)

    assert crps(quantiles, np.array([5.0, 3.0])) == pytest.approx([2.0, 0.0])


def test_the_crps_of_three_quantiles_weighs_each_by_the_levels_that_are_nearest() -> None:
    quantiles = np.array([[0.0, 1.0, 2.0]])

    # Pinball losses of 1.5: .25 * 1.5, .5 * .5, .25 * .5; the levels stand for .375, .25 and .375.
    wanted = 2 * (0.375 * 0.375 + 0.25 * 0.25 + 0.375 * 0.125)
    assert crps(quantiles, np.array([1.5]), (0.25, 0.5, 0.75)) == pytest.approx([wanted])


def test_the_crps_of_a_uniform_law_is_its_closed_form() -> None:
    quantiles = np.array([LEVELS])

    # Of the uniform law on 0 to 1, at y: (y^3 + (1 - y)^3) / 3.
    assert crps(quantiles, np.array([0.3])) == pytest.approx([(0.3**3 + 0.7**3) / 3], abs=6e-3)


def test_a_missing_target_has_no_score() -> None:
    quantiles = np.array([LEVELS])

    assert np.isnan(crps(quantiles, np.array([np.nan]))).all()
    assert np.isnan(covered(quantiles, np.array([np.nan]), 0.8)).all()
    assert np.isnan(pit(quantiles, np.array([np.nan]))).all()


def test_the_scale_of_the_mase_is_the_mean_absolute_seasonal_difference() -> None:
    past = np.array([1.0, 10.0, 2.0, 14.0, np.nan, 15.0])

    assert mase_scale(past, 2) == pytest.approx((1 + 4 + 1) / 3)
    assert mase_scale(past, 1) == pytest.approx((9 + 8 + 12) / 3)
    assert mase_scale(past, 12) == pytest.approx((9 + 8 + 12) / 3)


def test_the_interval_score_adds_forty_times_the_miss_of_a_95_percent_interval() -> None:
    low, high = np.array([0.0, 0.0, 0.0]), np.array([2.0, 2.0, 2.0])

    scores = interval_score(low, high, np.array([1.0, 2.5, -1.0]), 0.95)

    assert scores == pytest.approx([2.0, 2.0 + 20.0, 2.0 + 40.0])


def test_the_central_interval_holds_its_own_ends() -> None:
    quantiles = np.array([LEVELS] * 3)

    low, high = central(quantiles, 0.95)

    assert (low[0], high[0]) == (0.025, 0.975)
    assert list(covered(quantiles, np.array([0.025, 0.5, 0.98]), 0.95)) == [1.0, 1.0, 0.0]


def test_a_rank_reaches_from_the_level_below_to_the_level_above() -> None:
    quantiles = np.array([[0.0, 0.0, 4.0]] * 3)

    ends = pit(quantiles, np.array([0.0, 1.0, 9.0]), (0.25, 0.5, 0.75))

    assert ends.T.tolist() == [[0.0, 0.75], [0.5, 0.75], [0.75, 1.0]]


def test_a_histogram_spreads_a_rank_evenly_over_what_it_reaches() -> None:
    ends = np.array([[0.0, 0.5], [0.5, 0.75]])

    assert histogram(ends, 4) == pytest.approx([0.25, 0.25, 0.5, 0.0])


def test_a_ratio_is_one_of_means_and_leaves_out_what_only_one_side_has() -> None:
    found = ratio(
        np.array([1.0, 3.0, 9.0]), np.array([2.0, 6.0, np.nan]), np.random.default_rng(1)
    )

    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.5, 0.5))
    assert str(found) == "0.500 [0.500, 0.500]"
