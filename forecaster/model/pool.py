"""A pool of methods: a mixture of whole paths, weighted by how the members did before."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forecaster.domain.indicator import Family
from forecaster.model.family import WHOLE_NUMBERS, FloatArray
from forecaster.model.method import BASELINES

NAME = "pool"


def members(names: Sequence[str], family: Family) -> NDArray[np.bool_]:
    """Say which methods are pooled.

    Of whole numbers all are. Elsewhere the baselines stand apart, unless there is nothing else:
    beside methods that follow the series they only blunt it.
    """
    challengers = np.array([name not in BASELINES for name in names], dtype=bool)
    everybody = family in WHOLE_NUMBERS or not challengers.any()
    return np.ones(len(names), dtype=bool) if everybody else challengers


def weights(scores: FloatArray | None, pooled: NDArray[np.bool_]) -> FloatArray:
    """Return each method's share: 1 / score^2, normalised; equal shares without scores.

    `scores` is each member's mean CRPS at earlier origins: as the CRPS goes with the error's
    spread, this is Bates and Granger's (1969) inverse of the mean squared error.
    """
    if scores is None or not (scores > 0).all():
        return np.asarray(pooled / pooled.sum())
    shares = pooled / np.square(scores / scores[pooled].min())
    return np.asarray(shares / shares.sum())


def mix(paths: FloatArray, shares: FloatArray) -> FloatArray:
    """Take from members' paths (…, members, paths, steps) each one's share, whole paths."""
    n = paths.shape[-2]
    bounds = np.cumsum(shares) / shares.sum()
    owner = np.searchsorted(bounds[:-1], (np.arange(n) + 0.5) / n)
    mixed: FloatArray = paths[..., owner, np.arange(n), :]
    return mixed
