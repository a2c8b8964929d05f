"""A blend of memories: what is learnt of a series of events, and where its paths start."""

from collections.abc import Iterator, Sequence
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
    *,
    zeros: tuple[float, float] = (0.0, 1.0),
) -> list[Estimate | CannotForecast]:
    """Learn at each of the ends (k,) the season of events (n,) on terms (n, p), and which memory.

    `grid` (m, 4) holds the traits of the memories, `scores` (m, n) the log probability that each
    gave to what came, from the periods before it; NaN is no score. An end before which the share
    of zeros is out of bounds is refused, as is one with fewer than 8 values or counts above a
    million.
    """
    shapes = fading.shape(events, terms, ends)
    shares = fading.shares(scores, ends)
    refused = _refusals(panel.values[: ends[-1]], ends, zeros)
    return [
        refusal or _learnt(season, grid, share)
        for refusal, season, share in zip(refused, shapes, shares, strict=True)
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
    groups = [
        _run(events, terms, learnt, ends[run], steps, n_paths, rng)
        for learnt, run in runs(parameters)
    ]
    return Start(*(np.concatenate(one) for one in zip(*groups, strict=True)))


def runs(parameters: Sequence[Parameters]) -> Iterator[tuple[Blend, list[int]]]:
    """Yield the places of ends that follow one another with the same parameters, and those."""
    for _, places in groupby(range(len(parameters)), key=lambda one: id(parameters[one])):
        run = [*places]
        yield Blend.model_validate(parameters[run[0]]), run


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


def _refusals(
    counts: FloatArray, ends: IntArray, zeros: tuple[float, float]
) -> list[CannotForecast | None]:
    """Say of each end why nothing can be learnt there, if so."""
    known = np.cumsum(np.isfinite(counts))[ends - 1]
    highest = np.maximum.accumulate(np.nan_to_num(counts))[ends - 1]
    share = np.cumsum(counts == 0)[ends - 1] / np.maximum(known, 1)
    return [_refusal(*one, zeros) for one in zip(known, highest, share, strict=True)]


def _refusal(
    known: int, highest: float, share: float, zeros: tuple[float, float]
) -> CannotForecast | None:
    if known < _AT_LEAST:
        return CannotForecast(f"{_AT_LEAST} values are needed, {known} are known")
    if highest > _LARGE:
        return CannotForecast(f"counts above {_LARGE} are not remembered one by one")
    if not zeros[0] <= share <= zeros[1]:
        bounds = f"{zeros[0]:.0%} to {zeros[1]:.0%}"
        return CannotForecast(f"{share:.0%} of the counts are zero, {bounds} are asked for")
    return None


def _learnt(season: FloatArray, grid: FloatArray, share: FloatArray) -> Estimate:
    kept = np.flatnonzero(share >= min(_NEGLIGIBLE, share.max()))
    learnt = Blend(
        season=season.tolist(),
        memories=grid[kept].tolist(),
        shares=(share[kept] / share[kept].sum()).tolist(),
    )
    return Estimate(learnt.model_dump(mode="json"))
