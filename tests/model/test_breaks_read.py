"""A break is named by its own date, however the series was read."""

import numpy as np
import pandas as pd
import pytest

from forecaster.model import forecast
from tests.model.series import random


@pytest.mark.parametrize("first", ["1951-01", "2001-01"])
def test_in_a_notebook_the_warning_names_the_month_of_the_break(first: str) -> None:
    months = pd.period_range(first, periods=100, freq="M")
    values = random(3).normal(size=100) + 8 * (np.arange(100) >= 70)

    found = forecast(pd.Series(values, months), 3, family="real")

    assert f"at {months[70]}-01: the 70 values before it are left out" in found.warnings[0]
    assert found.fitted.n_observations == found.panel.places.size == 30
