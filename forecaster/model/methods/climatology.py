"""Climatology: the future is a stretch of the recent past, whenever it was."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc
from scipy.stats import rankdata

from forecaster.domain.base import Frozen
from forecaster.domain.indicator import Family
from forecaster.model.family import FloatArray
from forecaster.model.method import Estimate, Parameters, Swift, even_dice
from forecaster.model.panel import Panel

_YEARS = 5
_AT_LEAST = 40  # periods: where five years hold fewer
_CYCLES = 4  # of a season, before it can be seen
_VISIBLE = 0.01  # p of the Kruskal-Wallis test among the places of a season


class Season(Frozen):
    """What climatology learns: how many periods its season has; 1 is none."""

    season: int


class Climatology(Swift):
    """A circular block bootstrap of the last five years (at least 40 periods).

    A path is made of stretches of consecutive values as long as the forecast (at most a quarter of
    what is known), so that what follows what is kept (Politis and Romano 1992). Where the places
    of a season differ (Kruskal-Wallis, p < 0.01; weekday, month or quarter; not in weekly series),
    a stretch starts at its own place in the season.
    """

    families: ClassVar[frozenset[Family]] = frozenset(Family)

    def fit_at(self, panel: Panel, ends: NDArray[np.intp]) -> list[Estimate]:
        """Look at each end whether the series has a season."""
        sizes = _windows(panel, ends, panel.season)
        return [
            Estimate(
                Season(season=_visible(panel.values[end - size : end], panel.season)).model_dump()
            )
            for end, size in zip(ends.tolist(), sizes.tolist(), strict=True)
        ]

    def paths_at(
        self,
        panel: Panel,
        parameters: Sequence[Parameters],
        ends: NDArray[np.intp],
        steps: int,
        *,
        n_paths: int,
        rng: np.random.Generator,
    ) -> FloatArray:
        """Draw stretches of the past of each end, of shape (ends, n_paths, steps)."""
        seasons = np.array([Season.model_validate(one).season for one in parameters])
        sizes = _windows(panel, ends, seasons)
        known = np.searchsorted(panel.places, ends)
        seen = known - np.searchsorted(panel.places, ends - sizes)
        lengths = np.clip(seen // 4, 1, steps)
        dice, gaps = (even_dice(rng, n_paths, steps) for _ in range(2))
        drawn = np.empty((ends.size, n_paths, steps))
        step = np.arange(steps)
        for row, (size, season, length) in enumerate(
            zip(sizes.tolist(), seasons.tolist(), lengths.tolist(), strict=True)
        ):
            first = step // length * length
            laps = (dice[:, first] * (size // season)).astype(np.intp)
            places = (laps * season + (size + first) % season + step - first) % size
            window = panel.values[ends[row] - size : ends[row]]
            held = window[np.isfinite(window)]
            drawn[row] = window[places]
            lost = np.isnan(drawn[row])
            drawn[row][lost] = held[(gaps[lost] * held.size).astype(np.intp)]
        return drawn


def _windows(
    panel: Panel, ends: NDArray[np.intp], season: int | NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return how many last periods count at each end: whole seasons, so that end meets start."""
    size = np.minimum(ends, max(_AT_LEAST, _YEARS * panel.frequency.per_year))
    whole = size // season * season
    return np.where(whole > 0, whole, ends)


def _visible(window: FloatArray, season: int) -> int:
    """Return the season if its places differ by the Kruskal-Wallis test, else one."""
    if season == 1 or window.size < _CYCLES * season:
        return 1
    held = np.flatnonzero(np.isfinite(window))
    place, values = held % season, window[held]
    counts = np.bincount(place, minlength=season)
    if counts.min() < _CYCLES - 1 or np.ptp(values) == 0:
        return 1
    n = values.size
    ranks = rankdata(values)
    sums = np.bincount(place, ranks, season)
    between = 12 / (n * (n + 1)) * np.sum(sums**2 / counts) - 3 * (n + 1)
    ties = np.unique(values, return_counts=True)[1].astype(np.float64)
    between /= 1 - np.sum(ties**3 - ties) / (float(n) ** 3 - n)
    return season if chdtrc(season - 1, between) < _VISIBLE else 1
