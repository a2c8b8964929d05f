"""A pool of methods: a mixture of whole paths, weighted by how the members did before."""

import numpy as np

from forecaster.model.family import FloatArray

NAME = "pool"


def weights(scores: FloatArray | None, members: int) -> FloatArray:
    """Return each member's share: 1 / score^2, normalised; equal shares without scores.

    `scores` is each member's mean CRPS at earlier origins: as the CRPS goes with the error's
    spread, this is Bates and Granger's (1969) inverse of the mean squared error.
    """
    if scores is None or not (scores > 0).all():
        return np.full(members, 1 / members)
    shares = 1 / np.square(scores / scores.min())
    return np.asarray(shares / shares.sum())


def mix(paths: FloatArray, shares: FloatArray) -> FloatArray:
    """Take from members' paths (members, paths, steps) each one's share, whole paths."""
    n = paths.shape[1]
    bounds = np.cumsum(shares) / shares.sum()
    owner = np.searchsorted(bounds[:-1], (np.arange(n) + 0.5) / n)
    mixed: FloatArray = paths[owner, np.arange(n)]
    return mixed
