"""The rolling origin: every method's forecasts at past moments, from what was known then."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from forecaster.domain.forecast import Hindcast
from forecaster.domain.indicator import Family, Threshold
from forecaster.model import calibrate, crossing, pool, scoring
from forecaster.model.family import FloatArray
from forecaster.model.method import Estimate, Method, Parameters, dice
from forecaster.model.origins import ORIGINS, Walk
from forecaster.model.panel import History, Panel

EARLIER = 5
"""Earlier origins with a known target, before they say anything of weights or of choice."""


@dataclass(frozen=True)
class Backtest:
    """Forecasts of every candidate at every origin, beside what came.

    Axes: O origins (in time), C candidates (members, then their pool), P paths, H steps. Whatever
    was learnt at an origin (weights, widening) was learnt from targets that were known then.
    """

    names: tuple[str, ...]
    family: Family
    spacing: float
    """Periods from one origin to the next, on average."""
    ends: NDArray[np.int64]
    """(O,), the ordinal of the last period that had a value at each origin."""
    moments: FloatArray
    n_values: NDArray[np.int_]
    """(O,), how many values were known."""
    targets: FloatArray
    """(O, H), the newest values; NaN where there is none."""
    known: FloatArray
    """(O, H), when each target became known; infinity where it is not."""
    paths: FloatArray
    """(O, C, P, H), as the methods drew them."""
    raw_scores: FloatArray
    """(O, C, H), CRPS of those."""
    pits: FloatArray
    """(2, O, C, H), from where to where the targets' ranks among those reach."""
    factors: FloatArray
    """(O, C, H), the widening that earlier ranks called for."""
    scores: FloatArray
    """(O, C, H), CRPS after that widening."""

    @property
    def members(self) -> int:
        """Count the methods; the last candidate is their pool."""
        return len(self.names) - 1

    def usable(self, origin: int) -> NDArray[np.bool_]:
        """Say which targets (origin, H) of earlier origins were known at an origin."""
        return np.asarray(self.known[:origin] <= self.moments[origin])

    @property
    def known_now(self) -> NDArray[np.bool_]:
        """Say which targets (O, H) are known by now."""
        return np.asarray(np.isfinite(self.known))

    def shares(self, usable: NDArray[np.bool_]) -> FloatArray:
        """Weigh the members by usable targets of the first origins; equally if they are few."""
        pooled = pool.members(self.names[:-1], self.family)
        if usable.any(axis=1).sum() < EARLIER:
            return pool.weights(None, pooled)
        means = scoring.mean_over(self.raw_scores[: usable.shape[0]], usable)
        return pool.weights(means[: self.members], pooled)

    def widening(self, usable: NDArray[np.bool_]) -> FloatArray:
        """Return each candidate's factors (C, H) from usable targets of the first origins."""
        past = self.pits[:, : usable.shape[0]]
        return calibrate.factors(past, usable, self.spacing, calibrate.unseen(self.family))


class Rehearsal(NamedTuple):
    """A series as it is known now, what was learnt from it, and what would have been said."""

    panel: Panel
    parameters: Mapping[str, Parameters]
    notes: tuple[str, ...]
    tested: Backtest


def run(
    history: History, methods: Mapping[str, Method], steps: int, seed: int, most: int = ORIGINS
) -> Rehearsal:
    """Fit every method now, and forecast with each and with their pool at past origins.

    The origins are walked in stretches. What is learnt (parameters, weights, widening) is learnt
    anew where a stretch begins, from what was known there, and stays fixed to its end. A method
    that cannot be fitted now is left out, by name.
    """
    walk = Walk.through(history, most)
    fits = {name: walk.fits(method) for name, method in methods.items()}
    now = {name: one[-1] for name, one in fits.items()}
    able = {name: one for name, one in now.items() if isinstance(one, Estimate)}
    left = [f"{name} is left out: {one}" for name, one in now.items() if name not in able]
    paths = walk.draws({name: methods[name] for name in able}, fits, steps, seed)
    return Rehearsal(
        panel=walk.now,
        parameters={name: one.parameters for name, one in able.items()},
        notes=(*walk.notes, *left, *(note for one in able.values() for note in one.warnings)),
        tested=_scored(history, walk, tuple(able), paths),
    )


def hindcasts(
    tested: Backtest, place: int, threshold: Threshold, seed: int
) -> tuple[Hindcast, ...]:
    """Return what a candidate would have said of a threshold, where all its periods are known.

    Each is held to what the values known at its own origin could resolve.
    """
    width = threshold.within
    whole = np.flatnonzero(np.isfinite(tested.targets[:, :width]).all(axis=1))
    moved = (
        calibrate.widen_paths(
            tested.paths[origin, place, :, :width],
            tested.factors[origin, place, :width],
            dice(seed, "ranks", int(tested.ends[origin])),
        )
        for origin in whole
    )
    came = crossing.happens(tested.targets[whole], threshold)
    return tuple(
        Hindcast(p=crossing.probability(paths, threshold, int(n)), happened=bool(happened))
        for paths, n, happened in zip(moved, tested.n_values[whole], came, strict=True)
    )


def _scored(history: History, walk: Walk, members: tuple[str, ...], drawn: FloatArray) -> Backtest:
    """Pool, score and widen members' paths (O, M, P, H), stretch by stretch."""
    n_origins, _, n_paths, steps = drawn.shape
    cells = (n_origins, len(members) + 1, steps)
    ends = np.array([one.panel.end for one in walk.origins], dtype=np.int64)
    targets, known = history.targets(ends + 1, steps)
    tested = Backtest(
        names=(*members, pool.NAME),
        family=history.family,
        spacing=float(np.diff(ends).mean()) if ends.size > 1 else 1.0,
        ends=ends,
        moments=np.array([one.moment for one in walk.origins]),
        n_values=np.array([one.panel.places.size for one in walk.origins], dtype=np.int_),
        targets=targets,
        known=known,
        paths=np.empty((*cells[:2], n_paths, steps)),
        raw_scores=np.empty(cells),
        pits=np.empty((2, *cells)),
        factors=np.empty(cells),
        scores=np.empty(cells),
    )
    tested.paths[:, :-1] = drawn
    _judge(tested, slice(None), slice(None, -1))
    for start, end in pairwise([*walk.starts.tolist(), n_origins]):
        _walk(tested, slice(start, end))
    return tested


def _walk(tested: Backtest, rows: slice) -> None:
    """Pool and widen one stretch, with weights and factors from the origins before it."""
    usable = tested.usable(rows.start)
    tested.paths[rows, -1] = pool.mix(tested.paths[rows, :-1], tested.shares(usable))
    factors = tested.widening(usable)
    _judge(tested, rows, slice(-1, None))
    tested.factors[rows] = factors
    widened = calibrate.widen(np.sort(tested.paths[rows], axis=2), factors)
    tested.scores[rows] = scoring.crps(widened, tested.targets[rows, None])


def _judge(tested: Backtest, rows: slice, candidates: slice) -> None:
    """Score candidates as they were drawn, and rank what came among their paths."""
    ordered, targets = np.sort(tested.paths[rows, candidates], axis=2), tested.targets[rows, None]
    tested.pits[:, rows, candidates] = calibrate.pits(ordered, targets)
    tested.raw_scores[rows, candidates] = scoring.crps(ordered, targets)
