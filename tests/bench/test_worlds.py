"""The made counts of the benchmarks: the same every time, and as sparse as their kind says."""

import numpy as np
import pandas as pd
import pytest

from bench.worlds import KINDS, worlds


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_makes_the_same_world(kind: str) -> None:
    one, again, other = worlds(kind, 5, 1), worlds(kind, 5, 1), worlds(kind, 5, 2)

    for name, series in one.items():
        pd.testing.assert_series_equal(series, again[name])
    assert not np.array_equal(next(iter(one.values())), next(iter(other.values())))


@pytest.mark.parametrize("kind", KINDS)
def test_a_series_does_not_depend_on_how_many_are_made(kind: str) -> None:
    name, first = next(iter(worlds(kind, 1, 3).items()))

    pd.testing.assert_series_equal(worlds(kind, 4, 3)[name], first)


@pytest.mark.parametrize("kind", KINDS)
def test_the_zero_share_of_every_series_is_that_of_its_kind(kind: str) -> None:
    low, high = KINDS[kind].zeros

    shares = [float((series == 0).mean()) for series in worlds(kind, 60, 4).values()]

    assert low <= min(shares)
    assert max(shares) <= high


def test_sparse_series_are_spread_over_the_range_of_zero_shares() -> None:
    shares = [float((series == 0).mean()) for series in worlds("weekly-sparse", 60, 4).values()]

    assert np.quantile(shares, 0.1) < 0.65
    assert np.quantile(shares, 0.9) > 0.85


@pytest.mark.parametrize("kind", KINDS)
def test_values_are_counts(kind: str) -> None:
    for series in worlds(kind, 20, 5).values():
        assert (series >= 0).all()
        assert (series == np.rint(series)).all()
