"""The recursion of exponential smoothing: its grid of lanes, where they begin, how they answer.

z[t] = l[t-1] + p b[t-1] + s[t-m] + e[t];  l[t] = l[t-1] + p b[t-1] + alpha e[t]
b[t] = p b[t-1] + beta e[t];  s[t] = s[t-m] + gamma e[t]
(Hyndman, Koehler, Ord and Snyder 2008, table 2.1, additive errors), without b, and without s, as
well. A lane is (alpha, beta, damping, gamma, whether seasonal).
"""

from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from forecaster.domain.base import Frozen
from forecaster.model.family import FloatArray

_FINE = (
    (0.03, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95),  # alpha
    (0.002, 0.02, 0.08, 0.2),  # beta, in shares of alpha
    (0.85, 0.95, 0.98, 1.0),  # damping
    (0.005, 0.05, 0.12, 0.25, 0.5),  # gamma, in shares of 1 - alpha
)
_COARSE = (
    (0.05, 0.2, 0.4, 0.65, 0.9),
    (0.004, 0.1),
    (0.9, 0.98, 1.0),
    (0.005, 0.05, 0.3),
)
AT_LEAST = 10  # values
_CYCLES = 2  # of a season, from which its first shape is read
LINE = 10  # values that the first slope is drawn through


class Start(Frozen):
    """Where the states begin: level, slope, and the places of a season."""

    level: float
    slope: float
    seasons: tuple[float, ...] = ()

    def turned(self, periods: int) -> "Start":
        """Return the same with its places moved on by so many periods.

        They are kept by the numbers of their periods: a series may begin later at the next look.
        """
        return self.model_copy(update={"seasons": tuple(np.roll(self.seasons, periods).tolist())})


def window_of(season: int) -> int:
    """Return how many values the first shape of a season is read from."""
    return _CYCLES * season + 2


def is_seasonal(size: int, season: int) -> bool:
    """Say whether a series of that many periods shows its season."""
    return season > 1 and size >= window_of(season)


def start_of(values: FloatArray, season: int) -> Start:
    """Read the first states off the first values: classical decomposition, then a line."""
    places = np.arange(values.size)
    held = np.isfinite(values)
    filled = np.interp(places, places[held], values[held])
    shape = np.zeros(season)
    if season > 1:
        shape = _season(filled, season)
    through = max(LINE, season)
    rest = (filled - shape[places % season])[:through]
    slope, level = np.polyfit(np.arange(1, rest.size + 1), rest, 1)
    return Start(level=float(level), slope=float(slope), seasons=tuple(shape.tolist()))


def _season(values: FloatArray, season: int) -> FloatArray:
    """Return the mean distance of each place of a season from the moving average."""
    weights = np.ones(season) / season
    if season % 2 == 0:
        weights = np.r_[0.5, np.ones(season - 1), 0.5] / season
    smooth = np.convolve(values, weights, mode="valid")
    first = weights.size // 2
    apart = values[first : first + smooth.size] - smooth
    place = (np.arange(smooth.size) + first) % season
    seen = np.maximum(np.bincount(place, minlength=season), 1)
    shape = np.bincount(place, apart, season) / seen
    return np.asarray(shape - shape.mean())


@cache
def grid(*, seasonal: bool, coarse: bool = False) -> FloatArray:
    """Return all lanes (L, 5), those with a season last; coarsely a sixth of them."""
    alphas, betas, dampings, gammas = _COARSE if coarse else _FINE
    slopes = [(0.0, 0.0), *product(betas, dampings)]
    turns = [(0.0, 0.0)] + ([(gamma, 1.0) for gamma in gammas] if seasonal else [])
    return np.array(
        [
            (alpha, alpha * beta, damping, (1 - alpha) * gamma, turn)
            for (gamma, turn), alpha, (beta, damping) in product(turns, alphas, slopes)
        ]
    )


def free_of(lanes: FloatArray, season: int) -> FloatArray:
    """Count each lane's free parameters, its starting values included."""
    damping = lanes[:, 2]
    slope = np.where(damping > 0, 2, 0) + ((damping > 0) & (damping < 1))
    return np.asarray(2 + slope + lanes[:, 4] * season, dtype=np.float64)


def damped(damping: FloatArray, steps: NDArray[np.int_]) -> FloatArray:
    """Return p + p^2 + … + p^j for each lane (L,) and j in steps (H,): (L, H)."""
    powers = damping[:, None] ** np.arange(1, max(int(steps.max()), 1) + 1)
    sums = np.concatenate([np.zeros((damping.size, 1)), np.cumsum(powers, axis=1)], axis=1)
    return np.asarray(sums[:, steps])


def responses(lanes: FloatArray, season: int, steps: int) -> FloatArray:
    """Return what an innovation of one does to the value so many steps later: (L, H)."""
    alpha, beta, damping, gamma = lanes[:, :4, None].transpose(1, 0, 2)
    ahead = np.arange(steps)
    told = alpha + beta * damped(damping[:, 0], ahead) + gamma * (ahead % season == 0)
    told[:, 0] = 1.0
    return np.asarray(told)
