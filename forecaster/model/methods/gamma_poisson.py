"""Counts whose rate is remembered: gamma-Poisson memories that fade and return to the usual."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

import numpy as np
from scipy.special import gammaln

from forecaster.domain.errors import CannotForecast
from forecaster.domain.indicator import Family
from forecaster.model import blend, negbin
from forecaster.model.blend import Deal, Grid
from forecaster.model.fading import IntArray
from forecaster.model.family import FloatArray
from forecaster.model.method import Estimate, Parameters, Swift, even_dice
from forecaster.model.panel import Panel

_GRID = Grid(
    fades=(0.5, 0.8, 0.93, 0.98),
    pulls=(0.02, 0.2, 1.0),
    dispersions=(0.0, 0.1, 0.5, 2.0, 10.0),  # from Poisson to nearly nothing but zeros
)
_CEILING = 3  # times the highest count seen, plus one: no rate on a path goes higher
_HIGHEST = 10  # times the highest count seen, plus ten: no count on a path is higher


class GammaPoisson(Swift):
    """A mixture of negative-binomial laws around rates that are remembered.

    y[t] ~ NB(mean e[t] a / b, 1 / size = 1 / a + d): the rate has a gamma law of shape a and rate
    b, which fade, take in what came and are pulled to the usual (`fading.traces`); d is the
    dispersion of counts around their rate. 120 memories (fade, pull, season or none, dispersion)
    are weighed by how they foretold each next count (`fading.shares`). A path keeps its memory,
    which takes in the path's own counts: a burst goes on, and fades. No rate on a path exceeds
    three times the highest count seen, plus one; no count ten times it, plus ten.
    """

    families: ClassVar[frozenset[Family]] = frozenset({Family.COUNT})

    def fit_at(self, panel: Panel, ends: IntArray) -> list[Estimate | CannotForecast]:
        """Weigh the memories at each of the ends (k,), by what came before it."""
        counts = panel.values[: ends[-1]]
        return blend.estimates(panel, counts, ends, _GRID, partial(_log_scores, counts))

    def paths_at(
        self,
        panel: Panel,
        parameters: Sequence[Parameters],
        ends: IntArray,
        steps: int,
        *,
        n_paths: int,
        rng: np.random.Generator,
    ) -> FloatArray:
        """Draw paths (k, n_paths, steps) after each of the ends (k,)."""
        dice = even_dice(rng, n_paths, steps + 1)
        deal = Deal.of(panel, parameters, ends, steps, dice[:, -1])
        counts = panel.values[: ends[-1]]
        rows = np.broadcast_to(counts, deal.seen.shape)
        memory = deal.start(deal.traces(rows, np.exp(deal.seen)))
        dispersion = deal.dispersion[deal.owner]
        seen = blend.highest(counts, ends)[:, None]
        drawn = np.empty((ends.size, n_paths, steps))
        for step in range(steps):
            season = np.exp(deal.ahead(step))
            mean = np.minimum(memory.values / memory.weights * season, _CEILING * seen + 1)
            size = 1 / (1 / memory.values + dispersion)
            came = negbin.quantiles(dice[:, step], mean, size)
            drawn[:, :, step] = np.minimum(came, _HIGHEST * (seen + 1))
            memory = deal.after(memory, drawn[:, :, step], season)
        return drawn


def _log_scores(counts: FloatArray, season: FloatArray) -> FloatArray:
    """Return log probabilities of each count but the first (memories, dispersions, n - 1).

    Up to log y!, which no memory changes. Of a zero it is - size log(1 + mean / size).
    """
    held = _GRID.run(np.stack([counts, counts]), np.exp(season))
    expected = held.values / held.weights * np.exp(season[_GRID.row, 1:])
    came = counts[1:]
    size = 1 / (1 / held.values[:, None] + np.array(_GRID.dispersions)[:, None])
    mean = np.broadcast_to(expected[:, None], size.shape)
    scores = np.where(np.isfinite(came), -size * np.log1p(mean / size), np.nan)
    some = np.flatnonzero(np.nan_to_num(came))
    came, size, mean = came[some], size[..., some], mean[..., some]
    scores[..., some] += gammaln(size + came) - gammaln(size) - came * np.log1p(size / mean)
    return scores
