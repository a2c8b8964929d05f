"""First forecasts of many series in one pass, before anything is fitted to any of them.

Every series is smoothed by the same lanes at once: exponential smoothing with additive errors,
without and with a slope and a season (Hyndman, Koehler, Ord and Snyder 2008, table 2.1), and the
theta method as smoothing with half the trend line's slope as its drift (Assimakopoulos and
Nikolopoulos 2000; Hyndman and Billah 2003). Akaike weights of AICc average the lanes of each half
(Burnham and Anderson 2002, 2.9); the halves count the same. What is said is a normal law on the
family's scale that has the mixture's mean and variance. There are no paths, no backtest and no
recalibration: `forecast` has them, at a hundred times the price.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from forecaster.domain.errors import CannotForecast
from forecaster.domain.indicator import Family
from forecaster.model.family import FloatArray, Scale
from forecaster.model.panel import Panel
from forecaster.model.reading import Reading, read
from forecaster.model.rehearsing import check
from forecaster.model.result import LEVELS

_ALPHAS = (0.05, 0.15, 0.3, 0.5, 0.7, 0.95)
_SLOPES = ((0.0, 0.0), (0.1, 0.95), (0.02, 1.0), (0.2, 0.95))  # beta / alpha, damping
_GAMMAS = (0.03, 0.15, 0.4)  # shares of 1 - alpha
_LINE = 10  # values that the first level and slope are drawn through, at least
_CYCLES = (3, 4)  # of a season: a series with fewer has none; its first shape is read from so many
_MEMORY = 200  # periods: more of them gained no accuracy where it was tried
_TOGETHER = 128  # series in a pass: their lanes stay within a core's cache
_TINY = 1e-300
_NORMAL, _COLUMNS = ndtri(LEVELS), pd.Index(LEVELS, name="level")


@dataclass(frozen=True)
class First:
    """A first forecast of one series: a normal law of each step on the family's scale."""

    reading: Reading
    panel: Panel
    middle: FloatArray
    """(H,), the mean on the family's scale."""
    spread: FloatArray
    """(H,), the standard deviation there."""

    @property
    def quantiles(self) -> pd.DataFrame:
        """Return quantiles in the unit of the series: a row a step, a column a level."""
        moved = self.middle[:, None] + self.spread[:, None] * _NORMAL
        index = self.reading.ahead(self.middle.size)
        told = self.panel.back(moved[None])[0]
        if self.panel.family is not Family.REAL:
            told = np.maximum(told, 0.0)
        return pd.DataFrame(told, index=index, columns=_COLUMNS)


class Start(NamedTuple):
    """Where the states of a series begin, and the drift of its theta line."""

    level: float
    slope: float
    shape: FloatArray
    """(m,), the places of a season, the first value's first; zeros where there is none."""
    first: float
    drift: float
    whole_shape: FloatArray
    """(m,), the same read from the whole series, for theta."""


class Lanes(NamedTuple):
    """Sets of parameters (L,); `turns` says which have a season, `drifts` which are theta's."""

    alpha: FloatArray
    beta: FloatArray
    damping: FloatArray
    gamma: FloatArray
    turns: NDArray[np.bool_]
    drifts: NDArray[np.bool_]

    def reach(self, steps: int) -> FloatArray:
        """Return how far a slope of one carries within so many steps (L, H)."""
        return np.cumsum(self.damping[:, None] ** np.arange(1, steps + 1), axis=1)

    def growth(self, steps: int, season: int) -> FloatArray:
        """Return a step's variance in units of the innovations' (L, H)."""
        ahead = np.arange(1, steps)
        carried = self.reach(steps)[:, :-1] if steps > 1 else np.empty((self.alpha.size, 0))
        told = self.alpha[:, None] + self.beta[:, None] * carried
        told = told + self.gamma[:, None] * (ahead % season == 0)
        return np.cumsum(np.hstack([np.ones((told.shape[0], 1)), told**2]), axis=1)

    def free(self, season: int) -> FloatArray:
        """Count the free parameters of each lane, starting values included."""
        slope = np.where(self.damping > 0, 2, 0) + ((self.damping > 0) & (self.damping < 1))
        return np.asarray(2 + slope + self.turns * season, dtype=np.float64)


class States(NamedTuple):
    """Where all lanes of all series (S, L) stand at the end of their values."""

    level: FloatArray
    slope: FloatArray
    seasons: FloatArray
    """(m, S, L), the next period's place first."""
    squares: FloatArray
    """The sums of the squared one-step errors."""


def first_forecasts(
    series: Mapping[Hashable, "pd.Series[Any]"],
    horizon: int,
    family: str = "auto",
    season: int | None = None,
) -> dict[Hashable, First | CannotForecast]:
    """Forecast as `forecast_many`; where a series refuses, its reason takes its place."""
    found: dict[Hashable, First | CannotForecast] = {}
    alike: dict[int, list[tuple[Hashable, Reading, Panel]]] = defaultdict(list)
    for key, one in series.items():
        try:
            reading = read(one, family=Family(family), season=season)
            panel = _panel(reading)
        except CannotForecast as refusal:
            found[key] = refusal
            continue
        alike[panel.season].append((key, reading, panel))
    for cycle, group in alike.items():
        group.sort(key=lambda one: -one[2].moved.size)
        for start in range(0, len(group), _TOGETHER):
            found |= _together(group[start : start + _TOGETHER], horizon, cycle)
    return {key: found[key] for key in series}


def _panel(reading: Reading) -> Panel:
    """Return the series; where it is positive with zeros, for which log has no place, as it is."""
    panel = reading.history.at(np.inf)
    check(panel)
    panel = panel.since(panel.end + 1 - _MEMORY)
    has_zeros = panel.family is Family.POSITIVE and panel.scale.zeros
    return replace(panel, learnt=Scale(Family.REAL)) if has_zeros else panel


def _together(
    group: Sequence[tuple[Hashable, Reading, Panel]], horizon: int, season: int
) -> Iterator[tuple[Hashable, First]]:
    """Forecast series of one season, the longest first."""
    panels = [panel for _, _, panel in group]
    sizes = np.array([panel.moved.size for panel in panels])
    has_season = (season > 1) & (sizes >= _CYCLES[0] * season)
    starts = [
        _start(panel.moved, season if turns else 1)
        for panel, turns in zip(panels, has_season.tolist(), strict=True)
    ]
    lanes = _lanes(seasonal=bool(has_season.any()))
    states = _pass(panels, starts, lanes, season)
    known = np.array([panel.places.size for panel in panels], dtype=np.float64)
    shares = _shares(states, lanes, season, known, has_season)
    middle, spread = _ahead(states, lanes, shares, known, (horizon, season))
    for place, (key, reading, panel) in enumerate(group):
        yield key, First(reading, panel, middle[place], spread[place])


def _pass(panels: Sequence[Panel], starts: Sequence[Start], lanes: Lanes, season: int) -> States:
    """Walk all series to their common end, each from its own beginning; the longest is first."""
    longest, many = panels[0].moved.size, len(panels)
    values = np.full((longest, many), np.nan)
    begins = np.array([longest - panel.moved.size for panel in panels])
    for place, panel in enumerate(panels):
        values[begins[place] :, place] = panel.moved
    level, slope, seasons = _begin(starts, lanes, begins, season)
    squares, errors, moves = np.zeros_like(level), np.empty_like(level), np.empty_like(level)
    gaps = np.isnan(values)
    begun = np.searchsorted(begins, np.arange(longest), side="right")
    for time, size in enumerate(begun.tolist()):
        now, rise, turn = level[:size], slope[:size], seasons[time % season, :size]
        error, move = errors[:size], moves[:size]
        rise *= lanes.damping
        now += rise
        np.subtract(values[time, :size, None], now, out=error)
        if season > 1:
            error -= turn
        if gaps[time, :size].any():
            error[gaps[time, :size]] = 0.0
        squares[:size] += np.multiply(error, error, out=move)
        now += np.multiply(error, lanes.alpha, out=move)
        rise += np.multiply(error, lanes.beta, out=move)
        if season > 1:
            turn += np.multiply(error, lanes.gamma, out=move)
    return States(level, slope, np.roll(seasons, -(longest % season), axis=0), squares)


def _begin(
    starts: Sequence[Start], lanes: Lanes, begins: NDArray[np.intp], season: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return level, slope (S, L) and seasons (m, S, L) before the first values."""
    smoothed = np.array([(one.level, one.slope) for one in starts])
    theta = np.array([(one.first, one.drift) for one in starts])
    chosen = np.where(lanes.drifts, theta[:, :, None], smoothed[:, :, None])
    level, slope = chosen[:, 0].copy(), chosen[:, 1] * (lanes.damping > 0)
    seasons = np.zeros((season, *level.shape))
    for place, (one, begin) in enumerate(zip(starts, begins, strict=True)):
        if one.shape.size == season > 1:
            at = (begin + np.arange(season)) % season
            shape = np.where(lanes.drifts, one.whole_shape[:, None], one.shape[:, None])
            seasons[at, place] = shape * lanes.turns
    return level, slope, seasons


def _shares(
    states: States, lanes: Lanes, season: int, known: FloatArray, has_season: NDArray[np.bool_]
) -> FloatArray:
    """Return the lanes' shares (S, L): half to smoothing, half to theta with or without season.

    Theta takes the season out where smoothing gives most of its weight to lanes with one.
    """
    n, free = known[:, None], lanes.free(season)
    fewer = np.minimum(free, n - 3)
    aicc = n * np.log(states.squares / n + _TINY) + 2 * fewer * n / np.maximum(n - fewer - 1, 1)
    aicc[np.ix_(~has_season, lanes.turns)] = np.inf
    smoothed = _weighed(np.where(lanes.drifts, np.inf, aicc))
    turning = (smoothed * lanes.turns).sum(axis=1) > 0.5  # noqa: PLR2004  (most of the weight)
    mine = lanes.drifts & (lanes.turns == turning[:, None])
    return (smoothed + _weighed(np.where(mine, aicc, np.inf))) / 2


def _weighed(aicc: FloatArray) -> FloatArray:
    weights = np.exp((aicc.min(axis=1, keepdims=True) - aicc) / 2)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _ahead(
    states: States, lanes: Lanes, shares: FloatArray, known: FloatArray, far: tuple[int, int]
) -> tuple[FloatArray, FloatArray]:
    """Return the mean and the standard deviation (S, H) of each step's mixture of lanes."""
    horizon, season = far
    freedom = np.maximum(known[:, None] - lanes.free(season) / 2, 1)
    within = (shares * states.squares / freedom) @ lanes.growth(horizon, season)
    middle, between = np.empty_like(within), np.empty_like(within)
    for step, reach in enumerate(lanes.reach(horizon).T):
        means = states.level + states.slope * reach + states.seasons[step % season]
        middle[:, step] = (shares * means).sum(axis=1)
        between[:, step] = (shares * (means - middle[:, step, None]) ** 2).sum(axis=1)
    return middle, np.sqrt(within + between)


def _start(values: FloatArray, season: int) -> Start:
    """Read level, slope and season off the first values, and theta's line off all."""
    places, held = np.arange(values.size), np.isfinite(values)
    filled = values if held.all() else np.interp(places, places[held], values[held])
    shape, whole_shape = np.zeros(1), np.zeros(1)
    if season > 1:
        shape = _shape(filled[: _CYCLES[1] * season], season)
        whole_shape = _shape(filled, season)
    early = filled[: max(_LINE, season)]
    level, slope = _line(early - np.resize(shape, early.size))
    rest = filled - np.resize(whole_shape, filled.size)
    return Start(level, slope, shape, float(rest[0]), _line(rest)[1] / 2, whole_shape)


def _line(values: FloatArray) -> tuple[float, float]:
    """Return the least-squares line's value one period before the first, and its slope."""
    apart = np.arange(values.size) - (values.size - 1) / 2
    slope = float(apart @ values / (apart @ apart))
    return float(values.mean()) - slope * (values.size + 1) / 2, slope


def _shape(values: FloatArray, season: int) -> FloatArray:
    """Return the places of a season (m,), the first value's first, by classical decomposition."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    smooth = (sums[season:] - sums[:-season]) / season
    if season % 2 == 0:
        smooth = (smooth[1:] + smooth[:-1]) / 2
    early = season // 2
    place = (np.arange(smooth.size) + early) % season
    apart = values[early : early + smooth.size] - smooth
    shape = np.bincount(place, apart, season) / np.bincount(place, minlength=season)
    return np.asarray(shape - shape.mean())


@cache
def _lanes(*, seasonal: bool) -> Lanes:
    turning = ((0.0, False), *((gamma, True) for gamma in _GAMMAS * seasonal))
    rows = [
        (alpha, alpha * beta, damping, (1 - alpha) * gamma, turns, False)
        for alpha, (beta, damping), (gamma, turns) in product(_ALPHAS, _SLOPES, turning)
    ]
    rows += [
        (alpha, 0.0, 1.0, 0.0, turns, True)
        for alpha, turns in product(_ALPHAS, (False, True)[: 1 + seasonal])
    ]
    columns = np.array(rows, dtype=np.float64).T
    return Lanes(*columns[:4], *(columns[4:] > 0))
