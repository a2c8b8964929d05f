"""A pool of methods: a mixture of whole paths, weighted by how the members did before."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forecaster.domain.indicator import Family
from forecaster.model.family import FloatArray
from forecaster.model.method import BASELINES

NAME = "pool"


def members(names: Sequence[str], family: Family) -> NDArray[np.bool_]:
    """Say which methods are pooled.

    Counts are pooled with climatology but not with naive, binary values with both. Elsewhere the
    baselines stand apart: beside methods that follow the series they only blunt it. Where there
    is nothing else, all are pooled.
    """
    apart = {Family.COUNT: BASELINES[1:], Family.BINARY: ()}.get(family, BASELINES)
    pooled = np.array([name not in apart for name in names], dtype=bool)
    return pooled if pooled.any() else np.ones(len(names), dtype=bool)


def weights(scores: FloatArray | None, pooled: NDArray[np.bool_]) -> FloatArray:
    """Return each method's share: 1 / score^2, normalised; equal shares without scores.

    `scores` is each member's mean CRPS at earlier origins: as the CRPS goes with the error's
    spread, this is Bates and Granger's (1969) inverse of the mean squared error.
    """
    if scores is None or not (scores > 0).all():
        return np.asarray(pooled / pooled.sum())
    # The best over each, squared: far worse ones get nothing, and no number is too large for it.
    shares = np.square(scores[pooled].min() / np.where(pooled, scores, np.inf))
    return np.asarray(shares / shares.sum())


def mix(paths: FloatArray, shares: FloatArray) -> FloatArray:
    """Take from members' paths (…, members, paths, steps) each one's share, whole paths."""
    n = paths.shape[-2]
    bounds = np.cumsum(shares) / shares.sum()
    owner = np.searchsorted(bounds[:-1], (np.arange(n) + 0.5) / n)
    mixed: FloatArray = paths[..., owner, np.arange(n), :]
    return mixed
