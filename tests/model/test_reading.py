"""How the periods of an index are numbered."""

import numpy as np
import pandas as pd
import pytest

from forecaster.domain.indicator import Family
from forecaster.model.reading import read


@pytest.mark.parametrize("freq", ["D", "W-SUN", "W-WED", "M", "Q", "Y", "2D", "h"])
def test_periods_have_the_numbers_that_their_first_days_have(freq: str) -> None:
    index = pd.period_range("2001-01-01", periods=20, freq=freq).delete([3, 4])
    y = pd.Series(np.arange(18.0), index=index)
    stamped = y.set_axis(index.to_timestamp())
    mine, other = read(y, family=Family.REAL), read(stamped, family=Family.REAL)
    assert mine.history.frequency is other.history.frequency
    assert mine.history.ordinals.tolist() == other.history.ordinals.tolist()
