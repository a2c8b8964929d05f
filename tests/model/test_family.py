"""Families and their scales."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecaster.domain.errors import CannotForecast
from forecaster.domain.indicator import Family
from forecaster.model.family import Scale, settle

NO_BASE = np.array([np.nan])


@pytest.mark.parametrize(
    ("values", "base", "shown"),
    [
        ([0, 1, 1], np.nan, Family.BINARY),
        ([0, 0, 0], np.nan, Family.COUNT),
        ([0, 3, 17], np.nan, Family.COUNT),
        ([28500, 27000, 30000], np.nan, Family.POSITIVE),
        ([0.2, 0.5, 0.4], 80, Family.SHARE),
        ([0.2, 0.5, 0.4], np.nan, Family.POSITIVE),
        ([-0.2, 0.5, 3.0], np.nan, Family.REAL),
    ],
)
def test_the_family_is_read_from_the_values(
    values: list[float], base: float, shown: Family
) -> None:
    found = np.array(values, dtype=float)

    assert settle(Family.AUTO, found, np.full(3, base), 1.0) is shown


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        (Family.COUNT, 1.5),
        (Family.COUNT, -1.0),
        (Family.SHARE, 1.2),
        (Family.POSITIVE, -0.1),
        (Family.BINARY, 2.0),
        (Family.REAL, 1e300),
    ],
)
def test_a_value_outside_the_declared_family_is_named(declared: Family, value: float) -> None:
    with pytest.raises(CannotForecast, match=re.escape(f"{value:g} is not a value")):
        settle(declared, np.array([1.0, value]), np.full(2, np.nan), 1.0)


@given(st.lists(st.integers(0, 500), min_size=2, max_size=30))
def test_counts_survive_the_way_there_and_back(counts: list[int]) -> None:
    values = np.array(counts, dtype=float)
    scale = Scale.of(values, np.full(values.size, np.nan), Family.COUNT, 1.0)

    np.testing.assert_array_equal(scale.back(scale.forward(values)), values)


@given(st.lists(st.floats(1e-6, 1e6), min_size=2, max_size=30))
def test_positive_values_survive_the_way_there_and_back(numbers: list[float]) -> None:
    values = np.array(numbers)
    scale = Scale.of(values, np.full(values.size, np.nan), Family.POSITIVE, 1.0)

    np.testing.assert_allclose(scale.back(scale.forward(values)), values, rtol=1e-9)


@given(st.lists(st.integers(0, 80), min_size=2, max_size=30))
def test_shares_of_a_known_base_survive_the_way_there_and_back(hits: list[int]) -> None:
    values = np.array(hits) / 80 * 1000
    scale = Scale.of(values, np.full(values.size, 80.0), Family.SHARE, 1000.0)

    np.testing.assert_allclose(scale.back(scale.forward(values)), values, atol=1e-9)


@given(
    st.sampled_from([Family.COUNT, Family.SHARE, Family.POSITIVE, Family.BINARY]),
    st.lists(st.floats(-50, 50), min_size=1, max_size=20),
)
def test_whatever_comes_back_lies_in_the_range(family: Family, moved: list[float]) -> None:
    scale = Scale.of(np.array([0.0, 1.0, 1.0]), np.full(3, np.nan), family, 1.0)

    back = scale.back(np.array(moved))

    assert (back >= 0).all()
    assert np.isfinite(back).all()
    assert family not in {Family.SHARE, Family.BINARY} or (back <= 1).all()
    assert family is not Family.COUNT or (back == np.rint(back)).all()


def test_zeros_of_a_positive_series_come_back_as_zeros() -> None:
    values = np.array([0.0, 2.0, 0.0, 8.0])
    scale = Scale.of(values, np.full(4, np.nan), Family.POSITIVE, 1.0)

    np.testing.assert_allclose(scale.back(scale.forward(values)), values)


def test_a_positive_series_without_zeros_never_reaches_zero() -> None:
    scale = Scale.of(np.array([2.0, 8.0]), np.full(2, np.nan), Family.POSITIVE, 1.0)

    assert scale.back(np.array([-100.0]))[0] > 0


def test_a_share_whose_base_is_missing_in_places_takes_the_usual_one() -> None:
    scale = Scale.of(np.array([0.2, 0.4]), np.array([50.0, np.nan]), Family.SHARE, 1.0)

    moved = scale.forward(np.array([0.2, 0.2]), np.array([50.0, np.nan]))

    assert moved[0] == moved[1]


def test_the_first_zero_of_a_positive_series_is_small_in_its_own_unit() -> None:
    for unit in (1e-6, 1.0, 1e6):
        scale = Scale.of(unit * np.array([2.0, 8.0]), np.full(2, np.nan), Family.POSITIVE, 1.0)

        assert scale.forward(np.zeros(1))[0] == pytest.approx(np.log(unit))


def test_a_positive_series_never_grows_beyond_numbers() -> None:
    scale = Scale.of(np.array([1e-200, 1e50]), np.full(2, np.nan), Family.POSITIVE, 1.0)

    assert np.isfinite(scale.back(np.array([800.0]))).all()
