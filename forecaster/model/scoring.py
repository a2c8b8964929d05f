"""How far a forecast was from what came: proper scores, and skill against a baseline."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scoringrules  # type: ignore[import-untyped]  # it ships no types
from numpy.typing import NDArray
from scipy.special import stdtr

from forecaster.domain.forecast import LEVELS, Hindcast
from forecaster.model.family import FloatArray

_REPLICATES = 1001  # so that the ends of an 80 % interval are two of them
_ENDS = (100, 900)  # their places among the sorted replicates
_BIN = 20  # hindcasts in a bin of the calibration error, at least
_BINS = 5


class Skills(NamedTuple):
    """Skill against each rival (rivals, 1 + steps), first of all steps; n (1 + steps) origins."""

    value: FloatArray
    low: FloatArray
    high: FloatArray
    n: NDArray[np.int_]


def crps(ordered: FloatArray, targets: FloatArray) -> FloatArray:
    """Return the CRPS of ensembles (…, paths, steps), sorted along paths, as (…, steps).

    In the unit of the series (Gneiting and Raftery 2007, eq. 20); NaN where a target is NaN.
    """
    aimed = np.broadcast_to(targets, (*ordered.shape[:-2], ordered.shape[-1]))
    scores: FloatArray = scoringrules.crps_ensemble(
        aimed, ordered, m_axis=-2, estimator="qd", sorted_ensemble=True
    )
    return scores


def pinball(ordered: FloatArray, targets: FloatArray) -> FloatArray:
    """Return the quantile score, averaged over the published levels, as (…, steps)."""
    quantiles = np.moveaxis(np.quantile(ordered, LEVELS, axis=-2), 0, -1)
    scores = scoringrules.quantile_score(targets[..., None], quantiles, np.array(LEVELS))
    averaged: FloatArray = np.mean(scores, axis=-1)
    return averaged


def covered(ordered: FloatArray, targets: FloatArray, share: float) -> FloatArray:
    """Return 1 where a target lies in the central interval of that share, NaN where it is NaN."""
    low, high = np.quantile(ordered, ((1 - share) / 2, (1 + share) / 2), axis=-2)
    inside = (low <= targets) & (targets <= high)
    return np.where(np.isnan(targets), np.nan, inside.astype(np.float64))


def interval(ordered: FloatArray, targets: FloatArray, share: float) -> FloatArray:
    """Return the interval score of the central interval of that share, as (…, steps).

    Its width, and 2 / (1 - share) times the distance of a target outside of it (Gneiting and
    Raftery 2007, eq. 43); in the unit of the series, NaN where a target is NaN.
    """
    low, high = np.quantile(ordered, ((1 - share) / 2, (1 + share) / 2), axis=-2)
    missed = np.maximum(low - targets, 0) + np.maximum(targets - high, 0)
    return np.asarray(high - low + 2 / (1 - share) * missed)


def brier(record: Sequence[Hindcast]) -> float | None:
    """Return the mean squared error of probabilities (Brier 1950); nothing without hindcasts."""
    if not record:
        return None
    happened = np.array([float(one.happened) for one in record])
    return float(np.mean(scoringrules.brier_score(happened, np.array([one.p for one in record]))))


def calibration_error(record: Sequence[Hindcast]) -> float:
    """Return the mean distance between said and seen frequency; 1 without hindcasts.

    Hindcasts sorted by probability fall into equal bins of at least 20 (at most 5 bins, at least
    one); the distances |mean p - frequency| are weighted by the bins' sizes.
    """
    if not record:
        return 1.0
    ranked = sorted(record, key=lambda one: one.p)
    bins = np.array_split(np.arange(len(ranked)), int(np.clip(len(ranked) // _BIN, 1, _BINS)))
    distances = [
        abs(sum(ranked[one].p - ranked[one].happened for one in members)) for members in bins
    ]
    return float(sum(distances) / len(ranked))


def skill(
    ours: FloatArray, references: FloatArray, block: int, rng: np.random.Generator
) -> Skills:
    """Return 1 - mean score / mean reference over origins, with 80 % intervals.

    `ours` is (n, steps), `references` (rivals, n, steps); of the returned columns the first is
    of all steps together. The intervals are of a circular block bootstrap over origins (Politis
    and Romano 1992), the same draws for all; the blocks span a horizon, since forecasts that
    overlap err together. Blocks as long as the record would all hold the same, and promise an
    interval of no width: refused. A cell that is NaN on any side counts on none.
    """
    n = ours.shape[0]
    if block >= n > 1:
        raise ValueError(f"blocks of {block} cannot be drawn from {n} origins")
    sides = np.concatenate([ours[None], references])
    known = np.isfinite(sides).all(axis=0)
    cells = np.where(known, sides, 0.0).transpose(0, 2, 1)
    cells = np.concatenate([cells.sum(axis=1, keepdims=True), cells], axis=1)
    drawn = _resampled(cells.reshape(-1, n), block, rng).reshape(*cells.shape[:2], -1)
    values = np.sort(relative(drawn[:1], drawn[1:]), axis=2)
    total = cells.sum(axis=2)
    return Skills(
        value=relative(total[:1], total[1:]),
        low=values[..., _ENDS[0]],
        high=values[..., _ENDS[1]],
        n=np.concatenate([[known.any(axis=1).sum()], known.sum(axis=0)]),
    )


def diebold_mariano(
    ours: FloatArray, references: FloatArray, spacing: float
) -> tuple[FloatArray, FloatArray]:
    """Return the statistics and two-sided p of equal accuracy, (rivals, steps) each.

    Positive where `ours` (n, steps) is better than `references` (rivals, n, steps). With d the
    difference of the scores at a step and h the origins within it, the statistic is mean d /
    sqrt(V / n) by sqrt((n + 1 - 2 h + h (h - 1) / n) / n), against t with n - 1 degrees (Harvey,
    Leybourne and Newbold 1997); V = g0 + 2 (g1 + … + g[h-1]) of the autocovariances g, or,
    where that is not positive, the same with Bartlett's weights (Newey and West 1987). NaN where
    n <= 2 h, and where the scores never differ.
    """
    gained = references - ours
    known = np.isfinite(gained)
    n = known.sum(axis=1)
    mean = np.where(known, gained, 0.0).sum(axis=1) / np.maximum(n, 1)
    rest = np.where(known, gained - mean[:, None], 0.0)
    overlap = np.ceil(np.arange(1, ours.shape[1] + 1) / spacing)
    variance = tapered = np.square(rest).sum(axis=1)
    for lag in range(1, min(int(overlap[-1]), ours.shape[0])):
        twice = 2 * (rest[:, lag:] * rest[:, :-lag]).sum(axis=1) * (lag < overlap)
        variance, tapered = variance + twice, tapered + (1 - lag / overlap) * twice
    variance = np.where(variance > 0, variance, tapered)
    able = (n > 2 * overlap) & (variance > 0)
    n, variance = np.where(able, n, np.nan), np.where(able, variance, np.nan)
    shrunk = (n + 1 - 2 * overlap + overlap * (overlap - 1) / n) / n
    statistic: FloatArray = mean * n / np.sqrt(variance) * np.sqrt(shrunk)
    chance: FloatArray = 2 * stdtr(n - 1, -np.abs(statistic))
    return statistic, chance


def _resampled(cells: FloatArray, block: int, rng: np.random.Generator) -> FloatArray:
    """Return sums of cells (rows, n) over replicates of circular blocks, (rows, replicates)."""
    n = cells.shape[1]
    whole, rest = divmod(n, block)
    sums = np.cumsum(np.concatenate([np.zeros((cells.shape[0], 1)), cells, cells], axis=1), axis=1)
    starts = rng.integers(0, n, (_REPLICATES, whole + 1))
    places = starts[:, :whole] + n * np.arange(_REPLICATES)[:, None]
    counts = np.bincount(places.ravel(), minlength=n * _REPLICATES).reshape(-1, n)
    blocks, ends = (sums[:, size : size + n] - sums[:, :n] for size in (block, rest))
    drawn: FloatArray = blocks @ counts.T.astype(np.float64) + ends[:, starts[:, whole]]
    return drawn


def relative(ours: FloatArray, theirs: FloatArray) -> FloatArray:
    """Return 1 - ours / theirs; against a perfect reference it is 0 (as perfect) or -1."""
    nothing = np.finfo(np.float64).tiny  # nothing can be divided by less
    perfect = theirs < nothing
    ratio = ours / np.where(perfect, 1.0, theirs)
    return np.where(perfect, np.where(ours < nothing, 0.0, -1.0), 1 - ratio)


def mean_over(scores: FloatArray, usable: NDArray[np.bool_]) -> FloatArray:
    """Average scores (origins, candidates, steps) over the usable cells (origins, steps)."""
    weight = usable[:, None, :] & np.isfinite(scores)
    total = np.where(weight, scores, 0.0).sum(axis=(0, 2))
    averaged: FloatArray = total / np.maximum(weight.sum(axis=(0, 2)), 1)
    return averaged
