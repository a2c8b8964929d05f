"""Past moments at which forecasts are tried: what was known there, and what each method said."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import pairwise
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from forecaster.domain.errors import CannotForecast
from forecaster.model.breaks import settled
from forecaster.model.family import FloatArray
from forecaster.model.method import Estimate, Method, Swift, dice, draw_at, fit_at
from forecaster.model.panel import History, Panel

ORIGINS = 130
"""Past moments at which forecasts are tried, at most."""
PATHS = 80
"""Paths of each method at each of them."""

_TRAINING = 10  # values before the first origin, at least
_YEARS = 3  # of them otherwise, so that a season is known; at most half of all
_STRETCHES = 10  # of origins; all that is learnt is learnt anew where one begins
_SHORTEST = 8  # origins of a stretch, at least
_ESTIMATES = 3  # of them at which a method is fitted that cannot serve many ends at once

Fits = Sequence[Estimate | CannotForecast]
"""What a method learnt where each stretch begins, and last what it learns from all."""


class Origin(NamedTuple):
    """A past moment and the series as it was known then."""

    moment: float
    panel: Panel


@dataclass(frozen=True)
class Walk:
    """The origins of a series in time, in stretches of equal length."""

    now: Panel
    origins: tuple[Origin, ...]
    notes: tuple[str, ...] = ()
    """What was left out of what is known now, and why."""

    @classmethod
    def through(cls, history: History, most: int = ORIGINS) -> "Walk":
        """Choose origins evenly among the moments at which a period's first value became known.

        Silence is of no matter there: forecasts are checked from the period after the last value.
        What lies before a break in level is left out, of each stretch by what was known where it
        begins.
        """
        moments = history.first_known()
        years = _YEARS * history.frequency.per_year + 2
        training = max(_TRAINING, min(years, moments.size // 2))
        eligible = moments[training - 1 : -1]
        chosen = np.linspace(0, eligible.size - 1, min(most, eligible.size))
        found: dict[int, Origin] = {}
        for moment in eligible[np.unique(np.rint(chosen).astype(int))]:
            try:
                panel = replace(history.at(moment), silence=0)
            except CannotForecast:  # all that was known then had been withdrawn
                continue
            if panel.places.size >= training:
                found.setdefault(panel.end, Origin(float(moment), panel))
        now, notes = settled(history.at(np.inf))
        return cls(now, tuple(_since_breaks(list(found.values()))), notes)

    @cached_property
    def starts(self) -> NDArray[np.intp]:
        """Return the origins at which a stretch begins."""
        return _starts(len(self.origins))

    @cached_property
    def ends(self) -> NDArray[np.intp]:
        """Return how many periods of the series each origin (O,) knew."""
        return np.array([one.panel.values.size for one in self.origins], dtype=np.intp)

    @cached_property
    def plain(self) -> NDArray[np.bool_]:
        """Say of each origin (O,) whether it knew the beginning of the series as it is now."""
        return np.array([_begins(self.now, one.panel) for one in self.origins], dtype=bool)

    @cached_property
    def panel(self) -> Panel:
        """Return the series on the scale that the first origin within it knew."""
        if not self.plain.any():
            return self.now
        first = self.origins[int(np.argmax(self.plain))].panel
        return replace(self.now, learnt=first.scale, silence=0)

    def fits(self, method: Method) -> Fits:
        """Fit a method where each stretch begins, from what was known there, and now.

        One that cannot serve many ends in one pass is fitted at three of them.
        """
        taken = np.arange(self.starts.size)
        if not isinstance(method, Swift):
            taken = np.unique(np.arange(_ESTIMATES) * taken.size // _ESTIMATES)[: taken.size]
        at = self.starts[taken]
        together = at[self.plain[at]]
        ends, with_now = self.ends[together], self.panel.scale == self.now.scale
        if with_now:
            ends = np.append(ends, self.now.values.size)
        swept = fit_at(method, self.panel, ends) if ends.size else []
        found = dict(zip(together.tolist(), swept, strict=False))
        own = {int(one): self.origins[one].panel for one in at if int(one) not in found}
        found |= {one: fit_at(method, seen, seen.whole_length)[0] for one, seen in own.items()}
        latest = np.searchsorted(taken, np.arange(self.starts.size), side="right") - 1
        now = swept[-1] if with_now else fit_at(method, self.now, self.now.whole_length)[0]
        return [*(found[int(at[one])] for one in latest), now]

    def draws(
        self, methods: Mapping[str, Method], fits: Mapping[str, Fits], steps: int, seed: int
    ) -> FloatArray:
        """Draw (O, methods, PATHS, steps); one that could not be fitted yet says climatology's."""
        drawn = np.empty((len(self.origins), len(methods), PATHS, steps))
        stretch = np.searchsorted(self.starts, np.arange(len(self.origins)), side="right") - 1
        behind = sorted(methods, key=lambda name: name != "climatology")
        for name in behind:
            learnt = [fits[name][one] for one in stretch]
            place = list(methods).index(name)
            if name != behind[0]:
                drawn[:, place] = drawn[:, list(methods).index(behind[0])]
            self._fill(drawn[:, place], methods[name], learnt, partial(dice, seed, name))
        return drawn

    def _fill(
        self,
        drawn: FloatArray,
        method: Method,
        learnt: Sequence[Estimate | CannotForecast],
        roll: Callable[[], np.random.Generator],
    ) -> None:
        """Draw the paths of one method into (O, PATHS, steps), where it could be fitted."""
        able = np.array([isinstance(one, Estimate) for one in learnt], dtype=bool)
        batches = [(self.panel, np.flatnonzero(able & self.plain))]
        batches += self._others(np.flatnonzero(able & ~self.plain))
        for panel, rows in batches:
            if rows.size:
                parameters = [cast("Estimate", learnt[int(one)]).parameters for one in rows]
                drawn[rows] = draw_at(
                    method,
                    panel,
                    parameters,
                    self.ends[rows],
                    drawn.shape[2],
                    n_paths=PATHS,
                    rng=roll(),
                )

    def _others(self, rows: NDArray[np.intp]) -> Iterator[tuple[Panel, NDArray[np.intp]]]:
        """Join origins that do not begin the series as it is now, but one another."""
        waiting = rows
        while waiting.size:
            last = self.origins[int(waiting[-1])].panel
            fit = np.array([_begins(last, self.origins[int(one)].panel) for one in waiting])
            first = self.origins[int(waiting[fit][0])].panel
            yield replace(last, learnt=first.scale), waiting[fit]
            waiting = waiting[~fit]


def _starts(n_origins: int) -> NDArray[np.intp]:
    return np.arange(0, n_origins, max(_SHORTEST, -(-n_origins // _STRETCHES)))


def _since_breaks(origins: Sequence[Origin]) -> Iterator[Origin]:
    for first, end in pairwise([*_starts(len(origins)).tolist(), len(origins)]):
        since = settled(origins[first].panel).panel.start
        for one in origins[first:end]:
            yield Origin(one.moment, one.panel.since(since))


def _begins(whole: Panel, part: Panel) -> bool:
    """Say whether a panel is the beginning of another."""
    size = part.values.size
    return (
        part.start == whole.start
        and all(
            np.array_equal(one[:size], other, equal_nan=True)
            for one, other in ((whole.values, part.values), (whole.bases, part.bases))
        )
        and np.array_equal(whole.drivers[:, :size], part.drivers, equal_nan=True)
    )
