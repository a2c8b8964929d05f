"""A blend of memories: what is learnt of a series of events, and where its paths start."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

from forecaster.domain.base import Frozen
from forecaster.domain.errors import CannotForecast
from forecaster.model import fading
from forecaster.model.fading import IntArray
from forecaster.model.family import FloatArray
from forecaster.model.method import Estimate, Parameters
from forecaster.model.panel import Panel

_NEGLIGIBLE = 0.002  # shares below it are left out of the parameters
_AT_LEAST = 8  # values
_LARGE = 1_000_000  # counts above it are amounts: nothing is learnt of them one by one


class Blend(Frozen):
    """The shape of the season, and the memories that foretold well, with their shares."""

    season: tuple[float, ...]
    memories: tuple[tuple[float, float, float, float], ...]
    """Fade, pull, 1 if it knows the season, dispersion of what comes around its rate."""
    shares: tuple[float, ...]


class Start(NamedTuple):
    """Where paths start: memories (k, n_paths), their traits alike, the log season (k, steps)."""

    events: FloatArray
    exposure: FloatArray
    usual: FloatArray
    fade: FloatArray
    pull: FloatArray
    seasonal: FloatArray
    dispersion: FloatArray
    season: FloatArray

    def factor(self, step: int) -> FloatArray:
        """Return by how much the season raises each path's rate at a step."""
        return np.exp(self.seasonal * self.season[:, None, step])


def estimates(  # noqa: PLR0917  (what two methods have in common)
    panel: Panel,
    events: FloatArray,
    terms: FloatArray,
    grid: FloatArray,
    scores: FloatArray,
    ends: IntArray,
) -> list[Estimate | CannotForecast]:
    """Learn at each of the ends (k,) the season of events (n,) on terms (n, p), and which memory.

    `grid` (m, 4) holds the traits of the memories, `scores` (m, n) the log probability that each
    gave to what came, from the periods before it; NaN is no score.
    """
    shapes = fading.shape(events, terms, ends)
    shares = fading.shares(scores, ends)
    return [
        refusal or _learnt(season, grid, share)
        for refusal, season, share in zip(_refusals(panel, ends), shapes, shares, strict=True)
    ]


def only(estimated: Sequence[Estimate | CannotForecast]) -> Estimate:
    """Return the one estimate, or raise its refusal."""
    (one,) = estimated
    if isinstance(one, CannotForecast):
        raise one
    return one


def starts(  # noqa: PLR0917  (what two methods have in common)
    panel: Panel,
    events: FloatArray,
    parameters: Sequence[Parameters],
    ends: IntArray,
    steps: int,
    n_paths: int,
    rng: np.random.Generator,
) -> Start:
    """Deal paths to memories of events (n,) at each end; parameters that follow are run once."""
    terms = fading.waves(np.arange(ends[-1] + steps) + panel.start, panel.frequency)
    runs = groupby(range(ends.size), key=lambda place: id(parameters[place]))
    groups = []
    for _, places in runs:
        run = [*places]
        learnt = Blend.model_validate(parameters[run[0]])
        groups.append(_run(events, terms, learnt, ends[run], steps, n_paths, rng))
    return Start(*(np.concatenate(one) for one in zip(*groups, strict=True)))


def _run(  # noqa: PLR0917  (as its only caller has them)
    events: FloatArray,
    terms: FloatArray,
    learnt: Blend,
    ends: IntArray,
    steps: int,
    n_paths: int,
    rng: np.random.Generator,
) -> Start:
    traits = np.array(learnt.memories).T
    season = terms @ np.array(learnt.season)
    seen = slice(0, ends[-1])
    held = fading.memories(events[seen], season[seen], traits[:3], ends - 1)
    owner = fading.owners(np.tile(learnt.shares, (ends.size, 1)), n_paths, rng)
    place = np.arange(ends.size)[:, None]
    fade, pull, seasonal, dispersion = traits
    return Start(
        events=held.events[owner, place],
        exposure=held.exposure[owner, place],
        usual=held.usual[owner, place],
        fade=fade[owner],
        pull=pull[owner],
        seasonal=seasonal[owner],
        dispersion=dispersion[owner],
        season=season[ends[:, None] + np.arange(steps)],
    )


def _refusals(panel: Panel, ends: IntArray) -> list[CannotForecast | None]:
    held = np.isfinite(panel.values[: ends[-1]])
    known = np.cumsum(held)[ends - 1]
    highest = np.maximum.accumulate(np.where(held, panel.values[: ends[-1]], 0.0))[ends - 1]
    return [_refusal(int(n), float(top)) for n, top in zip(known, highest, strict=True)]


def _refusal(known: int, highest: float) -> CannotForecast | None:
    if known < _AT_LEAST:
        return CannotForecast(f"{_AT_LEAST} values are needed, {known} are known")
    if highest > _LARGE:
        return CannotForecast(f"counts above {_LARGE} are not remembered one by one")
    return None


def _learnt(season: FloatArray, grid: FloatArray, share: FloatArray) -> Estimate:
    kept = np.flatnonzero(share >= min(_NEGLIGIBLE, share.max()))
    learnt = Blend(
        season=season.tolist(),
        memories=grid[kept].tolist(),
        shares=(share[kept] / share[kept].sum()).tolist(),
    )
    return Estimate(learnt.model_dump(mode="json"))
