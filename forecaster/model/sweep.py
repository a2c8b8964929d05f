"""The grid of exponential smoothing passed over many series at once."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from forecaster.model import linear
from forecaster.model.family import FloatArray
from forecaster.model.recursion import (
    LINE,
    damped,
    free_of,
    is_seasonal,
    responses,
    start_of,
    window_of,
)


class Swept(NamedTuple):
    """What the best K lanes of each of S series say of H steps, on the family's scale."""

    lanes: NDArray[np.intp]
    """(K, S), rows of the grid, the best first."""
    shares: FloatArray
    """(K, S), zero for a lane that a series is too short for."""
    spreads: FloatArray
    """(K, S), standard deviations of the innovations."""
    plain: FloatArray
    """(3, S), the level and slope that the lanes without a season begin with, and a zero."""
    seasonal: FloatArray
    """(2 + m, S), the same of those with one, and its places; NaN where a series is too short."""
    means: FloatArray
    """(S, H)"""
    deviations: FloatArray
    """(S, H)"""


class _States(NamedTuple):
    """After each series' last value, in all L lanes, of which the last L' have a season."""

    levels: FloatArray
    slopes: FloatArray
    seasons: FloatArray
    """(m, L', S), by the period's number."""
    squares: FloatArray
    """(L, S), sums of squared one-step errors."""


def sweep(series: Sequence[FloatArray], lanes: FloatArray, season: int, steps: int) -> Swept:
    """Weigh all lanes (L, 5) of each series by AICc; mix what the best of them expect.

    The series begin and end with a value, NaN is a gap; they come longest first, so that those
    that go on are always the first ones. Lanes with a season come last. The mixture of the lanes'
    normal distributions is given by its two moments.
    """
    sizes = np.array([one.size for one in series])
    values = np.full((int(sizes[0]), sizes.size), np.nan)
    for column, one in enumerate(series):
        values[: one.size, column] = one
    plain = _begin(values[:LINE], 1)
    seasonal = np.full((2 + season, sizes.size), np.nan)
    able = sum(is_seasonal(one.size, season) for one in series)
    if able:
        seasonal[:, :able] = _begin(values[: window_of(season), :able], season)
    states = _pass(values, sizes, lanes, plain, np.nan_to_num(seasonal))
    reach = np.where((lanes[:, 4] > 0)[:, None] & (np.arange(sizes.size) >= able), np.inf, 0.0)
    n, free = np.isfinite(values).sum(axis=0), free_of(lanes, season)
    best, aicc = linear.best(states.squares + reach, n, free[:, None])
    shares = linear.shared(np.take_along_axis(aicc, best, axis=0))
    spreads = linear.spread(np.take_along_axis(states.squares, best, axis=0), n, free[best])
    centres, widths = _ahead(states, best, lanes, sizes, steps)
    weights = shares[:, :, None]
    means = (weights * centres).sum(axis=0)
    spread = np.square(spreads)[:, :, None] * widths + np.square(centres - means)
    deviations = np.sqrt((weights * spread).sum(axis=0))
    return Swept(best, shares, spreads, plain, seasonal, means, deviations)


def _pass(
    values: FloatArray,
    sizes: NDArray[np.intp],
    lanes: FloatArray,
    plain: FloatArray,
    seasonal: FloatArray,
) -> _States:
    """Pass over values (T, S) in all lanes; a series' states stay where it ends."""
    n, n_plain, season = sizes.size, int((lanes[:, 4] == 0).sum()), seasonal.shape[0] - 2
    alpha, beta, damping, gamma = lanes.T[:4, :, None]
    level, slope = np.repeat(plain[:2, None], lanes.shape[0], axis=1)
    level[n_plain:], slope[n_plain:] = seasonal[0], seasonal[1]
    slope *= damping > 0
    seasons = np.repeat(seasonal[2:, None], lanes.shape[0] - n_plain, axis=1)
    squares, errors, moves = (np.zeros((lanes.shape[0], n)) for _ in range(3))
    living = np.searchsorted(-sizes, -np.arange(values.shape[0]), side="left")
    gaps = np.isnan(values)
    broken = [bool(row[:k].any()) for row, k in zip(gaps, living, strict=True)]
    for place, k in enumerate(living.tolist()):
        here, tilt, error, move = level[:, :k], slope[:, :k], errors[:, :k], moves[:, :k]
        tilt *= damping
        here += tilt
        at, due = seasons[place % season, :, :k], error[n_plain:]
        np.subtract(values[place, :k], here, out=error)
        due -= at
        if broken[place]:
            error[:, gaps[place, :k]] = 0.0
        here += np.multiply(alpha, error, out=move)
        tilt += np.multiply(beta, error, out=move)
        at += np.multiply(gamma[n_plain:], due, out=move[n_plain:])
        squares[:, :k] += np.square(error, out=move)
    return _States(level, slope, seasons, squares)


def _ahead(
    states: _States,
    best: NDArray[np.intp],
    lanes: FloatArray,
    sizes: NDArray[np.intp],
    steps: int,
) -> tuple[FloatArray, FloatArray]:
    """Return means, and variances for innovations of variance one, both (K, S, H)."""
    columns, season = np.arange(sizes.size), states.seasons.shape[0]
    reach, widths = _shapes(lanes.tobytes(), season, steps)
    levels, slopes = states.levels[best, columns], states.slopes[best, columns]
    centres = levels[:, :, None] + slopes[:, :, None] * reach[best]
    turning = lanes[best, 4] > 0
    if turning.any():
        row, column = np.nonzero(turning)
        mine = best[row, column] - (lanes.shape[0] - states.seasons.shape[1])
        place = (sizes[column, None] + np.arange(steps)) % season
        centres[row, column] += states.seasons[place, mine[:, None], column[:, None]]
    return centres, widths[best]


@cache
def _shapes(lanes: bytes, season: int, steps: int) -> tuple[FloatArray, FloatArray]:
    """Return how far a slope reaches in each lane, and its variances, both (L, H)."""
    grid = np.frombuffer(lanes).reshape(-1, 5)
    reach = damped(grid[:, 2], np.arange(1, steps + 1))
    return reach, np.cumsum(np.square(responses(grid, season, steps)), axis=1)


def _begin(values: FloatArray, season: int) -> FloatArray:
    """Return the first level, slope and season (2 + m, S) that `start_of` reads off columns."""
    held = np.isfinite(values)
    begun = np.zeros((2 + season, values.shape[1]))
    for told, row in zip(
        _reader(values.shape[0], season), np.where(held, values, 0.0), strict=True
    ):
        begun += np.multiply.outer(told, row)  # a product of matrices would sum as its size suits
    for column in np.flatnonzero(~held.all(axis=0)):
        begun[:, column] = _read(values[:, column], season)
    return begun


@cache
def _reader(size: int, season: int) -> FloatArray:
    """Return `start_of` of unit vectors (size, 2 + m): it is linear in values without a gap."""
    return np.array([_read(unit, season) for unit in np.eye(size)])


def _read(values: FloatArray, season: int) -> list[float]:
    start = start_of(values, season)
    return [start.level, start.slope, *start.seasons]
