"""The methods that are not shipped, as plain statsmodels has them: normal laws on the scale.

Each gets the values (n,) on the family's scale with their gaps, the periods in a season and the
steps. Those that take no gap get it filled: from a season before, else along a straight line.
"""

from collections.abc import Callable
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.statespace.sarimax import SARIMAX
from statsmodels.tsa.statespace.structural import UnobservedComponents

Floats = NDArray[np.float64]

_CYCLES = 3  # of a season, before one is tried
_STOP = 1e10  # machine epsilons of the likelihood at which L-BFGS stops
_ITERATIONS = 50
_BURN = 2  # of a local trend: as many as the larger of its two forms has states
_OUTSIDE = 0.3173  # of a normal law, beyond one standard deviation


class Law(NamedTuple):
    """What is said of each step (steps,): the mean and the standard deviation of a normal law."""

    means: Floats
    spreads: Floats


Rival = Callable[[Floats, int, int], Law]


def exponential_smoothing(values: Floats, season: int, steps: int) -> Law:
    """Fit ETS with additive errors in all forms of trend and season, and keep the least AICc."""
    told = pd.Series(_filled(values, season))
    trends = ((None, False), ("add", False), ("add", True))
    seasons = (None, "add") if _turns(values, season) else (None,)
    fits = [
        ETSModel(
            told,
            error="add",
            trend=trend,
            damped_trend=damped,
            seasonal=turn,
            seasonal_periods=season if turn else None,
            initialization_method="heuristic",
        ).fit(disp=False)
        for (trend, damped), turn in product(trends, seasons)
    ]
    best = min(fits, key=lambda one: one.aicc)
    said = best.get_prediction(start=told.size, end=told.size + steps - 1)
    return Law(np.asarray(said.predicted_mean), np.sqrt(np.asarray(said.var_pred_mean)))


def seasonal_arima(values: Floats, season: int, steps: int) -> Law:
    """Fit the airline model, without a season ARIMA(1,1,1), by maximum likelihood.

    Of the differenced values, with the variance concentrated out; then filtered in the full model.
    """
    orders: dict[str, Any] = {"order": (1, 1, 1)}
    if _turns(values, season):
        orders = {"order": (0, 1, 1), "seasonal_order": (0, 1, 1, season)}
    quick = SARIMAX(values, **orders, concentrate_scale=True, simple_differencing=True)
    found = quick.fit(disp=False, cov_type="none", low_memory=True, factr=_STOP)
    return _ahead(SARIMAX(values, **orders, concentrate_scale=True), found.params, steps)


def theta(values: Floats, season: int, steps: int) -> Law:
    """Fit the Theta model with the season taken out where its test sees one, and its intervals."""
    low, high = _theta(values, season).prediction_intervals(steps, alpha=_OUTSIDE).to_numpy().T
    spread = (high - low) / 2 / -ndtri(_OUTSIDE / 2)
    return Law((low + high) / 2, np.asarray(spread))


def narrow_theta(values: Floats, season: int, steps: int) -> Law:
    """Fit the same by likelihood, with the spread of exponential smoothing.

    s^2 (1 + (h - 1) a^2), where statsmodels has s^2 (1 + (h - 1) (1 + (a - 1)^2)).
    """
    fit = _theta(values, season, use_mle=True)
    ahead = np.arange(steps) * fit.params["alpha"] ** 2
    return Law(np.asarray(fit.forecast(steps)), np.sqrt(fit.sigma2 * (1 + ahead)))


def local_trend(values: Floats, season: int, steps: int) -> Law:
    """Fit the local level and the local linear trend by likelihood, and keep the least AIC."""
    del season
    return _structural(values, steps, {})


def structural(values: Floats, season: int, steps: int) -> Law:
    """Fit the same beside a season that moves, where there is one."""
    return _structural(values, steps, {"seasonal": season} if _turns(values, season) else {})


def seasonal_naive(values: Floats, season: int, steps: int) -> Law:
    """Repeat the last season; errors are those of doing so, each more season adds its own."""
    told, lag = _filled(values, season), season if values.size > season + 1 else 1
    places = np.arange(steps)
    spread = np.sqrt(np.mean((told[lag:] - told[:-lag]) ** 2))
    return Law(told[told.size - lag + places % lag], spread * np.sqrt(places // lag + 1.0))


RIVALS: dict[str, Rival] = {
    "ETSModel": exponential_smoothing,
    "SARIMAX": seasonal_arima,
    "ThetaModel": theta,
    "ThetaModel, narrow": narrow_theta,
    "UnobservedComponents, trend": local_trend,
    "UnobservedComponents, season": structural,
    "seasonal naive": seasonal_naive,
}


def _theta(values: Floats, season: int, *, use_mle: bool = False) -> Any:
    told, turns = pd.Series(_filled(values, season)), _turns(values, season)
    model = ThetaModel(told, period=season if turns else 1, deseasonalize=turns, method="additive")
    return model.fit(use_mle=use_mle, disp=False)


def _structural(values: Floats, steps: int, season: dict[str, int]) -> Law:
    unit = float(np.nanstd(values))
    found = []
    for level in ("llevel", "lltrend"):
        burn = _BURN + season.get("seasonal", 1) - 1
        model = UnobservedComponents(values / unit, level=level, loglikelihood_burn=burn, **season)
        fit = model.fit(
            disp=False, cov_type="none", low_memory=True, factr=_STOP, maxiter=_ITERATIONS
        )
        found.append((fit.aic, model, fit.params))
    _, model, params = min(found, key=lambda one: one[0])
    means, spreads = _ahead(model, params, steps)
    return Law(means * unit, spreads * unit)


def _ahead(model: Any, params: Floats, steps: int) -> Law:
    said = model.filter(params, cov_type="none").get_forecast(steps)
    return Law(np.asarray(said.predicted_mean), np.sqrt(np.asarray(said.var_pred_mean)))


def _turns(values: Floats, season: int) -> bool:
    return season > 1 and values.size >= _CYCLES * season + 2


def _filled(values: Floats, season: int) -> Floats:
    places, held = np.arange(values.size), np.isfinite(values)
    filled = np.interp(places, places[held], values[held])
    if season > 1:
        for gap in np.flatnonzero(~held[season:]) + season:
            filled[gap] = filled[gap - season]
    return filled
