"""The probability that a path crosses a threshold, and how often such probabilities came true."""

from collections.abc import Sequence
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, logit

from forecaster.domain.forecast import Hindcast
from forecaster.domain.indicator import Threshold
from forecaster.model.family import FloatArray

_NEAR = 0.5  # log-odds: hindcasts this close are similar
_ENOUGH = 10  # similar hindcasts; where there are fewer, the nearest so many serve


class Support(NamedTuple):
    """What the past says of a probability: its 90 % interval, and the n behind it."""

    interval: tuple[float, float]
    n_effective: float


class Chances(NamedTuple):
    """What paths say of a threshold: crossed at least once, beyond at the end, and how often."""

    p: float
    p_end: float
    expected_exceedances: float


def beyond(values: FloatArray, threshold: Threshold) -> NDArray[np.bool_]:
    """Say of rows of values (…, steps) which of the first `within` lie beyond a threshold."""
    watched = values[..., : threshold.within]
    if threshold.above is not None:
        return np.asarray(watched > threshold.above)
    return np.asarray(watched < cast("float", threshold.below))


def happens(values: FloatArray, threshold: Threshold) -> NDArray[np.bool_]:
    """Say of rows of values (…, steps) whether any of the first `within` crosses a threshold."""
    return np.asarray(beyond(values, threshold).any(axis=-1))


def probability(paths: FloatArray, threshold: Threshold, n_values: int) -> float:
    """Return the share of paths (paths, steps) that cross at least once: (k + 1/2) / (n + 1).

    The half keeps a finite number of paths from claiming certainty; the limits keep them from
    claiming more than the `n_values` periods known can resolve: of so many windows that it never
    happens, of one period that it always does. Both grow with the window, as p must.
    """
    low, high = limit(n_values, threshold.within), 1 - limit(n_values, 1)
    return float(_held(happens(paths, threshold), low, high))


def chances(paths: FloatArray, threshold: Threshold, n_values: int) -> Chances:
    """Return all that paths (paths, steps) say of a threshold; p_end <= p <= expected_exceedances.

    Each period's probability to be beyond has its own limit, that of one period among n.
    """
    outside = beyond(paths, threshold)
    p = probability(paths, threshold, n_values)
    low = limit(n_values, 1)
    each = _held(outside, low, 1 - low)
    return Chances(p, min(float(each[-1]), p), max(float(each.sum()), p))


def limit(n_values: int, within: int) -> float:
    """Return the least probability that n values can resolve: 1/2 / (m + 1), m = n / within.

    It is Jeffreys' posterior mean after m windows (one at least) none of which crossed; one minus
    it is the mean after m windows all of which did.
    """
    return 0.5 / (max(1.0, n_values / within) + 1)


def _held(happened: NDArray[np.bool_], low: float, high: float) -> FloatArray:
    """Return the shares of paths (paths, …) within what can be resolved."""
    share = (happened.sum(axis=0) + 0.5) / (happened.shape[0] + 1)
    return np.asarray(np.clip(share, low, high))


def support(p: float, record: Sequence[Hindcast], within: int, spacing: float) -> Support:
    """Return Jeffreys' 90 % interval of the frequency seen after probabilities like this one.

    Similar hindcasts lie within 0.5 in log-odds; if they are fewer than 10, the nearest 10 serve.
    Windows of `within` periods that begin every `spacing` overlap, so that n of them count as
    n min(1, spacing / within). With k of n happened and r = n_effective / n, the interval holds
    the 5 % and 95 % points of Beta(r k + 1/2, r (n - k) + 1/2) (Brown, Cai and DasGupta 2001), and
    is stretched to hold p itself.
    """
    near = sorted(record, key=lambda one: abs(logit(one.p) - logit(p)))
    close = [one for one in near if abs(logit(one.p) - logit(p)) <= _NEAR]
    similar = close if len(close) >= _ENOUGH else near[:_ENOUGH]
    share = min(1.0, spacing / within)
    happened = share * sum(one.happened for one in similar)
    n = share * len(similar)
    low, high = (float(betaincinv(happened + 0.5, n - happened + 0.5, q)) for q in (0.05, 0.95))
    return Support((min(low, p), max(high, p)), n)
