"""How far a forecast was from what came: proper scores, and skill against a baseline."""

from collections.abc import Sequence

import numpy as np
import scoringrules  # type: ignore[import-untyped]  # it ships no types
from numpy.typing import NDArray

from forecaster.domain.forecast import LEVELS, Hindcast
from forecaster.model.family import FloatArray

_REPLICATES = 1000
_BIN = 20  # hindcasts in a bin of the calibration error, at least
_BINS = 5


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
    scores: FloatArray, reference: FloatArray, block: int, rng: np.random.Generator
) -> tuple[float, tuple[float, float]]:
    """Return 1 - mean score / mean reference over origins (n, steps), with its 80 % interval.

    The interval is a circular block bootstrap over origins; the blocks span a horizon, since
    forecasts that overlap err together. Blocks as long as the record would all hold the same, and
    promise an interval of no width: refused. NaN cells count on neither side.
    """
    both = np.isfinite(scores) & np.isfinite(reference)
    ours, theirs = (np.where(both, one, 0.0).sum(axis=1) for one in (scores, reference))
    n = ours.size
    if block >= n > 1:
        raise ValueError(f"blocks of {block} cannot be drawn from {n} origins")
    starts = rng.integers(0, n, (_REPLICATES, -(-n // block)))
    index = (starts[:, :, None] + np.arange(block)) % n
    index = index.reshape(_REPLICATES, -1)[:, :n]
    values = _relative(ours[index].sum(axis=1), theirs[index].sum(axis=1))
    low, high = np.quantile(values, (0.1, 0.9))
    value = _relative(ours.sum(keepdims=True), theirs.sum(keepdims=True))[0]
    return float(value), (float(low), float(high))


def _relative(ours: FloatArray, theirs: FloatArray) -> FloatArray:
    """Return the skill; against a perfect reference it is 0 (as perfect) or -1."""
    perfect = theirs == 0
    ratio = ours / np.where(perfect, 1.0, theirs)
    return np.where(perfect, np.where(ours == 0, 0.0, -1.0), 1 - ratio)


def mean_over(scores: FloatArray, usable: NDArray[np.bool_]) -> FloatArray:
    """Average scores (origins, candidates, steps) over the usable cells (origins, steps)."""
    weight = usable[:, None, :] & np.isfinite(scores)
    total = np.where(weight, scores, 0.0).sum(axis=(0, 2))
    averaged: FloatArray = total / np.maximum(weight.sum(axis=(0, 2)), 1)
    return averaged
