"""Rare counts: whether anything happens, and how much of it, are remembered apart."""

from collections.abc import Sequence
from itertools import product
from typing import ClassVar

import numpy as np

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
_GRID = np.array([*product(_FADES, _PULLS, _SEASONAL, (0.0,))])
_CHANCES = (1e-4, 0.98)  # of any event: what a history of 600 periods can and cannot exclude
_REACHES = (0.8, 0.97)  # a size is the last one but k with a chance that falls by so much with k
_ZEROS = (0.02, 1.0)  # share of them: below, there is no hurdle
_NOVELTY = 0.2  # in log: no size need be one that was seen


class Hurdle:
    """A chance that anything happens, and sizes like those of the last times.

    P(y[t] > 0) = e[t] a / b: memories of whether anything happened (`fading.memories`), weighed by
    how they foretold it (`fading.shares`). The size is that of an earlier event, k events back
    with a chance that falls as 0.8^k or 0.97^k, half of the paths each, times exp(0.2 normal),
    rounded, at least one: heavy tails stay those of the series (a hurdle, Mullahy 1986, with the
    sizes' own distribution).
    """

    families: ClassVar[frozenset[Family]] = frozenset({Family.COUNT})

    def fit(self, panel: Panel) -> Estimate:
        """Weigh the memories."""
        return blend.only(self.fit_at(panel, np.array([panel.values.size])))

    def fit_at(self, panel: Panel, ends: IntArray) -> list[Estimate | CannotForecast]:
        """Weigh the memories at each of the ends (k,), by what came before it."""
        happened = _happened(panel.values[: ends[-1]])
        terms = fading.waves(panel.start + np.arange(happened.size), panel.frequency)
        season = fading.foretold(happened, terms, panel.frequency)
        scores = _log_scores(happened, season)
        return blend.estimates(panel, happened, terms, _GRID, scores, ends, zeros=_ZEROS)

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
        happened = _happened(panel.values)
        start = blend.starts(panel, happened, parameters, ends, steps, n_paths, rng)
        events, exposure = start.events, start.exposure
        struck = np.empty((ends.size, n_paths, steps), dtype=np.bool_)
        for step in range(steps):
            factor = start.factor(step)
            chance = np.clip(events / exposure * factor, *_CHANCES)
            struck[:, :, step] = rng.random(chance.shape) < chance
            events = start.fade * events + struck[:, :, step] + start.pull * start.usual
            exposure = start.fade * exposure + factor + start.pull
        return np.where(struck, _sizes(panel.values, ends, struck.shape, rng), 0.0)


def _happened(counts: FloatArray) -> FloatArray:
    return np.where(np.isfinite(counts), counts > 0, np.nan)


def _log_scores(happened: FloatArray, season: FloatArray) -> FloatArray:
    """Return each memory's log chance (m, n) of what came, from the periods before it."""
    traits = _GRID[:, :3].T
    held = fading.memories(happened, season, traits, np.arange(happened.size - 1))
    factor = np.exp(traits[2][:, None] * season[1:])
    chance = np.clip(held.events / held.exposure * factor, *_CHANCES)
    came = happened[1:]
    scores = np.full((traits.shape[1], happened.size), np.nan)
    scores[:, 1:] = np.log(np.where(came > 0, chance, 1 - chance)) + 0 * came
    return scores


def _sizes(
    counts: FloatArray, ends: IntArray, form: tuple[int, ...], rng: np.random.Generator
) -> FloatArray:
    """Draw sizes (k, n_paths, steps) from the events before each end; one where there are none."""
    where = np.flatnonzero(np.nan_to_num(counts) > 0)
    seen = np.append(counts[where], 1.0)
    before = np.searchsorted(where, ends)[:, None, None]
    reach = rng.choice(_REACHES, form[:2])[:, :, None]
    back = np.floor(np.log(1 - rng.random(form)) / np.log(reach)).astype(np.intp)
    place = np.where(before > 0, before - 1 - back % np.maximum(before, 1), seen.size - 1)
    new = np.exp(_NOVELTY * rng.standard_normal(form))
    return np.asarray(np.maximum(np.rint(seen[place] * new), 1.0))
