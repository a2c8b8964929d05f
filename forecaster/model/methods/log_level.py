"""Counts that are seldom zero: a level on the log scale, with errors like those of the past."""

from collections.abc import Sequence
from itertools import product
from typing import ClassVar, NamedTuple

import numpy as np

from forecaster.domain.errors import CannotForecast
from forecaster.domain.indicator import Family
from forecaster.model import blend, fading
from forecaster.model.fading import IntArray
from forecaster.model.family import FloatArray
from forecaster.model.method import Estimate, Parameters
from forecaster.model.panel import Panel

_FADES = (0.2, 0.5, 0.7, 0.85, 0.95)
_PULLS = (0.02, 0.2, 1.0)  # periods of the usual that come in with each period
_SEASONAL = (0.0, 1.0)
_GRID = np.array([*product(_FADES, _PULLS, _SEASONAL, (0.0,))])
_ZEROS = (0.0, 0.2)  # share of them: above, log(y + 1/2) mostly tells zero from not
_SPREAD_FADES = 0.98  # of squared errors: half after 34 periods
_SPREAD_BEFORE = 0.3**2  # of an error, before any was seen; counts as one
_WARM = 8  # first errors: they tell of the start
_CEILING = 3  # times the highest count seen, plus one


class LogLevel:
    """Exponential smoothing of log(y + 1/2), its errors drawn from those of the past.

    x[t] = log(y[t] + 1/2) - season; the level is a / b of a memory of x (`fading.memories`): it
    follows the last values and returns to the usual. 30 memories are weighed by the normal log
    density of their next errors (`fading.shares`). Errors on a path are past ones over their
    spread then, times the spread now (an average of squares that fades by 0.98), and enter the
    path's own level (Hyndman, Koehler, Ord and Snyder 2008, ch. 15 for counts).
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
        scores = _log_scores(_levels(counts, season, _GRID.T[:3]))
        return blend.estimates(panel, counts, terms, _GRID, scores, ends, zeros=_ZEROS)

    def paths(
        self,
        panel: Panel,
        parameters: Parameters,
        steps: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> FloatArray:
        """Draw paths from the level at the panel's end, of shape (n_paths, steps)."""
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
        highest = np.fmax.accumulate(panel.values[: ends[-1]])[ends - 1]
        ceiling = np.log(_CEILING * highest[:, None] + 1.5)
        terms = fading.waves(panel.start + np.arange(ends[-1] + steps), panel.frequency)
        drawn = [
            _run(
                panel.values,
                terms @ np.array(learnt.season),
                learnt,
                ends[run],
                steps,
                n_paths,
                rng,
            )
            for learnt, run in blend.runs(parameters)
        ]
        moved = np.minimum(np.concatenate(drawn), ceiling[:, :, None])
        return np.asarray(np.maximum(np.rint(np.exp(moved) - 0.5), 0.0))


class _Levels(NamedTuple):
    """Memories (m, n) of log counts, and each one's error and its spread (m, n), NaN at gaps."""

    events: FloatArray
    exposure: FloatArray
    usual: FloatArray
    error: FloatArray
    spread: FloatArray
    """After each period."""


def _log_scores(held: _Levels) -> FloatArray:
    """Return the normal log density (m, n) of each error, by the spread before it."""
    scores = np.full(held.error.shape, np.nan)
    scores[:, 1:] = -np.log(held.spread[:, :-1]) - _standard(held)[:, 1:] ** 2 / 2
    return scores


def _levels(counts: FloatArray, season: FloatArray, traits: FloatArray) -> _Levels:
    """Run memories (3, m) over log(y + 1/2), less the season for those that know it."""
    places = np.arange(counts.size)
    logs = np.log(counts + 0.5)
    plain = np.stack([traits[0], traits[1], np.zeros_like(traits[2])])
    own = fading.memories(logs, season, plain, places)
    waved = fading.memories(np.where(np.isfinite(logs), season, np.nan), season, plain, places)
    knows = traits[2][:, None]
    events, usual = own.events - knows * waved.events, own.usual - knows * waved.usual
    error = logs - knows * season
    error[:, 1:] -= (events / own.exposure)[:, :-1]
    error[:, 0] = np.nan
    seen = np.stack([np.nan_to_num(error) ** 2, np.isfinite(error).astype(float)])
    squares, weight = fading.faded(seen, _SPREAD_FADES)
    spread = np.sqrt((squares + _SPREAD_BEFORE) / (weight + 1))
    return _Levels(events, own.exposure, usual, error, spread)


def _run(  # noqa: PLR0917  (as its only caller has them)
    counts: FloatArray,
    season: FloatArray,
    learnt: blend.Blend,
    ends: IntArray,
    steps: int,
    n_paths: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Draw log counts (k, n_paths, steps) after ends (k,) with the same parameters."""
    traits = np.array(learnt.memories).T
    held = _levels(counts[: ends[-1]], season[: ends[-1]], traits[:3])
    owner = fading.owners(np.tile(learnt.shares, (ends.size, 1)), n_paths, rng)
    last = ends[:, None] - 1
    events, exposure, usual, spread = (
        one[owner, last] for one in (held.events, held.exposure, held.usual, held.spread)
    )
    fade, pull, knows = (one[owner] for one in traits[:3])
    drawn = np.empty((ends.size, n_paths, steps))
    errors = _standard(held)
    told = np.flatnonzero(np.isfinite(errors[0]))
    before = np.searchsorted(told, ends)[:, None]
    first = np.minimum(_WARM, before // 3)
    for step in range(steps):
        which = told[first + (rng.random(owner.shape) * (before - first)).astype(np.intp)]
        value = events / exposure + spread * errors[owner, which]
        drawn[:, :, step] = value + knows * season[ends + step][:, None]
        events, exposure = fade * events + value + pull * usual, fade * exposure + 1 + pull
    return drawn


def _standard(held: _Levels) -> FloatArray:
    """Return errors over the spread before them."""
    before = np.concatenate(
        [np.full((held.error.shape[0], 1), np.nan), held.spread[:, :-1]], axis=1
    )
    return np.asarray(held.error / before)
