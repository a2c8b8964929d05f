"""Models that are linear in past innovations: from their lanes at past ends to whole paths.

A lane is one set of parameters. A model's lanes share what they say by Akaike weights (Burnham
and Anderson 2002, 2.9), so that a grid of lanes takes the place of an optimiser, and what is
unknown of the parameters widens the paths.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from forecaster.domain.base import Frozen
from forecaster.domain.indicator import Family
from forecaster.model.family import FloatArray
from forecaster.model.method import Parameters, Swift, even_dice
from forecaster.model.panel import Panel

LANES = 6
"""Lanes kept of a grid: the others have little weight, and each costs a pass."""

_NODES = (np.arange(41) + 0.5) / 41
NORMAL = ndtri(_NODES) / np.std(ndtri(_NODES))
"""The shape of innovations that are taken for normal ones."""
_OWN_TAILS = 20  # innovations: fewer are taken for normal ones
_TINY = 1e-300
_GOLDEN = (5**0.5 - 1) / 2


class Kept(Frozen):
    """The best lanes of a grid at one end, and what their innovations looked like."""

    lanes: tuple[tuple[float, ...], ...]
    shares: tuple[float, ...]
    spreads: tuple[float, ...]
    shape: tuple[float, ...]
    """Quantiles of the standardised innovations of the best lane, at the middles of 41 parts."""


class Outlook(NamedTuple):
    """What lanes expect after E ends, which share G groups of L lanes: H steps, Q nodes."""

    means: FloatArray
    """(E, L, H), the path without any further innovation."""
    group: NDArray[np.intp]
    """(E,), whose lanes an end has."""
    responses: FloatArray
    """(G, L, H), what an innovation of one does to the value so many steps later; first is 1."""
    spreads: FloatArray
    """(G, L), standard deviations of the innovations."""
    shares: FloatArray
    """(G, L), summing to one."""
    shapes: FloatArray
    """(G, Q), quantiles of the standardised innovations."""


class Grouped(NamedTuple):
    """What was kept at ends that may share it: G groups of L lanes, those with fewer filled up."""

    kept: list[Any]
    group: NDArray[np.intp]
    lanes: FloatArray
    """(G * L, options), one group after the other."""
    mine: NDArray[np.intp]
    """(E, L), the rows of an end's lanes."""
    spreads: FloatArray
    shares: FloatArray
    shapes: FloatArray


class Linear(Swift, Protocol):
    """A method of lanes: it tells their outlook, and paths follow from that."""

    families: ClassVar[frozenset[Family]] = frozenset({Family.REAL, Family.POSITIVE, Family.SHARE})

    def outlook(
        self,
        panel: Panel,
        parameters: Sequence[Parameters],
        ends: NDArray[np.intp],
        steps: int,
    ) -> Outlook:
        """Return what the lanes expect after each end, on the family's scale."""
        ...

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
        return panel.back(paths(outlook, even_dice(rng, n_paths, steps)), ends)


def best(
    squares: FloatArray, n: int | NDArray[np.intp], free: FloatArray
) -> tuple[NDArray[np.intp], FloatArray]:
    """Return the best lanes, and all lanes' AICc, from their sums of n squared one-step errors.

    `free` holds each lane's number of free parameters, starting values included. With n of many
    series (S,), squares are (L, S) and free is (L, 1); the answers are (LANES, S) and (L, S).
    """
    fewer = np.minimum(free, n - 3)
    aicc = n * np.log(squares / n + _TINY) + 2 * fewer * n / np.maximum(n - fewer - 1, 1)
    return np.argsort(aicc, axis=0, kind="stable")[:LANES], aicc


def kept(
    lanes: FloatArray,
    squares: FloatArray,
    free: FloatArray,
    aicc: FloatArray,
    innovations: FloatArray,
) -> dict[str, Any]:
    """Return the fields of `Kept` for lanes in their order; innovations (n,) are the first's."""
    return {
        "lanes": lanes.tolist(),
        "shares": shared(aicc).tolist(),
        "spreads": spread(squares, innovations.size, free).tolist(),
        "shape": _shape(innovations).tolist(),
    }


def shared(aicc: FloatArray) -> FloatArray:
    """Return Akaike weights of lanes in their order, the best first (L, …)."""
    weight = np.exp((aicc[0] - aicc) / 2)
    return np.asarray(weight / weight.sum(axis=0))


def spread(squares: FloatArray, n: int | NDArray[np.intp], free: FloatArray) -> FloatArray:
    """Return the standard deviations of n innovations from their squares' sums (L, …)."""
    return np.asarray(np.sqrt(squares / np.maximum(n - free / 2, 1)))


def grouped(parameters: Sequence[Parameters], kind: type[Kept]) -> Grouped:
    """Read what was kept at each end; ends with the same parameters share a group."""
    unique = {id(one): one for one in parameters}
    found = [kind.model_validate(one) for one in unique.values()]
    rows = {name: row for row, name in enumerate(unique)}
    group = np.array([rows[id(one)] for one in parameters], dtype=np.intp)
    width = max(len(one.shares) for one in found)
    lanes = np.zeros((len(found), width, len(found[0].lanes[0])))
    spreads, shares = np.zeros((2, len(found), width))
    for row, one in enumerate(found):
        size = len(one.shares)
        lanes[row, :size], spreads[row, :size] = one.lanes, one.spreads
        shares[row, :size] = one.shares
    return Grouped(
        kept=found,
        group=group,
        lanes=lanes.reshape(-1, lanes.shape[2]),
        mine=group[:, None] * width + np.arange(width),
        spreads=spreads,
        shares=shares,
        shapes=np.array([one.shape for one in found]),
    )


def paths(outlook: Outlook, dice: FloatArray) -> FloatArray:
    """Draw paths (E, P, H) from even dice (P, H), each along one lane, by their shares.

    Any stretch of the paths holds the lanes by these shares, too: a pool takes stretches.
    """
    n_paths, steps = dice.shape
    # Multiples of the golden section fill the unit evenly from anywhere (Weyl 1916).
    place = (np.arange(n_paths) + 0.5) * _GOLDEN % 1
    lag = np.arange(steps) - np.arange(steps)[:, None]
    even, rank = (np.arange(n_paths) + 0.5) / n_paths, (dice * n_paths).astype(np.intp)
    drawn = np.empty((outlook.group.size, n_paths, steps))
    for row, shape in enumerate(outlook.shapes):
        owner = np.searchsorted(np.cumsum(outlook.shares[row])[:-1], place)
        innovations = np.interp(even, _NODES, shape)[rank]
        moves = np.empty((n_paths, steps))
        for lane in np.unique(owner):
            mine = owner == lane
            response = np.where(lag >= 0, outlook.responses[row, lane][lag], 0.0)
            moves[mine] = outlook.spreads[row, lane] * (innovations[mine] @ response)
        ends = outlook.group == row
        drawn[ends] = outlook.means[ends][:, owner] + moves
    return drawn


def _shape(innovations: FloatArray) -> FloatArray:
    """Return quantiles of the innovations, of mean zero and deviation one."""
    if innovations.size < _OWN_TAILS or np.ptp(innovations) == 0:
        return NORMAL
    places = (np.arange(innovations.size) + 0.5) / innovations.size
    quantiles = np.interp(_NODES, places, np.sort(innovations))
    centred = quantiles - quantiles.mean()
    return np.asarray(centred / (centred.std() or 1.0))
