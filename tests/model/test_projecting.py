"""What is read from paths."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from forecaster.domain.forecast import LEVELS
from forecaster.domain.indicator import Family
from forecaster.model.family import FloatArray
from forecaster.model.projecting import quantiles

PATHS = arrays(
    np.float64, st.tuples(st.integers(1, 50), st.integers(1, 4)), elements=st.integers(-9, 9)
)


@given(PATHS)
def test_quantiles_lie_between_the_paths_and_of_whole_numbers_on_one(paths: FloatArray) -> None:
    between, whole = (quantiles(paths, family) for family in (Family.REAL, Family.COUNT))

    np.testing.assert_allclose(between, np.quantile(paths, LEVELS, axis=0), atol=1e-12)
    np.testing.assert_array_equal(whole, np.quantile(paths, LEVELS, axis=0, method="inverted_cdf"))


@pytest.mark.parametrize("family", [Family.REAL, Family.COUNT])
def test_every_hundredth_can_be_asked_for(family: Family) -> None:
    paths = np.arange(100.0)[:, None]

    found = quantiles(paths, family, [one / 100 for one in range(1, 100)])[:, 0]

    np.testing.assert_allclose(found, np.arange(99), atol=1)
    assert (np.diff(found) > 0).all()
