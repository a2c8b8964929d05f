"""Crossing probabilities and what the past says of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import beta, norm

from forecaster.domain.forecast import Hindcast
from forecaster.domain.indicator import Threshold
from forecaster.model import crossing
from forecaster.model.family import FloatArray
from tests.model.series import random

ABOVE = Threshold(id="up", above=1.0, within=2)
BELOW = Threshold(id="down", below=1.0, within=2)


def test_a_path_crosses_if_it_is_beyond_at_least_once_within() -> None:
    paths = np.array([[0, 2, 0], [0, 0, 2], [1, 1, 1], [2, 2, 2]], dtype=float)

    np.testing.assert_array_equal(crossing.happens(paths, ABOVE), [True, False, False, True])
    np.testing.assert_array_equal(crossing.happens(paths, BELOW), [True, True, False, False])


def test_no_number_of_paths_claims_certainty() -> None:
    assert 0 < crossing.probability(np.zeros((2000, 2)), ABOVE, 10**6) < 0.001
    assert 0.999 < crossing.probability(np.full((2000, 2), 5.0), ABOVE, 10**6) < 1


def test_no_probability_claims_more_than_the_values_known_can_resolve() -> None:
    never, always = np.zeros((2000, 2)), np.full((2000, 2), 5.0)

    assert crossing.probability(never, ABOVE, 60) == pytest.approx(0.5 / 31)
    assert crossing.probability(always, ABOVE, 60) == pytest.approx(1 - 0.5 / 61)


@given(st.integers(1, 600), st.integers(1, 60))
def test_the_limit_is_jeffreys_mean_after_windows_without_an_event(
    n_values: int, within: int
) -> None:
    windows = max(1.0, n_values / within)

    assert crossing.limit(n_values, within) == pytest.approx(beta(0.5, windows + 0.5).mean())


def test_a_history_shorter_than_the_window_counts_as_one_window() -> None:
    assert crossing.limit(8, 20) == crossing.limit(20, 20) == 0.25


@given(st.integers(0, 400), st.integers(1, 600))
def test_a_probability_within_the_limits_is_the_share_of_paths(crossed: int, n: int) -> None:
    paths = np.where(np.arange(400) < crossed, 5.0, 0.0)[:, None]
    share, low, high = (crossed + 0.5) / 401, crossing.limit(n, 2), 1 - crossing.limit(n, 1)

    p = crossing.probability(paths, ABOVE, n)

    assert low <= p <= high
    assert p == pytest.approx(share) or not low < share < high


@given(st.integers(0, 400), st.integers(8, 100))
def test_a_longer_window_is_never_less_likely_to_hold_a_crossing(crossed: int, n: int) -> None:
    paths = np.where(np.arange(400) < crossed, 5.0, 0.0)[:, None].repeat(30, axis=1)

    said = [
        crossing.probability(paths, ABOVE.model_copy(update={"within": within}), n)
        for within in (1, 2, 6, 30)
    ]

    assert said == sorted(said)


def test_what_is_beyond_at_the_end_and_how_often_is_read_from_the_same_paths() -> None:
    ups = [[2, 0, 9], [2, 2, 0], [0, 2, 0], [0, 0, 0]]
    paths = np.tile(np.array(ups, dtype=float), (500, 1))

    found = crossing.chances(paths, ABOVE, 10**6)

    assert found.p == pytest.approx(0.75, abs=0.001)
    assert found.p_end == pytest.approx(0.5, abs=0.001)
    assert found.expected_exceedances == pytest.approx(1.0, abs=0.001)


def test_a_chance_at_the_end_is_held_to_what_one_period_can_resolve() -> None:
    never, always = np.zeros((2000, 2)), np.full((2000, 2), 5.0)

    assert crossing.chances(never, ABOVE, 60).p_end == pytest.approx(0.5 / 61)
    assert crossing.chances(never, ABOVE, 60).expected_exceedances == pytest.approx(1 / 61)
    assert crossing.chances(always, ABOVE, 60).p_end == pytest.approx(1 - 0.5 / 61)
    assert crossing.chances(always, ABOVE, 60).expected_exceedances == pytest.approx(2 - 1 / 61)


@given(
    arrays(np.float64, st.tuples(st.integers(1, 40), st.just(4)), elements=st.floats(0, 2)),
    st.integers(1, 4),
    st.integers(1, 600),
    st.booleans(),
)
def test_it_is_no_likelier_at_the_end_than_at_all_and_at_all_no_likelier_than_it_is_often(
    paths: FloatArray, within: int, n: int, is_above: bool
) -> None:
    side = {"above": 1.0} if is_above else {"below": 1.0}

    found = crossing.chances(paths, Threshold(id="x", within=within, **side), n)

    assert 0 < found.p_end <= found.p < 1
    assert found.p <= found.expected_exceedances < within + 1e-9


def test_a_random_walk_crosses_as_often_as_the_reflection_principle_says() -> None:
    steps = 120
    walk = random(1).normal(size=(20_000, steps)).cumsum(axis=1) / np.sqrt(steps)

    p = crossing.probability(walk, Threshold(id="x", above=1.0, within=steps), 10**6)

    # 2 P(end > level), the level raised by 0.5826 of a step, as time is discrete (Siegmund 1979)
    assert p == pytest.approx(2 * norm.sf(1 + 0.5826 / np.sqrt(steps)), abs=0.01)


def test_without_a_past_everything_is_possible() -> None:
    (low, high), n = crossing.support(0.3, (), 4, 1)

    assert low < 0.01
    assert high > 0.99
    assert n == 0


def test_the_interval_is_that_of_the_frequency_seen_after_such_probabilities() -> None:
    record = [Hindcast(p=0.3, happened=place < 30) for place in range(100)]

    (low, high), n = crossing.support(0.3, record, 1, 1)

    assert n == 100
    assert (low, high) == pytest.approx((0.23, 0.38), abs=0.01)


def test_overlapping_windows_count_for_less() -> None:
    record = [Hindcast(p=0.3, happened=place < 30) for place in range(100)]

    (low, high), n = crossing.support(0.3, record, 4, 1)

    assert n == 25
    assert high - low > 0.25


def test_windows_that_do_not_overlap_count_in_full() -> None:
    record = [Hindcast(p=0.3, happened=False)] * 12

    assert crossing.support(0.3, record, 4, 9).n_effective == 12


def test_only_similar_hindcasts_serve() -> None:
    near = [Hindcast(p=0.3, happened=False)] * 20
    far = [Hindcast(p=0.9, happened=True)] * 50

    assert crossing.support(0.3, near + far, 1, 1).n_effective == 20


def test_where_similar_ones_are_few_the_nearest_ten_serve() -> None:
    near = [Hindcast(p=0.3, happened=False)] * 3
    far = [Hindcast(p=0.9, happened=True)] * 50

    assert crossing.support(0.3, near + far, 1, 1).n_effective == 10


@given(
    st.floats(0.0005, 0.9995),
    st.lists(st.builds(Hindcast, p=st.floats(0.001, 0.999), happened=st.booleans()), max_size=40),
    st.integers(1, 20),
    st.integers(1, 20),
)
def test_the_interval_always_holds_the_probability(
    p: float, record: list[Hindcast], within: int, spacing: int
) -> None:
    (low, high), n = crossing.support(p, record, within, spacing)

    assert 0 <= low <= p <= high <= 1
    assert 0 <= n <= len(record)
