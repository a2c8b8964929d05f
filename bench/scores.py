"""Score quantile forecasts against what came: the same measures, whoever made the forecast."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVELS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5)
LEVELS += tuple(round(1 - one, 3) for one in reversed(LEVELS[:-1]))
"""The quantiles that are asked of everybody."""

COVERS = (0.5, 0.8, 0.95)
"""The shares of the central intervals whose coverage is tabled."""

_REPLICATES = 1000
_SPAN = (0.05, 0.95)  # of the bootstrap: a 90 % interval


class Ratio(NamedTuple):
    """A mean relative to another on the same series, with its 90 % interval over series."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """Write the figure with its interval."""
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def crps(quantiles: Floats, targets: Floats, levels: Sequence[float] = LEVELS) -> Floats:
    """Return the CRPS of quantiles (steps, levels) as (steps,), in the unit of the series.

    Twice the pinball loss, integrated over the levels: each stands for all that lie nearer to it
    than to another (Laio and Tamea 2007, eq. 6). NaN where a target is NaN.
    """
    at = np.array(levels)
    edges = np.concatenate([[0.0], (at[1:] + at[:-1]) / 2, [1.0]])
    miss = targets[:, None] - quantiles
    loss = np.maximum(at * miss, (at - 1) * miss)
    return np.asarray(2 * loss @ np.diff(edges))


def mase_scale(past: Floats, season: int) -> float:
    """Return the mean absolute seasonal difference of the past (Hyndman and Koehler 2006).

    Of a past that holds no such difference, the mean absolute first difference; NaN without one.
    """
    for lag in (season, 1):
        moves = np.abs(past[lag:] - past[:-lag]) if past.size > lag else np.empty(0)
        if np.isfinite(moves).any():
            return float(np.nanmean(moves))
    return float("nan")


def interval_score(low: Floats, high: Floats, targets: Floats, share: float) -> Floats:
    """Return width plus 2 / (1 - share) for each unit of a miss (Gneiting and Raftery 2007)."""
    missed = np.maximum(low - targets, 0) + np.maximum(targets - high, 0)
    return np.asarray(high - low + 2 / (1 - share) * missed)


def central(
    quantiles: Floats, share: float, levels: Sequence[float] = LEVELS
) -> tuple[Floats, Floats]:
    """Return the ends of the central interval of that share, read from quantiles."""
    ends = (round((1 - share) / 2, 6), round((1 + share) / 2, 6))
    low, high = (quantiles[:, list(levels).index(one)] for one in ends)
    return low, high


def covered(quantiles: Floats, targets: Floats, share: float) -> Floats:
    """Return 1 where the central interval of that share holds the target, NaN where it is NaN."""
    low, high = central(quantiles, share)
    inside = ((low <= targets) & (targets <= high)).astype(np.float64)
    return np.where(np.isnan(targets), np.nan, inside)


def pit(quantiles: Floats, targets: Floats, levels: Sequence[float] = LEVELS) -> Floats:
    """Return from where to where each target's rank reaches, (2, steps): F(y-) and F(y).

    Read from the quantiles around it; the two differ by half a level at least on each side, and by
    all levels that tie with it (Czado, Gneiting and Held 2009).
    """
    at = np.array([0.0, *levels, 1.0])
    below = (quantiles < targets[:, None]).sum(axis=1)
    level = (quantiles <= targets[:, None]).sum(axis=1)
    ends = np.stack([at[below], at[level + 1]])
    return np.where(np.isnan(targets), np.nan, ends)


def histogram(pits: Floats, bins: int = 10) -> Floats:
    """Return the share of PITs (2, n) in each bin; each spreads evenly from end to end."""
    start, end = pits[:, np.isfinite(pits).all(axis=0)]
    edges = np.linspace(0, 1, bins + 1)[:, None]
    reached = np.clip((edges - start) / np.maximum(end - start, 1e-12), 0, 1)
    return np.diff(reached.mean(axis=1))


def ratio(ours: Floats, theirs: Floats, rng: np.random.Generator) -> Ratio:
    """Divide the means over series (n,) of two scores; the bootstrap draws whole series.

    A series without a finite score on either side counts on neither.
    """
    both = np.isfinite(ours) & np.isfinite(theirs)
    ours, theirs = ours[both], theirs[both]
    if not ours.size:
        return Ratio(*(float("nan"),) * 3)
    drawn = rng.integers(0, ours.size, (_REPLICATES, ours.size))
    values = _divided(ours[drawn].mean(axis=1), theirs[drawn].mean(axis=1))
    low, high = np.quantile(values, _SPAN)
    value = _divided(ours.mean(keepdims=True), theirs.mean(keepdims=True))[0]
    return Ratio(float(value), float(low), float(high))


def _divided(ours: Floats, theirs: Floats) -> Floats:
    """Divide; against a perfect score it is 1 (as perfect) or infinite."""
    perfect = theirs == 0
    quotient = ours / np.where(perfect, 1.0, theirs)
    return np.where(perfect, np.where(ours == 0, 1.0, np.inf), quotient)
