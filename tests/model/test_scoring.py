"""Scores, skill and the weights made of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_rel

from forecaster.domain.forecast import Hindcast
from forecaster.domain.indicator import Family
from forecaster.model import pool, scoring
from forecaster.model.family import FloatArray
from tests.model.series import random

BOTH = np.ones(2, dtype=bool)
CHANCES = st.floats(0.001, 0.999)
RECORDS = st.lists(
    st.builds(Hindcast, p=CHANCES, happened=st.booleans()), min_size=1, max_size=120
)


def test_the_crps_of_one_member_is_its_distance() -> None:
    scores = scoring.crps(np.array([[3.0, 5.0]]), np.array([1.0, 5.0]))

    np.testing.assert_allclose(scores, [2.0, 0.0])


def test_the_crps_of_a_normal_ensemble_is_that_of_the_normal_law() -> None:
    ensemble = np.sort(random(1).normal(size=(20_000, 1)), axis=0)

    score = scoring.crps(ensemble, np.array([0.0]))

    assert score[0] == pytest.approx(np.sqrt(2 / np.pi) - 1 / np.sqrt(np.pi), abs=0.005)


def test_an_unknown_target_has_no_score() -> None:
    ensemble, unknown = np.array([[1.0], [2.0]]), np.array([np.nan])

    assert np.isnan(scoring.crps(ensemble, unknown)).all()
    assert np.isnan(scoring.pinball(ensemble, unknown)).all()
    assert np.isnan(scoring.covered(ensemble, unknown, 0.8)).all()


def test_a_target_is_covered_between_the_interval_s_ends() -> None:
    ensemble = np.arange(101.0)[:, None].repeat(3, axis=1)

    inside = scoring.covered(ensemble, np.array([5.0, 50.0, 95.0]), 0.8)

    np.testing.assert_array_equal(inside, [0, 1, 0])


def test_the_pinball_score_of_a_hit_is_smaller_than_that_of_a_miss() -> None:
    ensemble = np.arange(101.0)[:, None].repeat(2, axis=1)

    hit, miss = scoring.pinball(ensemble, np.array([50.0, 150.0]))

    assert hit < miss


@given(RECORDS)
def test_the_brier_score_is_a_mean_square(record: list[Hindcast]) -> None:
    expected = np.mean([(one.p - one.happened) ** 2 for one in record])

    assert scoring.brier(record) == pytest.approx(expected)


def test_without_hindcasts_nothing_is_scored_and_nothing_is_trusted() -> None:
    assert scoring.brier(()) is None
    assert scoring.calibration_error(()) == 1.0


@given(RECORDS)
def test_a_calibration_error_lies_between_zero_and_one(record: list[Hindcast]) -> None:
    assert 0 <= scoring.calibration_error(record) <= 1


def test_frequencies_that_match_have_no_calibration_error() -> None:
    record = [Hindcast(p=0.25, happened=place % 4 == 0) for place in range(100)]

    assert scoring.calibration_error(record) == pytest.approx(0, abs=1e-12)


def test_errors_of_opposite_bins_do_not_cancel() -> None:
    low = [Hindcast(p=0.1, happened=True)] * 20
    high = [Hindcast(p=0.9, happened=False)] * 20

    assert scoring.calibration_error(low + high) == pytest.approx(0.9)


def test_half_the_score_is_a_skill_of_one_half() -> None:
    reference = random(2).random((40, 3)) + 1

    value, interval = overall(reference / 2, reference, 4, seed=3)

    assert value == pytest.approx(0.5)
    assert interval == pytest.approx((0.5, 0.5))


def test_against_itself_nothing_has_skill() -> None:
    reference = random(2).random((40, 3))

    assert overall(reference, reference, 4, seed=3) == (0.0, (0.0, 0.0))


@pytest.mark.parametrize(("ours", "value"), [(0.0, 0.0), (1.0, -1.0)])
def test_a_perfect_reference_leaves_no_skill_to_win(ours: float, value: float) -> None:
    assert overall(np.full((10, 2), ours), np.zeros((10, 2)), 2, seed=3)[0] == value


def test_cells_that_one_side_lacks_count_on_neither() -> None:
    ours, theirs = np.ones((12, 2)), np.full((12, 2), 2.0)
    ours[0, 0], theirs[1, 1] = np.nan, np.nan

    found = scoring.skill(ours, theirs[None], 3, random(3))

    np.testing.assert_allclose(found.value, 0.5)
    np.testing.assert_array_equal(found.n, [12, 11, 11])


def test_longer_blocks_give_wider_intervals_where_neighbours_err_together() -> None:
    common = np.repeat(random(4).normal(size=15), 8)[:, None]
    ours, theirs = 1 + 0.3 * common, np.ones((120, 1))

    _, single = overall(ours, theirs, 1, seed=5)
    _, blocked = overall(ours, theirs, 8, seed=5)

    assert np.ptp(blocked) > 1.5 * np.ptp(single)


def test_blocks_as_long_as_the_record_are_refused() -> None:
    reference = random(2).random((10, 3))

    with pytest.raises(ValueError, match="blocks of 12 cannot be drawn from 10 origins"):
        scoring.skill(reference / 2, reference[None], 12, random(3))


def test_every_rival_and_step_has_the_skill_that_it_would_have_alone() -> None:
    ours, rivals = random(6).random((40, 3)), random(7).random((2, 40, 3)) + 0.2

    found = scoring.skill(ours, rivals, 7, random(8))

    for rival, step in ((0, 1), (1, 3)):
        alone = scoring.skill(
            ours[:, step - 1 : step], rivals[rival : rival + 1, :, step - 1 : step], 7, random(8)
        )
        np.testing.assert_allclose(
            [one[rival, step] for one in found[:3]], [one[0, 0] for one in alone[:3]]
        )


def test_the_bootstrap_is_that_of_blocks_drawn_one_by_one() -> None:
    ours, theirs = random(9).random((41, 2)), random(10).random((41, 2)) + 0.1
    block, rng = 6, random(11)
    starts = rng.integers(0, 41, (1001, 7))
    index = ((starts[:, :, None] + np.arange(block)) % 41).reshape(1001, -1)[:, :41]
    values = np.sort(1 - ours[index].sum(axis=(1, 2)) / theirs[index].sum(axis=(1, 2)))

    found = scoring.skill(ours, theirs[None], block, random(11))

    np.testing.assert_allclose([found.low[0, 0], found.high[0, 0]], values[[100, 900]])


@pytest.mark.parametrize("spacing", [1.0, 3.0])
def test_equal_accuracy_is_rejected_as_seldom_as_the_test_says(spacing: float) -> None:
    steps, series = 6, 1500
    shocks = random(12).normal(size=(series, 60 + steps))
    overlap = int(np.ceil(steps / spacing))
    differences = np.lib.stride_tricks.sliding_window_view(shocks, overlap, axis=1).sum(axis=2)
    rivals = np.ones((series, 60, steps)) + differences[:, :60, None]

    _, chance = scoring.diebold_mariano(np.ones((60, steps)), rivals, spacing)

    assert (chance[:, -1] < 0.1).mean() == pytest.approx(0.1, abs=0.05)


def test_the_better_one_has_a_positive_statistic() -> None:
    ours, noise = random(13).random((60, 2)), random(14).normal(size=(60, 2))

    statistic, chance = scoring.diebold_mariano(ours, (ours + 0.5 + 0.5 * noise)[None], 1.0)

    assert (statistic > 3).all()
    assert (chance < 0.01).all()


def test_at_one_step_it_is_the_t_test_of_paired_differences() -> None:
    ours, theirs = random(15).random((30, 1)), random(16).random((30, 1))

    statistic, chance = scoring.diebold_mariano(ours, theirs[None], 1.0)

    expected = ttest_rel(theirs[:, 0], ours[:, 0])
    assert statistic[0, 0] == pytest.approx(expected.statistic)
    assert chance[0, 0] == pytest.approx(expected.pvalue)


def test_where_the_origins_are_too_few_or_nothing_differs_there_is_no_test() -> None:
    ours = random(17).random((9, 5))

    few, _ = scoring.diebold_mariano(ours, ours[None] + random(18).random((1, 9, 5)), 1.0)
    same, _ = scoring.diebold_mariano(ours, ours[None], 1.0)

    np.testing.assert_array_equal(np.isfinite(few[0]), [True] * 4 + [False])
    assert np.isnan(same).all()


def overall(
    ours: FloatArray, theirs: FloatArray, block: int, seed: int
) -> tuple[float, tuple[float, float]]:
    found = scoring.skill(ours, theirs[None], block, random(seed))
    return float(found.value[0, 0]), (float(found.low[0, 0]), float(found.high[0, 0]))


def test_only_usable_cells_are_averaged() -> None:
    scores = np.array([[[1.0, 9.0]], [[3.0, np.nan]]])
    usable = np.array([[True, False], [True, True]])

    assert scoring.mean_over(scores, usable) == pytest.approx([2.0])


def test_pool_weights_go_with_the_inverse_square_of_the_score() -> None:
    np.testing.assert_allclose(pool.weights(np.array([1.0, 2.0]), BOTH), [0.8, 0.2])


@pytest.mark.parametrize("scores", [None, np.array([0.0, 1.0])])
def test_pool_weights_are_equal_where_scores_do_not_tell(scores: np.ndarray | None) -> None:
    np.testing.assert_allclose(pool.weights(scores, BOTH), [0.5, 0.5])


def test_baselines_stand_apart_from_a_pool_that_follows_the_series() -> None:
    names = ("arima", "climatology", "naive")

    assert pool.members(names, Family.REAL).tolist() == [True, False, False]
    assert pool.members(names, Family.COUNT).tolist() == [True, True, False]
    assert pool.members(names, Family.BINARY).all()
    assert pool.members(names[1:], Family.REAL).all()


def test_a_pool_holds_whole_paths_in_their_shares() -> None:
    members = np.stack([np.full((100, 4), 1.0), np.full((100, 4), 2.0)])

    mixed = pool.mix(members, np.array([0.3, 0.7]))

    assert (mixed == mixed[:, :1]).all()
    assert (mixed[:, 0] == 1.0).sum() == 30
