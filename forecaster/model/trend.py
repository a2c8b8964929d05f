"""Where a series stands and moves now."""

from collections.abc import Mapping

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import theilslopes

from forecaster.domain.forecast import Trend
from forecaster.model.family import FloatArray
from forecaster.model.method import Parameters
from forecaster.model.methods.local_trend import slope_now
from forecaster.model.panel import Panel

_WINDOWS = (8, 26)  # values that a robust line is drawn through: twice the horizon, within these
_Z90 = float(ndtri(0.95))


def trend_now(panel: Panel, parameters: Mapping[str, Parameters], steps: int) -> Trend:
    """Return level and slope a period with the slope's 90 % interval, on the series' own scale.

    From the filtered state of the local linear trend where that was fitted. Else the Theil-Sen
    line (Sen 1968) through the last values, twice the horizon of them (8 to 26), its interval
    widened by sqrt((1 + r) / (1 - r)) for the residuals' lag-one correlation r >= 0.
    """
    state = slope_now(panel, parameters["local_trend"]) if "local_trend" in parameters else None
    if state is None:
        return _line(panel, steps)
    low, high = state.slope - _Z90 * state.error, state.slope + _Z90 * state.error
    ahead = panel.smooth_back(state.level + np.array([0.0, state.slope, low, high]))
    level, slope, low, high = (float(one) for one in (ahead[0], *(ahead[1:] - ahead[0])))
    return Trend(
        level=level, slope=slope, slope_90=(low, high), p_rising=_rising(state.slope, state.error)
    )


def _line(panel: Panel, steps: int) -> Trend:
    held = panel.places[-int(np.clip(2 * steps, *_WINDOWS)) :]
    values, at = panel.values[held], (held - held[-1]).astype(np.float64)
    slope, level, low, high = (float(one) for one in theilslopes(values, at, alpha=0.9))
    inflation = _inflation(values - level - slope * at)
    low, high = slope - (slope - low) * inflation, slope + (high - slope) * inflation
    return Trend(
        level=level,
        slope=slope,
        slope_90=(low, high),
        p_rising=_rising(slope, (high - low) / (2 * _Z90)),
    )


def _inflation(residuals: FloatArray) -> float:
    centred = residuals - residuals.mean()
    power = float(centred @ centred)
    lagged = float(centred[1:] @ centred[:-1]) / power if power else 0.0
    lagged = float(np.clip(lagged, 0.0, 0.9))
    return float(np.sqrt((1 + lagged) / (1 - lagged)))


def _rising(slope: float, error: float) -> float:
    if error <= 0:
        return 0.5 + 0.5 * float(np.sign(slope))
    return float(ndtr(slope / error))
