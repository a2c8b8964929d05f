"""Seasonal ARIMA models of low order: differences that remember a little of what went before."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from forecaster.domain.errors import CannotForecast
from forecaster.domain.indicator import Family
from forecaster.model import linear
from forecaster.model.family import FloatArray
from forecaster.model.linear import Kept, Outlook
from forecaster.model.method import Estimate, Parameters, even_dice
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
class Arima:
    """ARIMA(1,1,1), (1,0,1) with a mean, and (0,1,1)(0,1,1)m, averaged over a grid of parameters.

    (1 - phi B)(1 - B)^d (1 - B^m)^D (z[t] - c) = (1 + theta B)(1 + Theta B^m) e[t]
    (Box and Jenkins 1976, ch. 9) on the family's scale; conditional errors, those of the seasonal
    lanes after backcasting from the first values; c by least squares. Lanes are weighed by AICc
    over the places where all of them have an error.
    """

    families: ClassVar[frozenset[Family]] = frozenset(
        {Family.REAL, Family.POSITIVE, Family.SHARE, Family.COUNT}
    )

    def fit(self, panel: Panel) -> Estimate:
        """Weigh the lanes by their errors over the whole panel."""
        (learnt,) = self.fit_at(panel, panel.whole_length)
        if isinstance(learnt, CannotForecast):
            raise learnt
        return learnt

    def fit_at(self, panel: Panel, ends: NDArray[np.intp]) -> list[Estimate | CannotForecast]:
        """Weigh the lanes at each end by their errors until then, in one pass."""
        if panel.places.size < _AT_LEAST:
            return [_too_few() for _ in ends]
        season, values = panel.season, _filled(panel.moved, panel.season)
        window = _CYCLES * season + 2
        seasonal = season > 1 and window <= ends[-1]
        lanes = _grid(seasonal=seasonal)
        errors, unit = _errors(values, lanes, season)
        held = np.isfinite(panel.values)
        learnt: list[Estimate | CannotForecast] = []
        for end in ends:
            if held[:end].sum() < _AT_LEAST or np.ptp(panel.moved[:end][held[:end]]) == 0:
                learnt.append(_too_few())
                continue
            with_season = seasonal and end >= window
            able = np.flatnonzero((lanes[:, _SEASONAL_D] == 0) | with_season)
            told = slice(season + 1 if with_season else 1, end)
            learnt.append(_weighed(lanes[able], errors[told, able], unit[told, able], held[told]))
        return learnt

    def paths(
        self,
        panel: Panel,
        parameters: Parameters,
        steps: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> FloatArray:
        """Draw paths after the panel's end."""
        ends = panel.whole_length
        drawn = self.paths_at(panel, [parameters], ends, steps, n_paths=n_paths, rng=rng)
        return np.asarray(drawn[0])

    def paths_at(
        self,
        panel: Panel,
        parameters: Sequence[Parameters],
        ends: NDArray[np.intp],
        steps: int,
        *,
        n_paths: int,
        rng: np.random.Generator,
    ) -> FloatArray:
        """Draw paths after each end, each with its own parameters, in one pass."""
        outlook = self.outlook(panel, parameters, ends, steps)
        return panel.back(linear.paths(outlook, even_dice(rng, n_paths, steps)), ends)

    def outlook(
        self,
        panel: Panel,
        parameters: Sequence[Parameters],
        ends: NDArray[np.intp],
        steps: int,
    ) -> Outlook:
        """Return what the lanes expect after each end, on the family's scale."""
        unique = {id(one): one for one in parameters}
        learnt = {name: Weighed.model_validate(one) for name, one in unique.items()}
        kept = [learnt[id(one)] for one in parameters]
        spreads, shares, shapes = linear.gathered([*kept])
        width, season = shares.shape[1], panel.season
        lanes, centres = np.zeros((len(learnt), width, 5)), np.zeros((len(learnt), width))
        for row, one in enumerate(learnt.values()):
            lanes[row, : len(one.lanes)] = one.lanes
            centres[row, : len(one.lanes)] = one.centres
        flat, centre = lanes.reshape(-1, 5), centres.ravel()
        values = _filled(panel.moved, season)
        errors, unit = _errors(values, flat, season)
        rows = {name: row for row, name in enumerate(learnt)}
        mine = np.array([rows[id(one)] for one in parameters])[:, None] * width + np.arange(width)
        ar, ma = _polynomials(flat, season)
        before = np.arange(-ma.shape[1], 0) + ends[:, None]
        past = _at(values[:, None] - centre, before, mine)
        shocks = _at(errors - centre * unit, before, mine)
        return Outlook(
            means=_means(past, shocks, ar[mine], ma[mine], steps) + centre[mine][:, :, None],
            responses=_responses(ar, ma, steps)[mine],
            spreads=spreads,
            shares=shares,
            shapes=shapes,
        )


def _too_few() -> CannotForecast:
    return CannotForecast(f"ARIMA needs {_AT_LEAST} values that differ")


def _weighed(
    lanes: FloatArray,
    errors: FloatArray,
    unit: FloatArray,
    held: NDArray[np.bool_],
) -> Estimate:
    """Keep the best lanes, each with the mean that makes its errors least."""
    seen = held[:, None]
    power = (unit * unit * seen).sum(axis=0)
    centres = (errors * unit * seen).sum(axis=0) / np.where(power > 0, power, 1.0)
    free = 1.0 + (lanes[:, :3] != 0).sum(axis=1) + (power > 0)
    kept = linear.keep(lanes, errors - centres * unit, free, held)
    place = {tuple(lane): row for row, lane in enumerate(lanes.tolist())}
    mine = tuple(float(centres[place[lane]]) for lane in kept.lanes)
    return Estimate(Weighed(**dict(kept), centres=mine).model_dump(mode="json"))


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


def _filled(values: FloatArray, season: int) -> FloatArray:
    """Fill gaps from a season before, or along the line between their ends."""
    gaps = np.flatnonzero(~np.isfinite(values))
    if not gaps.size:
        return values
    held = np.flatnonzero(np.isfinite(values))
    filled = np.interp(np.arange(values.size), held, values[held])
    if season > 1:
        for gap in gaps[gaps >= season]:
            filled[gap] = filled[gap - season]
    return filled


@cache
def _grid(*, seasonal: bool) -> FloatArray:
    differenced = [(phi, theta, 0.0, 1.0, 0.0) for phi, theta in product(_AR, _MA)]
    returning = [(phi, theta, 0.0, 0.0, 0.0) for phi, theta in product(_RETURNS, _MA)]
    airline = [(0.0, theta, other, 1.0, 1.0) for theta, other in product(_MA, _SEASONAL_MA)]
    lanes = [*differenced, *returning, *(airline if seasonal else ())]
    return np.array([one for one in lanes if one[0] == 0 or abs(one[0] + one[1]) >= _SAME])
