"""Exponential smoothing: a level, with or without a slope and a season, that learn from errors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from forecaster.domain.errors import CannotForecast
from forecaster.model import linear
from forecaster.model.family import FloatArray
from forecaster.model.linear import Kept, Linear, Outlook
from forecaster.model.method import Estimate, Parameters
from forecaster.model.panel import Panel
from forecaster.model.recursion import (
    AT_LEAST,
    LINE,
    Start,
    damped,
    free_of,
    grid,
    is_seasonal,
    responses,
    start_of,
    window_of,
)


class Smoothed(Kept):
    """The lanes (alpha, beta, damping, gamma, whether seasonal) kept, and where they begin.

    The places of the season stand by the numbers of their periods.
    """

    plain: Start
    seasonal: Start | None


class States(NamedTuple):
    """Level and slope (E, L), and the seasons (E, m, L), the next period's first."""

    levels: FloatArray
    slopes: FloatArray
    seasons: FloatArray


@dataclass(frozen=True)
class Smoothing(Linear):
    """Additive exponential smoothing on the family's scale, averaged over a grid of parameters.

    z[t] = l[t-1] + p b[t-1] + s[t-m] + e[t];  l[t] = l[t-1] + p b[t-1] + alpha e[t]
    b[t] = p b[t-1] + beta e[t];  s[t] = s[t-m] + gamma e[t]
    (Hyndman, Koehler, Ord and Snyder 2008, table 2.1, additive errors), without b, and without s,
    as well. Lanes are weighed by AICc; a gap moves the states on without an error.
    """

    def fit_at(self, panel: Panel, ends: NDArray[np.intp]) -> list[Estimate | CannotForecast]:
        """Weigh the lanes at each end by their errors until then, in one pass."""
        values, season = panel.moved, panel.season
        if panel.places.size < AT_LEAST:
            return [_too_few() for _ in ends]
        plain, first = start_of(values[:LINE], 1), window_of(season)
        seasonal = None
        if is_seasonal(int(ends[-1]), season):
            seasonal = start_of(values[:first], season)
        lanes = grid(seasonal=seasonal is not None)
        errors, _ = run(values, lanes, (plain, seasonal), season, ends[:0])
        held, free = np.isfinite(values), free_of(lanes, season)
        squares = np.cumsum(errors * errors, axis=0)
        begun: dict[str, JsonValue] = {
            "plain": plain.model_dump(mode="json"),
            "seasonal": (
                None if seasonal is None else seasonal.turned(panel.start).model_dump(mode="json")
            ),
        }
        learnt: list[Estimate | CannotForecast] = []
        for end in ends.tolist():
            n = int(held[:end].sum())
            if n < AT_LEAST or np.ptp(values[:end][held[:end]]) == 0:
                learnt.append(_too_few())
                continue
            able = np.flatnonzero((lanes[:, 4] == 0) | (end >= first))
            best, aicc = linear.best(squares[end - 1, able], n, free[able])
            mine = able[best]
            past = errors[:end, mine[0]][held[:end]]
            found = linear.kept(lanes[mine], squares[end - 1, mine], free[mine], aicc[best], past)
            learnt.append(Estimate({**found, **begun}))
        return learnt

    def outlook(
        self,
        panel: Panel,
        parameters: Sequence[Parameters],
        ends: NDArray[np.intp],
        steps: int,
    ) -> Outlook:
        """Return what the lanes expect after each end, on the family's scale."""
        read = linear.grouped(parameters, Smoothed)
        seasonal = read.kept[0].seasonal
        start = read.kept[0].plain, seasonal and seasonal.turned(-panel.start)
        _, states = run(panel.moved, read.lanes, start, panel.season, ends)
        answers = responses(read.lanes, panel.season, steps)
        return Outlook(
            means=_means(states, read.lanes, read.mine, steps),
            group=read.group,
            responses=answers.reshape(*read.shares.shape, steps),
            spreads=read.spreads,
            shares=read.shares,
            shapes=read.shapes,
        )


def run(
    values: FloatArray,
    lanes: FloatArray,
    start: tuple[Start, Start | None],
    season: int,
    ends: NDArray[np.intp],
) -> tuple[FloatArray, States]:
    """Pass over values (T,) in all lanes (L, 5); return errors (T, L) and the states at ends."""
    alpha, beta, damping, gamma, seasonal = lanes.T
    plain, other = start
    has_slope, is_seasonal = damping > 0, seasonal > 0
    level = np.where(is_seasonal, (other or plain).level, plain.level)
    slope = np.where(is_seasonal, (other or plain).slope, plain.slope) * has_slope
    seasons = np.zeros((season, lanes.shape[0]))
    if other is not None:
        seasons += np.outer(other.seasons, is_seasonal)
    errors = np.zeros((values.size, lanes.shape[0]))
    size = (ends.size, lanes.shape[0])
    states = States(np.empty(size), np.empty(size), np.empty((ends.size, season, size[1])))
    row = 0
    for place, value in enumerate(values.tolist()):
        slope *= damping
        level += slope
        if value == value:  # noqa: PLR0124  (not a gap)
            at = seasons[place % season]
            error = np.subtract(value, level, out=errors[place])
            error -= at
            level += alpha * error
            slope += beta * error
            at += gamma * error
        if row < ends.size and place + 1 == ends[row]:
            states.levels[row], states.slopes[row] = level, slope
            states.seasons[row] = np.roll(seasons, -(place + 1) % season, axis=0)
            row += 1
    return errors, states


def _too_few() -> CannotForecast:
    return CannotForecast(f"smoothing needs {AT_LEAST} values that differ")


def _means(states: States, lanes: FloatArray, mine: NDArray[np.intp], steps: int) -> FloatArray:
    ends = np.arange(mine.shape[0])[:, None]
    reach = damped(lanes[:, 2], np.arange(1, steps + 1))[mine]
    place = np.arange(steps) % states.seasons.shape[1]
    seasons = states.seasons.transpose(0, 2, 1)[ends, mine][:, :, place]
    levels, slopes = states.levels[ends, mine], states.slopes[ends, mine]
    return np.asarray(levels[:, :, None] + slopes[:, :, None] * reach + seasons)
