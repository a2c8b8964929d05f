"""Seasonal ARIMA models of low order: differences that remember a little of what went before."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue
from scipy.signal import lfilter

from forecaster.domain.errors import CannotForecast
from forecaster.model import linear
from forecaster.model.family import FloatArray
from forecaster.model.linear import Kept, Linear, Outlook
from forecaster.model.method import Estimate, Parameters
from forecaster.model.panel import Panel

_AT_LEAST = 12  # values
_CYCLES = 3  # of a season, before one is tried; they tell what came before
_AR = (-0.3, 0.0, 0.2, 0.4, 0.6, 0.8, 0.9)
_MA = (-0.9, -0.75, -0.6, -0.45, -0.3, -0.15, 0.0, 0.2, 0.4)
_RETURNS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95)  # to a mean, without differences
_SEASONAL_MA = (-0.9, -0.8, -0.7, -0.55, -0.4, -0.2, 0.0)
_SAME = 0.1  # AR and MA that nearly cancel are one lane less
_PHI, _THETA, _SEASONAL, _D, _SEASONAL_D = range(5)


class Weighed(Kept):
    """The lanes (phi, theta, Theta, d, D) that were kept, and the mean that each returns to."""

    centres: tuple[float, ...]


@dataclass(frozen=True)
class Arima(Linear):
    """ARIMA(1,1,1), (1,0,1) with a mean, and (0,1,1)(0,1,1)m, averaged over a grid of parameters.

    (1 - phi B)(1 - B)^d (1 - B^m)^D (z[t] - c) = (1 + theta B)(1 + Theta B^m) e[t]
    (Box and Jenkins 1976, ch. 9) on the family's scale; conditional errors, those of the seasonal
    lanes after backcasting from the first values; c by least squares. Lanes are weighed by AICc
    over the places where all of them have an error.
    """

    def fit_at(self, panel: Panel, ends: NDArray[np.intp]) -> list[Estimate | CannotForecast]:
        """Weigh the lanes at each end by their errors until then, in one pass."""
        if panel.places.size < _AT_LEAST:
            return [_too_few() for _ in ends]
        season, (values, _) = panel.season, _filled(panel.moved, panel.season)
        window = _CYCLES * season + 2
        seasonal = season > 1 and window <= ends[-1]
        lanes, held = _grid(seasonal=seasonal), np.isfinite(panel.values)
        tested = _Tested.of(*_errors(values, lanes, season), held)
        learnt: list[Estimate | CannotForecast] = []
        for end in ends.tolist():
            if held[:end].sum() < _AT_LEAST or np.ptp(panel.moved[:end][held[:end]]) == 0:
                learnt.append(_too_few())
                continue
            with_season = seasonal and end >= window
            able = np.flatnonzero((lanes[:, _SEASONAL_D] == 0) | with_season)
            told = slice(season + 1 if with_season else 1, end)
            learnt.append(Estimate(tested.weighed(lanes, able, told)))
        return learnt

    def outlook(
        self,
        panel: Panel,
        parameters: Sequence[Parameters],
        ends: NDArray[np.intp],
        steps: int,
    ) -> Outlook:
        """Return what the lanes expect after each end, on the family's scale."""
        read, season = linear.grouped(parameters, Weighed), panel.season
        centre = np.zeros(read.lanes.shape[0])
        for row, one in enumerate(read.kept):
            centre[row * read.shares.shape[1] :][: len(one.centres)] = one.centres
        values, origin = _filled(panel.moved, season)
        errors, unit = _errors(values, read.lanes, season)
        ar, ma = _polynomials(read.lanes, season)
        before = np.arange(-ma.shape[1], 0) + ends[:, None]
        past = _at(values[:, None] - centre, before, read.mine)
        shocks = _at(errors - centre * unit, before, read.mine)
        means = _means(past, shocks, ar[read.mine], ma[read.mine], steps)
        return Outlook(
            means=origin + means + centre[read.mine][:, :, None],
            group=read.group,
            responses=_responses(ar, ma, steps).reshape(*read.shares.shape, steps),
            spreads=read.spreads,
            shares=read.shares,
            shapes=read.shapes,
        )


@dataclass(frozen=True)
class _Tested:
    """The errors of all lanes, and their running sums over the places that hold a value."""

    errors: FloatArray
    unit: FloatArray
    held: NDArray[np.bool_]
    sums: FloatArray
    """(3, T + 1, L), of e e, e u and u u."""

    @classmethod
    def of(cls, errors: FloatArray, unit: FloatArray, held: NDArray[np.bool_]) -> "_Tested":
        """Sum once for all ends."""
        products = np.stack([errors * errors, errors * unit, unit * unit]) * held[:, None]
        sums = np.zeros((3, held.size + 1, errors.shape[1]))
        np.cumsum(products, axis=1, out=sums[:, 1:])
        return cls(errors, unit, held, sums)

    def weighed(
        self, lanes: FloatArray, able: NDArray[np.intp], told: slice
    ) -> dict[str, JsonValue]:
        """Keep the best of the able lanes, each with the mean that makes its errors least."""
        ends = self.sums[:, told.stop][:, able] - self.sums[:, told.start][:, able]
        power, n = ends[2], int(self.held[told].sum())
        centres = ends[1] / np.where(power > 0, power, 1.0)
        squares = np.maximum(ends[0] - centres * ends[1], 0.0)
        free = 1.0 + (lanes[able, :3] != 0).sum(axis=1) + (power > 0)
        best, aicc = linear.best(squares, n, free)
        first = able[best[0]]
        past = self.errors[told, first] - centres[best[0]] * self.unit[told, first]
        past = past[self.held[told]]
        found = linear.kept(lanes[able[best]], squares[best], free[best], aicc[best], past)
        return {**found, "centres": centres[best].tolist()}


def _too_few() -> CannotForecast:
    return CannotForecast(f"ARIMA needs {_AT_LEAST} values that differ")


def _errors(values: FloatArray, lanes: FloatArray, season: int) -> tuple[FloatArray, FloatArray]:
    """Return the one-step errors (T, L) about zero, and what a mean of one takes off each."""
    errors = np.zeros((values.size, lanes.shape[0]))
    unit = np.zeros_like(errors)
    for d, seasonal_d in sorted({(int(d), int(other)) for d, other in lanes[:, _D:].tolist()}):
        mine = np.flatnonzero((lanes[:, _D] == d) & (lanes[:, _SEASONAL_D] == seasonal_d))
        moves = np.diff(values, n=d)
        if seasonal_d:
            moves = moves[season:] - moves[:-season]
            told = _after_backcast(moves, lanes[mine], season)
        else:
            told = _moving(_after_last(moves, lanes[mine, _PHI]), lanes[mine, _THETA], 1)
        errors[values.size - moves.size :, mine] = told
        if d == 0:
            ones = _after_last(np.ones(values.size), lanes[mine, _PHI])
            unit[:, mine] = _moving(ones, lanes[mine, _THETA], 1)
    return errors, unit


def _after_last(moves: FloatArray, phi: FloatArray) -> FloatArray:
    """Return what is left of moves (T,) after phi times the one before: (T, L)."""
    before = np.r_[0.0, moves[:-1]]
    return np.asarray(moves[:, None] - before[:, None] * phi)


def _moving(moves: FloatArray, theta: FloatArray, lag: int) -> FloatArray:
    """Solve e[t] + theta e[t - lag] = moves[t] for every lane (T, L), from e = 0."""
    solved = np.empty_like(moves)
    for one in np.unique(theta):
        denominator = np.zeros(lag + 1)
        denominator[0], denominator[lag] = 1.0, one
        mine = theta == one
        solved[:, mine] = lfilter([1.0], denominator, moves[:, mine], axis=0)
    return solved


def _after_backcast(moves: FloatArray, lanes: FloatArray, season: int) -> FloatArray:
    """Return the errors of twice differenced moves (T,), with backcasts for the time before."""
    theta, other = lanes[:, _THETA], lanes[:, _SEASONAL]

    def solve(one: FloatArray) -> FloatArray:
        return _moving(_moving(one, theta, 1), other, season)

    first = moves[: (_CYCLES - 1) * season + 1][::-1]
    reversed_errors = solve(np.repeat(first[:, None], theta.size, axis=1))
    ended = np.concatenate([reversed_errors, np.zeros((season + 1, theta.size))])
    at = first.size + np.arange(season + 1)
    told = theta * ended[at - 1] + other * ended[at - season]
    told += theta * other * ended[at - season - 1]
    whole = np.concatenate([told[::-1], np.repeat(moves[:, None], theta.size, axis=1)])
    return solve(whole)[season + 1 :]


def _polynomials(lanes: FloatArray, season: int) -> tuple[FloatArray, FloatArray]:
    """Return what each past value and error adds to the next value, oldest first: (L, m + 2)."""
    size = season + 3
    left, right = np.zeros((2, lanes.shape[0], size))
    left[:, 0], left[:, 1] = 1.0, -lanes[:, _PHI]
    left[:, 1:] -= left[:, :-1] * lanes[:, _D, None]
    left[:, season:] -= left[:, :-season].copy() * lanes[:, _SEASONAL_D, None]
    right[:, 0], right[:, 1] = 1.0, lanes[:, _THETA]
    right[:, season:] += right[:, :-season].copy() * lanes[:, _SEASONAL, None]
    return -left[:, :0:-1], right[:, :0:-1]


def _at(table: FloatArray, places: NDArray[np.intp], lanes: NDArray[np.intp]) -> FloatArray:
    """Read a table (T, L) at places (E, p), of lanes (E, K): (E, K, p); zero before its start."""
    read = table[np.maximum(places, 0)[:, None, :], lanes[:, :, None]]
    return np.where(places[:, None, :] >= 0, read, 0.0)


def _means(
    past: FloatArray, shocks: FloatArray, ar: FloatArray, ma: FloatArray, steps: int
) -> FloatArray:
    """Continue past values and errors (E, K, p) without further errors: (E, K, steps)."""
    means = np.empty((*past.shape[:2], steps))
    for step in range(steps):
        means[:, :, step] = (past * ar).sum(axis=2) + (shocks * ma).sum(axis=2)
        past = np.concatenate([past[:, :, 1:], means[:, :, step, None]], axis=2)
        shocks = np.concatenate([shocks[:, :, 1:], np.zeros_like(shocks[:, :, :1])], axis=2)
    return means


def _responses(ar: FloatArray, ma: FloatArray, steps: int) -> FloatArray:
    first = np.zeros((1, *ar.shape))
    first[:, :, -1] = 1.0
    after = _means(first, first.copy(), ar[None], ma[None], max(steps - 1, 1))[0]
    return np.concatenate([np.ones((ar.shape[0], 1)), after], axis=1)[:, :steps]


def _filled(values: FloatArray, season: int) -> tuple[FloatArray, float]:
    """Return distances from the first value, and that value.

    Gaps are filled from a season before, or along the line between their ends.
    """
    origin = float(values[0])
    values = values - origin
    gaps = np.flatnonzero(~np.isfinite(values))
    if not gaps.size:
        return values, origin
    held = np.flatnonzero(np.isfinite(values))
    filled = np.interp(np.arange(values.size), held, values[held])
    if season > 1:
        for gap in gaps[gaps >= season]:
            filled[gap] = filled[gap - season]
    return filled, origin


@cache
def _grid(*, seasonal: bool) -> FloatArray:
    differenced = [(phi, theta, 0.0, 1.0, 0.0) for phi, theta in product(_AR, _MA)]
    returning = [(phi, theta, 0.0, 0.0, 0.0) for phi, theta in product(_RETURNS, _MA)]
    airline = [(0.0, theta, other, 1.0, 1.0) for theta, other in product(_MA, _SEASONAL_MA)]
    lanes = [*differenced, *returning, *(airline if seasonal else ())]
    return np.array([one for one in lanes if one[0] == 0 or abs(one[0] + one[1]) >= _SAME])
