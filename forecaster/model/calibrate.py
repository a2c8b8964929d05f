"""Wider or narrower, step by step, as the misses of the past demand; ranks are kept.

A path value of rank u in its step's ensemble moves to the ensemble's quantile at
Phi(f Phi^-1(u)): f > 1 widens, f < 1 narrows, 1 leaves it. The map is monotone, never leaves the
ensemble's range, and keeps whole numbers whole; quantiles and crossing probabilities are both read
from the moved paths.

f is conformal: with s = |Phi^-1(PIT)| of n earlier targets, it is the ceil(0.8 (n + 1))-th
smallest s over Phi^-1(0.9), so that the central 80 % interval covers the next target with at least
80 % probability if the targets are exchangeable (Vovk et al. 2005). PITs are random over ties.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from forecaster.model.family import FloatArray

COVER = 0.8
AT_LEAST = 20
"""Residuals of a step; with fewer it keeps its raw width."""

_BOUNDS = (0.5, 3.0)


def pits(ordered: FloatArray, targets: FloatArray, uniform: FloatArray) -> FloatArray:
    """Return the rank of each target in its ensemble (…, paths, steps), in (0, 1), as (…, steps).

    Among equal members the rank is drawn by `uniform`; NaN where a target is NaN.
    """
    below = (ordered < targets).sum(axis=-2)
    level = (ordered == targets).sum(axis=-2)
    ranks = (below + uniform * (level + 1)) / (ordered.shape[-2] + 1)
    return np.where(np.isnan(targets), np.nan, ranks)


def factors(past: FloatArray, usable: NDArray[np.bool_]) -> FloatArray:
    """Return each step's factor from past PITs (origins, …, steps) that are usable."""
    steps = past.shape[-1]
    mask = usable.reshape(usable.shape[0], *(1,) * (past.ndim - 2), steps)
    spread = np.abs(ndtri(np.where(mask, past, np.nan)))
    n = np.isfinite(spread).sum(axis=0)
    if not n.size or n.max() < AT_LEAST:
        return np.ones(past.shape[1:])
    place = np.minimum(np.ceil(COVER * (n + 1)).astype(int), np.maximum(n, 1)) - 1
    chosen = np.take_along_axis(np.sort(spread, axis=0), place[None], axis=0)[0]
    found = np.clip(chosen / ndtri((1 + COVER) / 2), *_BOUNDS)
    return np.where(n >= AT_LEAST, found, 1.0)


def widen(ordered: FloatArray, factor: FloatArray) -> FloatArray:
    """Move a sorted ensemble (…, paths, steps) by the factors (…, steps); it stays sorted."""
    if (factor == 1).all():
        return ordered
    return np.take_along_axis(ordered, _places(ordered.shape[-2], factor), axis=-2)


def widen_paths(paths: FloatArray, factor: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Move paths (paths, steps) by each step's factor; ranks stay, ties in random order."""
    if (factor == 1).all():
        return paths
    order = np.lexsort((rng.random(paths.shape), paths), axis=0)
    moved = np.empty_like(paths)
    np.put_along_axis(
        moved, order, widen(np.take_along_axis(paths, order, axis=0), factor), axis=0
    )
    return moved


def stretch(factor: FloatArray, start: int, steps: int) -> FloatArray:
    """Return the factors of steps that begin `start` later; past the last one it goes on."""
    return factor[np.minimum(np.arange(start, start + steps), factor.size - 1)]


def _places(n: int, factor: FloatArray) -> NDArray[np.intp]:
    ranks = (np.arange(n) + 0.5) / n
    scores = ndtri(ranks)[:, None] * factor[..., None, :]
    return np.clip(np.rint(ndtr(scores) * n - 0.5), 0, n - 1).astype(np.intp)
