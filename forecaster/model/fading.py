"""Memories of events that fade, the season they stand in, and which of them foretold best."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from forecaster.model.family import FloatArray

IntArray = NDArray[np.intp]

_HARMONICS = 2
_BELIEF = 0.5  # prior standard deviation of the first harmonic: by exp(0.5) up or down
_FIRST_LOOK = 1.5  # seasons seen before their shape is first read; then at every √2 times as many
_NEWTON_STEPS = 6  # from the log mean, each at most one unit: enough to within a path's noise
_FAR = 15.0  # log units from the mean: further no season goes

_USUAL = 0.99  # fade of what is usual for a series: half of it after 69 periods
_FORGETS = 0.99  # fade of old scores: a series may change its ways
_CAUTION = 0.5  # of the log score: scores of neighbouring periods are not independent
_WARM = 20  # first periods, at most a third, whose scores tell of the start and not of the memory


class Traces(NamedTuple):
    """Sums that fade (F, R, n): F fades of R rows of values over n periods."""

    values: FloatArray
    weights: FloatArray
    usual: FloatArray
    """Of what was usual in each period."""
    drag: FloatArray
    """Of ones, (F, n)."""
    rate: FloatArray
    """(R, n), what was usual: values over weights, with Jeffreys' half event."""

    def at(self, fade: IntArray, row: IntArray, pull: FloatArray, period: IntArray) -> "Memory":
        """Return memories after periods, all arguments by place; they broadcast."""
        return Memory(
            values=self.values[fade, row, period] + pull * self.usual[fade, row, period],
            weights=self.weights[fade, row, period] + pull * self.drag[fade, period],
            usual=self.rate[row, period],
        )


class Memory(NamedTuple):
    """What memories hold: a and b, and the usual rate they are pulled to."""

    values: FloatArray
    weights: FloatArray
    usual: FloatArray


def traces(values: FloatArray, weights: FloatArray, fades: FloatArray) -> Traces:
    """Let rows of values (R, n), NaN for a gap, fade at each speed (F,).

    A memory of fade f and pull p takes in each period what came, and is pulled to the usual:
    a = f a + y + p u; b = f b + e + p, with e the weight and u = (sum y + 1/2) / sum e, sums that
    fade slowly. For counts a and b are the shape and rate of a gamma law of the rate (discounting:
    West and Harrison 1997, 10.8; here with mean reversion). In a gap y = e = 0.
    """
    held = np.isfinite(values)
    seen, weight = np.where(held, values, 0.0), np.where(held, weights, 0.0)
    total, exposure = faded(np.stack([seen, weight]), _USUAL)
    rate = (total + 0.5) / np.maximum(exposure, np.finfo(float).tiny)
    inputs = np.concatenate([seen, weight, rate, np.ones((1, seen.shape[1]))])
    swept = np.stack([faded(inputs, fade) for fade in fades.tolist()])
    a, b, usual = np.split(swept[:, :-1], 3, axis=1)
    return Traces(a, b, usual, swept[:, -1], rate)


def faded(values: FloatArray, fade: float) -> FloatArray:
    """Return s[t] = fade s[t-1] + x[t] along the last axis."""
    return np.asarray(lfilter([1.0], [1.0, -fade], values, axis=-1))


def waves(ordinals: NDArray[np.int_], cycle: float) -> FloatArray:
    """Return sines and cosines of a season of so many periods (n, 4), harmonic k at 1 / k.

    None (n, 0) where a season has one period.
    """
    if cycle <= 1:
        return np.empty((ordinals.size, 0))
    order = np.arange(1, _HARMONICS + 1)
    angle = 2 * np.pi * np.outer(ordinals, order) / cycle
    return np.concatenate([np.sin(angle) / order, np.cos(angle) / order], axis=1)


def shape(counts: FloatArray, terms: FloatArray, ends: IntArray) -> FloatArray:
    """Return the season's coefficients (k, p) by counts (n,) before each end, on waves (n, p).

    A Poisson regression with log link, its information divided by Pearson's dispersion (Cameron
    and Trivedi 2013, 3.2.4: what clusters tells less), its coefficients shrunk to zero by a normal
    prior; by iteratively reweighted least squares, for all ends at once.
    """
    if not ends.size or not terms.shape[1]:
        return np.zeros((ends.size, terms.shape[1]))
    held = np.isfinite(counts)
    seen = np.where(held, counts, 0.0)
    rows = (held & (np.arange(counts.size) < ends[:, None])).astype(float)
    design = np.column_stack([np.ones(counts.size), terms])
    squares = (design[:, :, None] * design[:, None, :]).reshape(counts.size, -1)
    penalty = np.array([1e-6] + [1 / _BELIEF**2] * terms.shape[1])
    known = np.maximum(rows.sum(axis=1), 1.0)
    centre = np.log(np.maximum(rows @ seen, 0.5) / known)
    found = np.zeros((ends.size, design.shape[1]))
    found[:, 0] = centre
    for _ in range(_NEWTON_STEPS):
        mean = np.exp(np.clip(found @ design.T - centre[:, None], -_FAR, _FAR) + centre[:, None])
        error, weight = rows * (seen - mean), rows * mean
        chi = (error**2 / mean).sum(axis=1)
        spread = np.maximum(chi / np.maximum(known - terms.shape[1], 1.0), 1.0)[:, None]
        information = (weight @ squares / spread).reshape(*found.shape, -1) + np.diag(penalty)
        slope = error @ design / spread - found * penalty
        found = found + np.clip(np.linalg.solve(information, slope[..., None])[..., 0], -1, 1)
    return found[:, 1:]


def seasons(
    counts: FloatArray, terms: FloatArray, cycle: float, ends: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Return the log season (n,) of each period as its past showed it, and the shapes at ends.

    The first is 0 before the first look; the second are the coefficients (k, p) at ends (k,).
    """
    looks = np.arange(2 * np.log2(max(counts.size, 2)))  # more than there can be
    cuts = np.unique((_FIRST_LOOK * max(cycle, 1.0) * np.sqrt(2.0) ** looks).astype(np.intp))
    cuts = cuts[cuts < counts.size]
    found = shape(counts, terms, np.concatenate([cuts, ends]))
    known = np.vstack([np.zeros((1, terms.shape[1])), found[: cuts.size]])
    which = np.searchsorted(cuts, np.arange(counts.size), side="right")
    return np.asarray((terms * known[which]).sum(axis=1)), found[cuts.size :]


def shares(scores: FloatArray, ends: IntArray) -> FloatArray:
    """Weigh memories at ends (k, m) by the log scores (m, n) before each; NaN is no score.

    exp of half the faded sum: a Bayesian average of the memories (Raftery, Karny and Ettler 2010,
    forgetting), tempered.
    """
    warm = np.minimum(_WARM, ends // 3)
    told = faded(np.pad(np.where(np.isfinite(scores), scores, 0.0), ((0, 0), (1, 0))), _FORGETS)
    total = _CAUTION * (told[:, ends] - told[:, warm] * _FORGETS ** (ends - warm)).T
    weight = np.exp(total - total.max(axis=1, keepdims=True))
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def owners(share: FloatArray, ladder: FloatArray) -> IntArray:
    """Deal paths (P,) to memories by their shares (m,); `ladder` (P,) are even dice."""
    bounds = np.cumsum(share)
    return np.asarray(np.searchsorted(bounds[:-1] / bounds[-1], ladder))
