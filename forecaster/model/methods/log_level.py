"""Counts that are seldom zero: a level on the log scale, with errors like those of the past."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar, NamedTuple

import numpy as np

from forecaster.domain.errors import CannotForecast
from forecaster.domain.indicator import Family
from forecaster.model import blend, fading
from forecaster.model.blend import Deal, Grid
from forecaster.model.fading import IntArray, Memory
from forecaster.model.family import FloatArray
from forecaster.model.method import Estimate, Parameters, Swift, even_dice
from forecaster.model.panel import Panel

_GRID = Grid(fades=(0.2, 0.5, 0.7, 0.85, 0.95), pulls=(0.02, 0.2, 1.0))
_ZEROS = (0.0, 0.2)  # share of them: above, log(y + 1/2) mostly tells zero from not
_SPREAD_FADES = 0.98  # of squared errors: half after 34 periods
_SPREAD_BEFORE = 0.3**2  # of an error, before any was seen; counts as one
_WARM = 8  # first errors, at most a third: they tell of the start
_CEILING = 3  # times the highest count seen, plus one


class LogLevel(Swift):
    """Exponential smoothing of log(y + 1/2), its errors drawn from those of the past.

    x[t] = log(y[t] + 1/2) - season; the level is a / b of a memory of x (`fading.traces`): it
    follows the last values and returns to the usual. 30 memories are weighed by the normal log
    density of their next errors (`fading.shares`). Errors on a path are past ones over their
    spread then, times the spread now (an average of squares that fades by 0.98), and enter the
    path's own level (Hyndman, Koehler, Ord and Snyder 2008, 15.1 and 16). Asks for at most 20 %
    of zeros.
    """

    families: ClassVar[frozenset[Family]] = frozenset({Family.COUNT})

    def fit_at(self, panel: Panel, ends: IntArray) -> list[Estimate | CannotForecast]:
        """Weigh the memories at each of the ends (k,), by what came before it."""
        counts = panel.values[: ends[-1]]
        judge = partial(_log_scores, counts)
        return blend.estimates(panel, counts, ends, _GRID, judge, zeros=_ZEROS)

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
        logs = np.log(counts + 0.5) - deal.seen
        traces = deal.traces(logs, np.ones_like(logs))
        memory = deal.start(traces)
        shocks = _shocks(deal, logs, deal.run(traces), dice[:, :-1])
        ceiling = np.log(_CEILING * blend.highest(counts, ends)[:, None] + 1.5)
        drawn = np.empty((ends.size, n_paths, steps))
        for step in range(steps):
            value = memory.values / memory.weights + shocks[:, :, step]
            season = deal.ahead(step)
            value = np.minimum(value + season, ceiling) - season
            drawn[:, :, step] = value + season
            memory = deal.after(memory, value, 1.0)
        return np.asarray(np.maximum(np.rint(np.exp(drawn) - 0.5), 0.0))


class _Errors(NamedTuple):
    """One-step errors over the spread before them, that spread, and the spread after (…, n)."""

    standard: FloatArray
    before: FloatArray
    after: FloatArray


def _log_scores(counts: FloatArray, season: FloatArray) -> FloatArray:
    """Return normal log densities (memories, 1, n - 1) of each log count but the first."""
    logs = np.log(counts + 0.5) - season
    held = _GRID.run(logs, np.ones_like(logs))
    errors = _errors(logs[_GRID.row, 1:] - held.values / held.weights)
    return np.asarray((-np.log(errors.before) - errors.standard**2 / 2)[:, None])


def _errors(errors: FloatArray) -> _Errors:
    known = np.isfinite(errors)
    squares = np.stack([np.where(known, errors, 0.0) ** 2, known.astype(float)])
    total, weight = fading.faded(squares, _SPREAD_FADES)
    after = np.sqrt((total + _SPREAD_BEFORE) / (weight + 1))
    before = np.concatenate(
        [np.full_like(after[..., :1], np.sqrt(_SPREAD_BEFORE)), after[..., :-1]], axis=-1
    )
    return _Errors(errors / before, before, after)


def _shocks(deal: Deal, logs: FloatArray, run: Memory, dice: FloatArray) -> FloatArray:
    """Draw errors (k, P, steps) of each path's memory: past ones, as wide as they are now."""
    errors = _errors(logs[deal.row, 1:] - (run.values / run.weights)[:, :-1])
    told = np.flatnonzero(np.isfinite(logs[0, 1:]))
    n = np.searchsorted(told, deal.ends - 1)[:, None, None]
    first = np.minimum(_WARM, n // 3)
    place = told[first + (dice * (n - first)).astype(np.intp)]
    mine, last = deal.owner[..., None], deal.ends[:, None, None] - 2
    return np.asarray(errors.standard[mine, place] * errors.after[mine, last])
