"""Rare counts: whether anything happens, and how much of it, are remembered apart."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

import numpy as np
from scipy.special import ndtri

from forecaster.domain.errors import CannotForecast
from forecaster.domain.indicator import Family
from forecaster.model import blend
from forecaster.model.blend import Deal, Grid
from forecaster.model.fading import IntArray
from forecaster.model.family import FloatArray
from forecaster.model.method import Estimate, Parameters, Swift, even_dice
from forecaster.model.panel import Panel

_GRID = Grid(fades=(0.5, 0.8, 0.93, 0.98), pulls=(0.02, 0.2, 1.0))
_ZEROS = (0.02, 1.0)  # share of them: below, there is no hurdle
_CHANCES = (1e-4, 0.98)  # of any event: what a history of 600 periods can and cannot exclude
_REACHES = (0.8, 0.97)  # a size is the last one but k with a chance that falls by so much with k
_NOVELTY = 0.2  # in log: no size need be one that was seen


class Hurdle(Swift):
    """A chance that anything happens, and sizes like those of the last times.

    P(y[t] > 0) = e[t] a / b: memories of whether anything happened (`fading.traces`), weighed by
    how they foretold it (`fading.shares`). The size is that of an earlier event, k events back
    with a chance that falls as 0.8^k or 0.97^k, half of the paths each, times exp(0.2 normal),
    rounded, at least one: heavy tails stay those of the series (a hurdle, Mullahy 1986, with the
    sizes' own distribution). Asks for 2 % of zeros.
    """

    families: ClassVar[frozenset[Family]] = frozenset({Family.COUNT})

    def fit_at(self, panel: Panel, ends: IntArray) -> list[Estimate | CannotForecast]:
        """Weigh the memories at each of the ends (k,), by what came before it."""
        happened = _happened(panel.values[: ends[-1]])
        judge = partial(_log_scores, happened)
        return blend.estimates(panel, happened, ends, _GRID, judge, zeros=_ZEROS)

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
        happened = _happened(panel.values[: ends[-1]])
        rows = np.broadcast_to(happened, deal.seen.shape)
        memory = deal.start(deal.traces(rows, np.exp(deal.seen)))
        struck = np.empty((ends.size, n_paths, steps), dtype=np.bool_)
        for step in range(steps):
            season = np.exp(deal.ahead(step))
            chance = np.clip(memory.values / memory.weights * season, *_CHANCES)
            struck[:, :, step] = dice[:, step] < chance
            memory = deal.after(memory, struck[:, :, step].astype(float), season)
        return np.where(struck, _sizes(panel.values, ends, n_paths, steps, rng), 0.0)


def _happened(counts: FloatArray) -> FloatArray:
    return np.where(np.isfinite(counts), counts > 0, np.nan)


def _log_scores(happened: FloatArray, season: FloatArray) -> FloatArray:
    """Return log chances (memories, 1, n - 1) of what came, but for the first."""
    held = _GRID.run(np.stack([happened, happened]), np.exp(season))
    chance = np.clip(held.values / held.weights * np.exp(season[_GRID.row, 1:]), *_CHANCES)
    came = happened[1:]
    scores = np.log(np.where(came > 0, chance, 1 - chance))
    scores[:, np.isnan(came)] = np.nan
    return np.asarray(scores[:, None])


def _sizes(
    counts: FloatArray, ends: IntArray, n_paths: int, steps: int, rng: np.random.Generator
) -> FloatArray:
    """Draw sizes (k, n_paths, steps) from the events before each end; one where there are none."""
    where = np.flatnonzero(np.nan_to_num(counts) > 0)
    seen = np.append(counts[where], 1.0)
    before = np.searchsorted(where, ends)[:, None, None]
    far, new = even_dice(rng, n_paths, steps), even_dice(rng, n_paths, steps)
    reach = np.where(rng.permutation(n_paths) % 2, *_REACHES)[:, None]
    back = np.floor(np.log(far) / np.log(reach)).astype(np.intp)
    place = np.where(before > 0, before - 1 - back % np.maximum(before, 1), seen.size - 1)
    sizes = seen[place] * np.exp(_NOVELTY * ndtri(new))
    return np.asarray(np.maximum(np.rint(sizes), 1.0))
