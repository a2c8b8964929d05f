"""Quantiles of negative-binomial counts are those of the law, or very near."""

import numpy as np
import pytest
from scipy.stats import nbinom

from forecaster.model import negbin

CHANCES = (np.arange(2000) + 0.5) / 2000


@pytest.mark.parametrize("mean", [0.01, 0.5, 3.0, 9.9])
@pytest.mark.parametrize("size", [0.5, 2.0, 30.0, 1e6])
def test_small_counts_have_the_exact_quantiles(mean: float, size: float) -> None:
    found = negbin.quantiles(CHANCES, np.array(mean), np.array(size))

    exact = nbinom.ppf(CHANCES, size, size / (size + mean))
    np.testing.assert_array_equal(found[exact < 60], exact[exact < 60])


@pytest.mark.parametrize("mean", [0.5, 9.9, 10.0, 30.0, 400.0, 1e5])
@pytest.mark.parametrize("size", [0.1, 0.5, 1.0, 3.0, 30.0, 1e6])
def test_all_counts_have_nearly_the_exact_quantiles(mean: float, size: float) -> None:
    found = negbin.quantiles(CHANCES, np.array(mean), np.array(size))

    exact = nbinom.ppf(CHANCES, size, size / (size + mean))
    spread = np.sqrt(mean + mean**2 / size)
    assert np.abs(found - exact).mean() < 0.02 * spread
    assert found.mean() == pytest.approx(exact.mean(), rel=0.01)
    assert (np.diff(found) >= 0).all()
    assert (found >= 0).all()


def test_laws_and_chances_of_any_shape_broadcast() -> None:
    means = np.array([[0.3], [5.0], [80.0]])

    found = negbin.quantiles(np.array([0.1, 0.5, 0.9]), means, np.array(2.0))

    rows = [negbin.quantiles(np.array([0.1, 0.5, 0.9]), one, np.array(2.0)) for one in means]
    np.testing.assert_array_equal(found, rows)
