"""A blend of memories: what is learnt of a series of events, and where its paths start."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from forecaster.domain.base import Frozen
from forecaster.domain.errors import CannotForecast
from forecaster.domain.period import Frequency
from forecaster.model import fading
from forecaster.model.fading import IntArray, Memory, Traces
from forecaster.model.family import FloatArray
from forecaster.model.method import Estimate, Parameters
from forecaster.model.panel import Panel

_NEGLIGIBLE = 0.01  # shares below it are left out of the parameters
_AT_LEAST = 8  # values
_YEARS_OF_WEEKS = (0, 52, 53)  # how a year of weeks is declared, or left to be found
_LARGE = 1_000_000  # counts above it are amounts: nothing is learnt of them one by one


class Blend(Frozen):
    """The shape of the season, and the memories that foretold well, with their shares."""

    season: tuple[float, ...]
    memories: tuple[tuple[float, float, float, float], ...]
    """Fade, pull, 1 if it knows the season, dispersion of what comes around its rate."""
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Grid:
    """The memories that are tried: every fade with every pull, without and with the season."""

    fades: tuple[float, ...]
    pulls: tuple[float, ...]
    dispersions: tuple[float, ...] = (0.0,)

    @cached_property
    def _places(self) -> IntArray:
        shape = (len(self.fades), len(self.pulls), 2)
        return np.indices(shape).reshape(3, -1)

    @property
    def row(self) -> IntArray:
        """Return for each memory (m,) 1 if it knows the season, else 0."""
        return np.asarray(self._places[2])

    @cached_property
    def traits(self) -> FloatArray:
        """Return fade, pull, season or not and dispersion of all (m d, 4), as `Blend` keeps."""
        fade, pull, row = self._places
        plain = np.stack([np.array(self.fades)[fade], np.array(self.pulls)[pull], row], axis=1)
        dispersion = np.tile(self.dispersions, plain.shape[0])
        return np.column_stack([np.repeat(plain, len(self.dispersions), axis=0), dispersion])

    def run(self, values: FloatArray, weights: FloatArray) -> Memory:
        """Return memories (m, n - 1) of values (2, n), without and with the season, but the last.

        What they hold after a period foretells the next one.
        """
        fade, pull, row = (one[:, None] for one in self._places)
        traces = fading.traces(values, weights, np.array(self.fades))
        periods = np.arange(values.shape[1] - 1)
        return traces.at(fade, row, np.array(self.pulls)[pull], periods)


@dataclass(frozen=True)
class Deal:
    """Which of the memories (m,) learnt for stretches of ends each path (k, P) has."""

    ends: IntArray
    owner: IntArray
    """(k, P), the place of each path's memory among them."""
    fades: FloatArray
    """(F,), the speeds that occur."""
    fade: IntArray
    """(m,), their places."""
    pull: FloatArray
    dispersion: FloatArray
    row: IntArray
    """0: no season; 1 on: the season that was learnt for a stretch."""
    seasons: FloatArray
    """(rows, n + steps), the log season of every row."""

    @classmethod
    def of(
        cls,
        panel: Panel,
        parameters: Sequence[Parameters],
        ends: IntArray,
        steps: int,
        ladder: FloatArray,
    ) -> "Deal":
        """Deal the paths after each end by the shares that were learnt for it."""
        unique = {id(one): one for one in parameters}
        learnt = [Blend.model_validate(one) for one in unique.values()]
        rows = {name: row for row, name in enumerate(unique)}
        mine = np.array([rows[id(one)] for one in parameters])
        sizes = np.array([len(one.shares) for one in learnt])
        dealt = [fading.owners(np.array(one.shares), ladder) for one in learnt]
        owner = (np.stack(dealt) + (np.cumsum(sizes) - sizes)[:, None])[mine]
        traits = np.concatenate([np.array(one.memories) for one in learnt])
        speed, pull, knows, dispersion = traits.T
        fades, fade = np.unique(speed, return_inverse=True)
        known = np.array([one.season for one in learnt]) @ _terms(panel, ends[-1] + steps).T
        return cls(
            ends=ends,
            owner=owner,
            fades=fades,
            fade=fade,
            pull=pull,
            dispersion=dispersion,
            row=np.where(knows > 0, np.repeat(np.arange(sizes.size) + 1, sizes), 0),
            seasons=np.concatenate([np.zeros((1, known.shape[1])), known]),
        )

    @property
    def seen(self) -> FloatArray:
        """Return the log seasons of the periods before the last end (rows, n)."""
        return self.seasons[:, : self.ends[-1]]

    def traces(self, values: FloatArray, weights: FloatArray) -> Traces:
        """Let rows of values and weights (rows, n) fade at the speeds that occur."""
        return fading.traces(values, weights, self.fades)

    def run(self, traces: Traces) -> Memory:
        """Return all memories (m, n), after every period."""
        periods = np.arange(traces.rate.shape[1])
        return traces.at(self.fade[:, None], self.row[:, None], self.pull[:, None], periods)

    def start(self, traces: Traces) -> Memory:
        """Return each path's memory (k, P) at its end."""
        mine, last = self.owner, self.ends[:, None] - 1
        return traces.at(self.fade[mine], self.row[mine], self.pull[mine], last)

    def ahead(self, step: int) -> FloatArray:
        """Return each path's log season at a step."""
        return np.asarray(self.seasons[self.row[self.owner], self.ends[:, None] + step])

    def after(self, memory: Memory, came: FloatArray, weight: FloatArray | float) -> Memory:
        """Return the memories after one more period."""
        speed, pull = self.fades[self.fade][self.owner], self.pull[self.owner]
        return Memory(
            values=speed * memory.values + came + pull * memory.usual,
            weights=speed * memory.weights + weight + pull,
            usual=memory.usual,
        )


def estimates(
    panel: Panel,
    events: FloatArray,
    ends: IntArray,
    grid: Grid,
    judge: Callable[[FloatArray], FloatArray],
    *,
    zeros: tuple[float, float] = (0.0, 1.0),
) -> list[Estimate | CannotForecast]:
    """Learn at each of the ends (k,) the season of events (n,), and which memories foretold.

    `judge` gets no log season and the one that the past of each period showed, (2, n); it returns
    the log probabilities (m, d, n - 1) that each memory with each dispersion gave to what came,
    NaN for none. An end before which the share of zeros is out of bounds is refused, as is one
    with fewer than 8 values or counts above a million.
    """
    refused = _refusals(panel.values[: events.size], ends, zeros)
    if all(refused):
        return [*filter(None, refused)]
    season, shapes = fading.seasons(events, _terms(panel, events.size), _cycle(panel), ends)
    scores = judge(np.stack([np.zeros_like(season), season]))
    shares = fading.shares(scores.reshape(grid.traits.shape[0], -1), ends - 1)
    return [
        refusal or _learnt(one, grid.traits, share)
        for refusal, one, share in zip(refused, shapes, shares, strict=True)
    ]


def highest(counts: FloatArray, ends: IntArray) -> FloatArray:
    """Return the highest count before each end."""
    return np.asarray(np.fmax.accumulate(counts)[ends - 1])


def _terms(panel: Panel, n: int) -> FloatArray:
    return fading.waves(panel.start + np.arange(n), _cycle(panel))


def _cycle(panel: Panel) -> float:
    """Return the periods in a season: of weeks, the year, which is not a whole number of them."""
    if panel.frequency is Frequency.WEEK and panel.cycle in _YEARS_OF_WEEKS:
        return 365.25 / 7
    return float(panel.season)


def _refusals(
    counts: FloatArray, ends: IntArray, zeros: tuple[float, float]
) -> list[CannotForecast | None]:
    """Say of each end why nothing can be learnt there, if so."""
    known = np.cumsum(np.isfinite(counts))[ends - 1]
    top = np.maximum.accumulate(np.nan_to_num(counts))[ends - 1]
    share = np.cumsum(counts == 0)[ends - 1] / np.maximum(known, 1)
    return [_refusal(*one, zeros) for one in zip(known, top, share, strict=True)]


def _refusal(
    known: int, top: float, share: float, zeros: tuple[float, float]
) -> CannotForecast | None:
    if known < _AT_LEAST:
        return CannotForecast(f"{_AT_LEAST} values are needed, {known} are known")
    if top > _LARGE:
        return CannotForecast(f"counts above {_LARGE} are not remembered one by one")
    if not zeros[0] <= share <= zeros[1]:
        bounds = f"{zeros[0]:.0%} to {zeros[1]:.0%}"
        return CannotForecast(f"{share:.0%} of the counts are zero, {bounds} are asked for")
    return None


def _learnt(season: FloatArray, traits: FloatArray, share: FloatArray) -> Estimate:
    kept = np.flatnonzero(share >= min(_NEGLIGIBLE, share.max()))
    return Estimate(
        {
            "season": season.tolist(),
            "memories": traits[kept].tolist(),
            "shares": (share[kept] / share[kept].sum()).tolist(),
        }
    )
