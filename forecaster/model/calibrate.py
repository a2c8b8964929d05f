"""Wider or narrower, step by step, as the misses of the past demand; ranks are kept.

A path value of rank u in its step's ensemble moves to the ensemble's quantile at
Phi(f Phi^-1(u)): f > 1 widens, f < 1 narrows, 1 leaves it. The map is monotone, never leaves the
ensemble's range, and keeps whole numbers whole; quantiles and crossing probabilities are both read
from the moved paths.

f = c^w g^(1 - w). c is conformal: with s = |Phi^-1(PIT)| of n earlier targets, it is the
ceil(0.8 (n + 1)) / n quantile of s over Phi^-1(0.9), so that the central 80 % interval covers the
next target with at least 80 % probability if the targets are exchangeable (Vovk et al. 2005). A
target that ties with members has no single PIT: its mass of 1 / n is spread evenly over
[F(y-), F(y)] (the non-randomised PIT of Czado, Gneiting and Held 2009), so that no dice enter.
Forecasts that overlap are not exchangeable: at step h, n of them count as
n' = n min(1, spacing / h), and c has the weight w = n' / (n' + 10) against the width g that a step
gets without any residual.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from forecaster.domain.indicator import Family
from forecaster.model.family import WHOLE_NUMBERS, FloatArray

COVER = 0.8
AT_LEAST = 5
"""Residuals of a step; with fewer it has the width that a step gets without any."""

_UNSEEN = 1.15
"""That width: parameters taken from one sample make paths too narrow. Whole numbers get 1."""
_WORTH = 10.0  # independent residuals that weigh as much as it does

_BOUNDS = (0.5, 3.0)
_HALVINGS = 10  # of the bounds: a factor is found to within 0.003
_EDGE = float(ndtri((1 + COVER) / 2))


def pits(ordered: FloatArray, targets: FloatArray) -> FloatArray:
    """Return F(y-) and F(y) of targets in ensembles (…, paths, steps), in 0 to 1: (2, …, steps).

    The target counts as one more member, so that the two differ; NaN where a target is NaN.
    """
    aimed = targets[..., None, :]
    below = (ordered < aimed).sum(axis=-2)
    level = (ordered == aimed).sum(axis=-2)
    ends = np.stack([below, below + level + 1]) / (ordered.shape[-2] + 1)
    return np.where(np.isnan(np.broadcast_to(targets, below.shape)), np.nan, ends)


def enough(usable: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say which steps have residuals enough for a factor, from usable targets (origins, steps)."""
    return np.asarray(usable.sum(axis=0) >= AT_LEAST)


def unseen(family: Family) -> float:
    """Return the factor of a step without residuals."""
    return 1.0 if family in WHOLE_NUMBERS else _UNSEEN


def factors(
    past: FloatArray, usable: NDArray[np.bool_], spacing: float, without: float
) -> FloatArray:
    """Return each step's factor from past PITs (2, origins, …, steps) that are usable.

    `spacing` is the mean number of periods between two origins, `without` the factor of a step
    without residuals. The mass of the past within Phi(±f Phi^-1(0.9)) grows with f; halving finds
    where it reaches ceil(0.8 (n + 1)) of n.
    """
    told = enough(usable)
    if not told.any():
        return np.full(past.shape[2:], without)
    mask = usable.reshape(usable.shape[0], *(1,) * (past.ndim - 3), usable.shape[1])
    start, end = np.where(mask, past, 0.0)
    n = usable.sum(axis=0)
    wanted = np.minimum(np.ceil(np.round(COVER * (n + 1), 9)), n)
    density = mask / np.where(mask, end - start, 1.0)
    low, high = (np.full(past.shape[2:], bound) for bound in _BOUNDS)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        edge = ndtr(middle * _EDGE)
        within = np.minimum(end, edge) - np.maximum(start, 1 - edge)
        short = (np.maximum(within, 0.0) * density).sum(axis=0) < wanted
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    independent = n * np.minimum(1.0, spacing / np.arange(1, n.size + 1))
    weight = np.where(told, independent / (independent + _WORTH), 0.0)
    found: FloatArray = ((low + high) / 2) ** weight * without ** (1 - weight)
    return found


def widen(ordered: FloatArray, factor: FloatArray) -> FloatArray:
    """Move a sorted ensemble (…, paths, steps) by the factors (…, steps); it stays sorted.

    The factors may lack leading axes: then they hold for all of them.
    """
    if (factor == 1).all():
        return ordered
    places = np.broadcast_to(_places(ordered.shape[-2], factor), ordered.shape)
    return np.take_along_axis(ordered, places, axis=-2)


def widen_paths(paths: FloatArray, factor: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Move paths (paths, steps) by each step's factor; ranks stay, ties in random order."""
    if (factor == 1).all():
        return paths
    by_step = np.ascontiguousarray(paths.T)
    order = np.argsort(by_step, axis=1)
    ordered = np.take_along_axis(by_step, order, axis=1)
    if (ordered[:, 1:] == ordered[:, :-1]).any():
        order = np.lexsort((rng.random(by_step.shape), by_step), axis=1)
    moved = np.empty_like(by_step)
    np.put_along_axis(moved, order, widen(ordered.T, factor).T, axis=1)
    return moved.T


def stretch(factor: FloatArray, start: int, steps: int) -> FloatArray:
    """Return the factors of steps that begin `start` later; past the last one it goes on."""
    return factor[np.minimum(np.arange(start, start + steps), factor.size - 1)]


def _places(n: int, factor: FloatArray) -> NDArray[np.intp]:
    ranks = (np.arange(n) + 0.5) / n
    scores = ndtri(ranks)[:, None] * factor[..., None, :]
    return np.clip(np.rint(ndtr(scores) * n - 0.5), 0, n - 1).astype(np.intp)
