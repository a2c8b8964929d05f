"""Quantiles of negative-binomial counts, many at once: what dice say when they are shared."""

import numpy as np
from scipy.special import gammaincinv, ndtri

from forecaster.model.family import FloatArray

_EXACT_BELOW = 10.0  # mean: probabilities are added up from zero
_TERMS = 60  # of that sum; what lies beyond is far in the tail, and continuous enough
_SMOOTH_FROM = 1.5  # shape from which the cube root of a gamma law is close to normal


def quantiles(chances: FloatArray, mean: FloatArray, size: FloatArray) -> FloatArray:
    """Return y with F(y - 1) < chance <= F(y), for mean > 0 and size > 0 (var = m + m^2 / size).

    Arrays broadcast. Exact for means below 10 (up to counts of 60). Else from a gamma law: where
    it is not too skew, the shifted one with the same three moments, its quantiles by Wilson and
    Hilferty's (1931) cube root; else the one with the same two. Rounded: on average within
    0.02 standard deviations of the exact ones.
    """
    chances, mean, size = np.broadcast_arrays(chances, mean, size)
    found = np.empty(chances.shape)
    small = mean < _EXACT_BELOW
    found[~small] = _by_gamma(chances[~small], mean[~small], size[~small])
    found[small] = _by_sum(chances[small], mean[small], size[small])
    return found


def _by_sum(chances: FloatArray, mean: FloatArray, size: FloatArray) -> FloatArray:
    found = np.zeros(chances.size)
    odds = mean / (size + mean)
    term = np.exp(-size * np.log1p(mean / size))
    left = np.flatnonzero(chances > term)
    total, term, odds, size = term[left], term[left], odds[left], size[left]
    for count in range(1, _TERMS):
        if not left.size:
            return found
        term = term * odds * (size + count - 1) / count
        total = total + term
        found[left] = count
        more = chances[left] > total
        left, total, term = left[more], total[more], term[more]
        odds, size = odds[more], size[more]
    found[left] = np.maximum(_by_gamma(chances[left], mean[left], size), _TERMS)
    return found


def _by_gamma(chances: FloatArray, mean: FloatArray, size: FloatArray) -> FloatArray:
    variance = mean + mean**2 / size
    skewness = (1 + 2 * mean / size) / np.sqrt(variance)
    shape = 4 / skewness**2
    root = 1 - 1 / (9 * shape) + ndtri(chances) / (3 * np.sqrt(shape))
    value = mean + np.sqrt(variance * shape) * (root**3 - 1)
    skew = np.flatnonzero(shape < _SMOOTH_FROM)
    if skew.size:
        plain = mean[skew] ** 2 / variance[skew]
        value[skew] = gammaincinv(plain, chances[skew]) * mean[skew] / plain
    return np.asarray(np.maximum(np.rint(value), 0.0))
