"""Models that are linear in past innovations: from their lanes at past ends to whole paths.

A lane is one set of parameters. A model's lanes share what they say by Akaike weights (Burnham
and Anderson 2002, 2.9), so that a grid of lanes takes the place of an optimiser, and what is
unknown of the parameters widens the paths.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from forecaster.domain.base import Frozen
from forecaster.model.family import FloatArray

LANES = 6
"""Lanes kept of a grid: more changed no score by 0.5 % where it was tried."""

_NODES = (np.arange(41) + 0.5) / 41
_NORMAL = ndtri(_NODES) / np.std(ndtri(_NODES))
_OWN_TAILS = 20  # innovations: fewer are taken for normal ones
_TINY = 1e-300


class Kept(Frozen):
    """The best lanes of a grid at one end, and what their innovations looked like."""

    lanes: tuple[tuple[float, ...], ...]
    shares: tuple[float, ...]
    spreads: tuple[float, ...]
    shape: tuple[float, ...]
    """Quantiles of the standardised innovations of the best lane, at the middles of 41 parts."""


class Outlook(NamedTuple):
    """What lanes expect after each end: E ends, L lanes, H steps, Q nodes."""

    means: FloatArray
    """(E, L, H), the path without any further innovation."""
    responses: FloatArray
    """(E, L, H), what an innovation of one does to the value so many steps later; first is 1."""
    spreads: FloatArray
    """(E, L), standard deviations of the innovations."""
    shares: FloatArray
    """(E, L), summing to one."""
    shapes: FloatArray
    """(E, Q), quantiles of the standardised innovations."""


def keep(
    lanes: FloatArray, errors: FloatArray, count: FloatArray, held: NDArray[np.bool_]
) -> Kept:
    """Keep the best lanes (L, options) by AICc of their one-step errors (T, L), `held` places.

    `count` (L,) holds each lane's number of free parameters, starting values included.
    """
    seen = errors[held]
    n = seen.shape[0]
    squares = np.einsum("tl,tl->l", seen, seen) + _TINY
    free = np.minimum(count, n - 3)
    aicc = n * np.log(squares / n) + 2 * free * n / np.maximum(n - free - 1, 1)
    best = np.argsort(aicc, kind="stable")[:LANES]
    weight = np.exp((aicc[best[0]] - aicc[best]) / 2)
    spreads = np.sqrt(squares[best] / np.maximum(n - free[best] / 2, 1))
    return Kept(
        lanes=tuple(map(tuple, lanes[best].tolist())),
        shares=tuple((weight / weight.sum()).tolist()),
        spreads=tuple(spreads.tolist()),
        shape=tuple(_shape(seen[:, best[0]]).tolist()),
    )


def paths(outlook: Outlook, dice: FloatArray) -> FloatArray:
    """Draw paths (E, P, H) from uniform dice (P, H), each along one lane, by their shares."""
    n_paths, steps = dice.shape
    bounds = np.cumsum(outlook.shares, axis=1)[:, :-1]
    place = (np.arange(n_paths) + 0.5) / n_paths
    owner = (place[None, :, None] > bounds[:, None, :]).sum(axis=2)
    lag = np.arange(steps) - np.arange(steps)[:, None]
    drawn = np.empty((outlook.means.shape[0], n_paths, steps))
    for end, shape in enumerate(outlook.shapes):
        innovations = np.interp(dice, _NODES, shape)
        for lane in np.unique(owner[end]):
            mine = owner[end] == lane
            response = np.where(lag >= 0, outlook.responses[end, lane][lag], 0.0)
            moves = innovations[mine] @ response
            drawn[end, mine] = outlook.means[end, lane] + outlook.spreads[end, lane] * moves
    return drawn


def gathered(kept: list[Kept]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return spreads and shares (E, L) and shapes (E, Q) of what was kept at each end.

    Where fewer lanes were kept than elsewhere, the rest have no share.
    """
    width = max(len(one.shares) for one in kept)
    spreads, shares = np.zeros((2, len(kept), width))
    for row, one in enumerate(kept):
        spreads[row, : len(one.spreads)] = one.spreads
        shares[row, : len(one.shares)] = one.shares
    return spreads, shares, np.array([one.shape for one in kept])


def _shape(innovations: FloatArray) -> FloatArray:
    """Return quantiles of the innovations, of mean zero and deviation one."""
    if innovations.size < _OWN_TAILS or np.ptp(innovations) == 0:
        return _NORMAL
    quantiles = np.quantile(innovations, _NODES)
    centred = quantiles - quantiles.mean()
    return np.asarray(centred / (centred.std() or 1.0))
