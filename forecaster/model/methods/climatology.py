"""Climatology: the future is a stretch of the recent past, whenever it was."""

from typing import ClassVar

import numpy as np
from scipy.stats import kruskal

from forecaster.domain.base import Frozen
from forecaster.domain.indicator import Family
from forecaster.domain.period import Frequency
from forecaster.model.family import FloatArray
from forecaster.model.method import Estimate, Parameters
from forecaster.model.panel import Panel

_YEARS = 5
_AT_LEAST = 40  # periods: where five years hold fewer
_SEASONS = {Frequency.DAY: 7, Frequency.MONTH: 12, Frequency.QUARTER: 4}
_CYCLES = 4  # of a season, before it can be seen
_VISIBLE = 0.01  # p of the Kruskal-Wallis test among the places of a season


class Season(Frozen):
    """What climatology learns: how many periods its season has; 1 is none."""

    season: int


class Climatology:
    """A circular block bootstrap of the last five years (at least 40 periods).

    A path is made of stretches of consecutive values as long as the forecast (at most a quarter of
    what is known), so that what follows what is kept (Politis and Romano 1992). Where the places
    of a season differ (Kruskal-Wallis, p < 0.01; weekday, month or quarter; not in weekly series),
    a stretch starts at its own place in the season.
    """

    families: ClassVar[frozenset[Family]] = frozenset(Family)

    def fit(self, panel: Panel) -> Estimate:
        """Look whether the series has a season."""
        season = _SEASONS.get(panel.frequency, 1)
        window = _window(panel, season)
        if season == 1 or window.size < _CYCLES * season:
            return _learnt(1)
        places = [one[np.isfinite(one)] for one in window.reshape(-1, season).T]
        held = np.concatenate(places)
        if min(one.size for one in places) < _CYCLES - 1 or np.ptp(held) == 0:
            return _learnt(1)
        visible = kruskal(*places).pvalue < _VISIBLE
        return _learnt(season if visible else 1)

    def paths(
        self,
        panel: Panel,
        parameters: Parameters,
        steps: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> FloatArray:
        """Draw stretches of the past, of shape (n_paths, steps)."""
        season = Season.model_validate(parameters).season
        window = _window(panel, season)
        held = window[np.isfinite(window)]
        filled = np.where(np.isfinite(window), window, rng.choice(held, window.size))
        length = min(steps, max(1, held.size // 4))
        first_steps = np.arange(0, steps, length)
        laps = rng.integers(0, window.size // season, (n_paths, first_steps.size))
        starts = laps * season + (window.size + first_steps) % season
        index = (starts[:, :, None] + np.arange(length)) % window.size
        drawn: FloatArray = filled[index.reshape(n_paths, -1)[:, :steps]]
        return drawn


def _learnt(season: int) -> Estimate:
    return Estimate(Season(season=season).model_dump())


def _window(panel: Panel, season: int) -> FloatArray:
    """Return the recent past in whole seasons, so that its end may be followed by its start."""
    size = min(panel.values.size, max(_AT_LEAST, _YEARS * panel.frequency.per_year))
    size = size // season * season or panel.values.size
    return panel.values[-size:]
