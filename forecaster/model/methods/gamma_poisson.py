"""Counts whose rate is remembered: gamma-Poisson memories that fade and return to the usual."""

from collections.abc import Sequence
from itertools import product
from typing import ClassVar

import numpy as np
from scipy.special import gammaln

from forecaster.domain.errors import CannotForecast
from forecaster.domain.indicator import Family
from forecaster.model import blend, fading
from forecaster.model.fading import IntArray
from forecaster.model.family import FloatArray
from forecaster.model.method import Estimate, Parameters
from forecaster.model.panel import Panel

_FADES = (0.5, 0.8, 0.93, 0.98)
_PULLS = (0.02, 0.2, 1.0)  # periods of the usual that come in with each period
_SEASONAL = (0.0, 1.0)
_DISPERSIONS = (0.0, 0.1, 0.5, 2.0)  # 0 is Poisson
_GRID = np.array([*product(_FADES, _PULLS, _SEASONAL, _DISPERSIONS)])
_CEILING = 3  # times the highest count seen, plus one: no rate on a path goes higher


class GammaPoisson:
    """A mixture of negative-binomial laws around rates that are remembered.

    y[t] ~ NB(mean e[t] a / b, 1 / size = 1 / a + d): the rate has a gamma law of shape a and rate
    b, which fade, take in what came and are pulled to the usual (`fading.memories`); d is the
    dispersion of counts around their rate. 96 memories (fade, pull, season or none, dispersion)
    are weighed by how they foretold each next count (`fading.shares`). A path keeps its memory,
    which takes in the path's own counts: a burst goes on, and fades. No rate on a path exceeds
    three times the highest count seen, plus one.
    """

    families: ClassVar[frozenset[Family]] = frozenset({Family.COUNT})

    def fit(self, panel: Panel) -> Estimate:
        """Weigh the memories."""
        return blend.only(self.fit_at(panel, np.array([panel.values.size])))

    def fit_at(self, panel: Panel, ends: IntArray) -> list[Estimate | CannotForecast]:
        """Weigh the memories at each of the ends (k,), by what came before it."""
        counts = panel.values[: ends[-1]]
        terms = fading.waves(panel.start + np.arange(counts.size), panel.frequency)
        season = fading.foretold(counts, terms, panel.frequency)
        scores = _log_scores(counts, season)
        return blend.estimates(panel, counts, terms, _GRID, scores, ends)

    def paths(
        self,
        panel: Panel,
        parameters: Parameters,
        steps: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> FloatArray:
        """Draw paths from the memories at the panel's end, of shape (n_paths, steps)."""
        ends = np.array([panel.values.size])
        drawn: FloatArray = self.paths_at(panel, [parameters], ends, steps, n_paths, rng)[0]
        return drawn

    def paths_at(  # noqa: PLR0917  (the protocol of a method)
        self,
        panel: Panel,
        parameters: Sequence[Parameters],
        ends: IntArray,
        steps: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> FloatArray:
        """Draw paths (k, n_paths, steps) after each of the ends (k,)."""
        start = blend.starts(panel, panel.values, parameters, ends, steps, n_paths, rng)
        events, exposure = start.events, start.exposure
        highest = np.fmax.accumulate(panel.values[: ends[-1]])[ends - 1]
        ceiling = _CEILING * highest[:, None] + 1
        drawn = np.empty((ends.size, n_paths, steps))
        for step in range(steps):
            factor = start.factor(step)
            size = 1 / (1 / events + start.dispersion)
            rate = rng.standard_gamma(size) / size * events / exposure * factor
            drawn[:, :, step] = rng.poisson(np.minimum(rate, ceiling))
            events = start.fade * events + drawn[:, :, step] + start.pull * start.usual
            exposure = start.fade * exposure + factor + start.pull
        return drawn


def _log_scores(counts: FloatArray, season: FloatArray) -> FloatArray:
    """Return each memory's log probability (m, n) of each count, from the periods before it.

    Up to log y!, which no memory changes. Of a zero it is - size log(1 + mean / size).
    """
    traits = _GRID[:: len(_DISPERSIONS), :3].T
    held = fading.memories(counts, season, traits, np.arange(counts.size - 1))
    mean = held.events / held.exposure * np.exp(traits[2][:, None] * season[1:])
    size = 1 / (1 / held.events[:, None] + np.array(_DISPERSIONS)[:, None])
    mean = np.broadcast_to(mean[:, None], size.shape)
    scores = np.full((*size.shape[:2], counts.size), np.nan)
    scores[..., 1:] = np.where(np.isfinite(counts[1:]), -size * np.log1p(mean / size), np.nan)
    some = np.flatnonzero(np.nan_to_num(counts[1:]))
    came, size, mean = counts[1:][some], size[..., some], mean[..., some]
    scores[..., some + 1] += gammaln(size + came) - gammaln(size) - came * np.log1p(size / mean)
    return scores.reshape(-1, counts.size)
