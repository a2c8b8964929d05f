"""Memories of events that fade, the season they stand in, and which of them foretold best."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from forecaster.domain.period import Frequency
from forecaster.model.family import FloatArray

IntArray = NDArray[np.intp]

_CYCLES = {
    Frequency.DAY: 7.0,
    Frequency.WEEK: 365.25 / 7,
    Frequency.MONTH: 12.0,
    Frequency.QUARTER: 4.0,
}
"""Periods of the season of a frequency: the week of days, the year of the others."""

_HARMONICS = 2
_BELIEF = 0.5  # prior standard deviation of the first harmonic: by exp(0.5) up or down
_FIRST_LOOK = 1.5  # seasons seen before their shape is first read; then at every √2 times as many
_NEWTON_STEPS = 6  # from the log mean, each at most one unit: enough to within a path's noise
_FAR = 15.0  # log units from the mean: further no season goes

_USUAL = 0.99  # fade of what is usual for a series: half of it after 69 periods
_FORGETS = 0.99  # fade of old scores: a series may change its ways
_CAUTION = 0.5  # of the log score: scores of neighbouring periods are not independent
_WARM = 20  # first periods, at most a third, whose scores tell of the start and not of the memory


class Memory(NamedTuple):
    """What memories (m, n) hold after each period, and the usual rate there."""

    events: FloatArray
    exposure: FloatArray
    usual: FloatArray


def memories(counts: FloatArray, season: FloatArray, traits: FloatArray, at: IntArray) -> Memory:
    """Return memories (m, k) of counts (n,), NaN for a gap, after the periods at places (k,).

    `traits` (3, m): fade f, pull p, and 1 if the memory knows the log season (n,). Each period a
    memory fades, takes in what came and is pulled to the usual:
    a = f a + y + p u; b = f b + e + p, e = exp(season) or 1, and u the usual rate, sum y / sum e
    with Jeffreys' half event. a and b are the shape and rate of a gamma law of the rate
    (discounting: West and Harrison 1997, 10.8; here with mean reversion). A gap has y = e = 0.
    """
    fade, pull, seasonal = traits
    held = np.isfinite(counts)
    seen = np.where(held, counts, 0.0)
    events, exposure, usual = (np.empty((fade.size, at.size)) for _ in range(3))
    for knows in np.unique(seasonal):
        weight = np.where(held, np.exp(knows * season), 0.0)
        sums = faded(np.stack([seen, weight]), _USUAL)
        mean = (sums[0] + 0.5) / np.maximum(sums[1], np.finfo(float).tiny)
        inputs = np.stack([seen, weight, mean, np.ones_like(mean)])
        for speed in np.unique(fade):
            rows = np.flatnonzero((fade == speed) & (seasonal == knows))
            a, b, drawn, drag = faded(inputs, speed)[:, at]
            events[rows] = a + pull[rows, None] * drawn
            exposure[rows] = b + pull[rows, None] * drag
            usual[rows] = mean[at]
    return Memory(events, exposure, usual)


def faded(values: FloatArray, fade: float) -> FloatArray:
    """Return s[t] = fade s[t-1] + x[t] along the last axis."""
    return np.asarray(lfilter([1.0], [1.0, -fade], values, axis=-1))


def waves(ordinals: NDArray[np.int_], frequency: Frequency) -> FloatArray:
    """Return sines and cosines of the season (n, 4), harmonic k at 1 / k; none for years."""
    if frequency not in _CYCLES:
        return np.empty((ordinals.size, 0))
    order = np.arange(1, _HARMONICS + 1)
    angle = 2 * np.pi * np.outer(ordinals, order) / _CYCLES[frequency]
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
    penalty = np.array([1e-6] + [1 / _BELIEF**2] * terms.shape[1])
    centre = np.log(np.maximum(rows @ seen, 0.5) / np.maximum(rows.sum(axis=1), 1.0))
    found = np.zeros((ends.size, design.shape[1]))
    found[:, 0] = centre
    for _ in range(_NEWTON_STEPS):
        mean = np.exp(np.clip(found @ design.T - centre[:, None], -_FAR, _FAR) + centre[:, None])
        chi = (rows * (seen - mean) ** 2 / mean).sum(axis=1)
        spread = np.maximum(chi / np.maximum(rows.sum(axis=1) - terms.shape[1], 1.0), 1.0)
        weight = rows * mean / spread[:, None]
        information = (design.T * weight[:, None]) @ design + np.diag(penalty)
        slope = (rows * (seen - mean) / spread[:, None]) @ design - found * penalty
        found = found + np.clip(np.linalg.solve(information, slope[..., None])[..., 0], -1, 1)
    return found[:, 1:]


def foretold(counts: FloatArray, terms: FloatArray, frequency: Frequency) -> FloatArray:
    """Return the log season (n,) of each period as its past showed it; 0 before the first look."""
    cycle = _CYCLES.get(frequency, np.inf)
    looks = int(max(2 * np.log2(max(counts.size / (_FIRST_LOOK * cycle), 0.1)), -1)) + 1
    cuts = (_FIRST_LOOK * cycle * np.sqrt(2.0) ** np.arange(looks)).astype(np.intp)
    cuts = cuts[cuts < counts.size]
    known = np.vstack([np.zeros((1, terms.shape[1])), shape(counts, terms, cuts)])
    which = np.searchsorted(cuts, np.arange(counts.size), side="right")
    return np.asarray((terms * known[which]).sum(axis=1))


def shares(scores: FloatArray, ends: IntArray) -> FloatArray:
    """Weigh memories at ends (k, m) by their log scores (m, n) before each; NaN is no score.

    exp of half the faded sum: a Bayesian average of the memories (Raftery, Karny and Ettler 2010,
    forgetting), tempered.
    """
    warm = np.minimum(_WARM, ends // 3)
    told = faded(np.where(np.isfinite(scores), scores, 0.0), _FORGETS)
    before = np.where(warm > 0, told[:, warm - 1], 0.0) * _FORGETS ** (ends - warm)
    total = _CAUTION * (told[:, ends - 1] - before).T
    weight = np.exp(total - total.max(axis=1, keepdims=True))
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def owners(share: FloatArray, n_paths: int, rng: np.random.Generator) -> IntArray:
    """Deal paths (k, n_paths) to memories by their shares (k, m), in random order."""
    bounds = np.cumsum(share, axis=1)
    ladder = (np.arange(n_paths) + 0.5) / n_paths
    dealt = [np.searchsorted(row[:-1] / row[-1], ladder) for row in bounds]
    return np.asarray(rng.permuted(np.stack(dealt), axis=1))
