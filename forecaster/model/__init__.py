"""THINK: pure; pandas and statsmodels, no input or output. In a notebook, start here.

`forecast`, `forecast_many` and `backtest` are loaded when they are first named: whoever imports
another part of the model pays for no more than that.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forecaster.model.forecasting import backtest, forecast, forecast_many

__all__ = ["backtest", "forecast", "forecast_many"]


def __getattr__(name: str) -> object:
    """Load the notebook's functions when they are named."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("forecaster.model.forecasting"), name)
