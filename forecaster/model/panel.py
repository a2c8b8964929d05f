"""A series as it was known at a moment: one place per period, gaps explicit, bases kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from forecaster.domain.breaks import Break
from forecaster.domain.coverage import Grade
from forecaster.domain.errors import CannotForecast
from forecaster.domain.forecast import Driver
from forecaster.domain.indicator import Definition, Family
from forecaster.domain.observation import Missing, Observation
from forecaster.domain.period import Frequency
from forecaster.model.drivers import Track, tracks
from forecaster.model.family import FloatArray, Scale, possible, settle

_COVERED = frozenset({None, Missing.NOT_REPORTED, Missing.UNDEFINED})
"""What is said of a period that was seen whole: a value, or that there is none."""

SEASONS = {
    Frequency.DAY: 7,
    Frequency.WEEK: 1,
    Frequency.MONTH: 12,
    Frequency.QUARTER: 4,
    Frequency.YEAR: 1,
}
"""Periods in a season. A year of weeks is too long for states; regressions know it otherwise."""

_REACH = 2.0
_WINDOW = 600  # periods: older values are left out of every estimate


@dataclass(frozen=True)
class Panel:
    """What a method sees: values (n,), from the first known to the last one, NaN for a gap."""

    frequency: Frequency
    family: Family
    whole: float
    start: int
    """The ordinal of the first period."""
    values: FloatArray
    bases: FloatArray
    silence: int = 0
    """Periods after the last value that were covered, but brought none."""
    partial: bool = False
    """Some period was covered in part only: its value is a lower bound."""
    cycle: int = 0
    """Periods in a season, if that is declared; 0: as the frequency has it."""
    learnt: Scale | None = None
    """The scale to use, where it was learnt from an earlier part of the series."""
    breaks: tuple[Break, ...] = ()
    """Those that are declared."""
    drivers: FloatArray = field(default_factory=lambda: np.empty((0, 0)))
    """(drivers, n), what was known of each in the same periods, NaN for a gap."""
    driving: tuple[str, ...] = ()
    """Their names."""

    def since(self, ordinal: int) -> "Panel":
        """Return the same without the periods before an ordinal; it starts at a value again."""
        held = self.places[self.places >= ordinal - self.start]
        if ordinal <= self.start or not held.size:
            return self
        first = int(held[0])
        return replace(
            self,
            start=self.start + first,
            values=self.values[first:],
            bases=self.bases[first:],
            drivers=self.drivers[:, first:],
        )

    @property
    def end(self) -> int:
        """Return the ordinal of the last valued period."""
        return self.start + self.values.size - 1

    @cached_property
    def places(self) -> NDArray[np.intp]:
        """Return the places that hold a value."""
        return np.flatnonzero(np.isfinite(self.values))

    @property
    def season(self) -> int:
        """Return the number of periods in a season, 1 where there is none."""
        return self.cycle or SEASONS[self.frequency]

    @cached_property
    def scale(self) -> Scale:
        """Return the scale of the family, learnt from these values alone unless it was given."""
        held = self.places
        return self.learnt or Scale.of(
            self.values[held], self.bases[held], self.family, self.whole
        )

    @cached_property
    def moved(self) -> FloatArray:
        """Return the values on the scale of the family, with their gaps."""
        return self.scale.forward(self.values, self.bases)

    @property
    def whole_length(self) -> NDArray[np.intp]:
        """Return the one end that is no past one: all periods count."""
        return np.array([self.values.size])

    def until(self, size: int) -> "Panel":
        """Return the series as it was when only its first periods were known."""
        return replace(
            self,
            values=self.values[:size],
            bases=self.bases[:size],
            drivers=self.drivers[:, :size],
            silence=0,
        )

    def back(self, moved: FloatArray, ends: NDArray[np.intp] | None = None) -> FloatArray:
        """Bring paths (ends, …) from the scale into the range of the family."""
        return self.scale.back(self._within_reach(moved, ends))

    def smooth_back(self, moved: FloatArray) -> FloatArray:
        """Bring levels (…) from the scale into the range of the family, without rounding."""
        return self.scale.smooth_back(self._within_reach(moved[None], None)[0])

    def _within_reach(self, moved: FloatArray, ends: NDArray[np.intp] | None) -> FloatArray:
        """Keep to the range seen until each end, and twice its width, on the family's scale."""
        last = self.whole_length - 1 if ends is None else ends - 1
        low = np.fmin.accumulate(self.moved)[last]
        high = np.fmax.accumulate(self.moved)[last]
        shape = (last.size, *(1,) * (moved.ndim - 1))
        return within_reach(moved, low.reshape(shape), high.reshape(shape))


def within_reach(moved: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Keep to the range seen, from low to high on the family's scale, and twice its width."""
    width = _REACH * (high - low)
    return np.asarray(np.clip(moved, low - width, high + width))


@dataclass(frozen=True)
class History:
    """Every version of a series' observations, in the order in which they became known."""

    frequency: Frequency
    family: Family
    whole: float
    ordinals: NDArray[np.int64]
    known: FloatArray
    values: FloatArray
    bases: FloatArray
    partial: NDArray[np.bool_]
    covered: NDArray[np.bool_]
    """The whole period was seen: there is a value, or the source is known to have had none."""
    cycle: int = 0
    """Periods in a season, if that is declared; 0: as the frequency has it."""
    breaks: tuple[Break, ...] = ()
    tracks: tuple[Track, ...] = ()

    @classmethod
    def of(
        cls,
        definition: Definition,
        observations: Sequence[Observation],
        as_of: datetime,
        family: Family | None = None,
        drivers: Sequence[Driver] = (),
    ) -> "History":
        """Keep what was known by a moment; the family is the given, declared or shown one."""
        rows = sorted(
            (
                one
                for one in observations
                if one.known_at <= as_of and one.period.frequency is definition.frequency
            ),
            key=lambda one: (one.known_at, one.id),
        )
        if not any(one.value is not None for one in rows):
            raise CannotForecast("no value is known")
        bare = cls(
            frequency=definition.frequency,
            family=Family.REAL,
            whole=definition.whole,
            ordinals=np.array([one.period.ordinal for one in rows]),
            known=np.array([one.known_at.timestamp() for one in rows]),
            values=_floats([one.value for one in rows]),
            bases=_floats([one.base for one in rows]),
            partial=np.array([one.grade is Grade.PARTIAL for one in rows]),
            covered=np.array([one.missing in _COVERED for one in rows]),
            breaks=definition.breaks,
            tracks=tracks(drivers, definition.frequency, as_of),
        )
        now = bare.at(np.inf)
        held = now.places
        shown = settle(
            family or definition.family, now.values[held], now.bases[held], definition.whole
        )
        # A version that no series of the family can have was an error, since put right.
        kept = np.isnan(bare.values) | possible(bare.values, shown, definition.whole)
        kept &= bare.ordinals > now.end - _WINDOW
        columns = ("ordinals", "known", "values", "bases", "partial", "covered")
        return replace(bare, family=shown, **{one: getattr(bare, one)[kept] for one in columns})

    def at(self, moment: float) -> Panel:
        """Return the series as known at a moment (seconds of the epoch): newest versions only.

        It starts at the first and ends at the last valued period. Later periods that are covered
        without a value are counted as `silence`: the source answered without them. A tombstone or
        a period of which too little was seen covers nothing.
        """
        panel = self._alone(moment)
        if not self.tracks:
            return panel
        led = [one.at(moment, panel.start, panel.values.size) for one in self.tracks]
        names = tuple(one.name for one in self.tracks)
        return replace(panel, drivers=np.array(led), driving=names)

    def _alone(self, moment: float) -> Panel:
        """Return the same without its drivers."""
        stop = int(np.searchsorted(self.known, moment, side="right"))
        if not self._is_plain or not stop:
            return self._of_first(stop)
        if stop == self.known.size:
            return self._now
        return self._now.until(int(self.ordinals[stop - 1] - self.ordinals[0]) + 1)

    @cached_property
    def _now(self) -> Panel:
        return self._of_first(self.known.size)

    @cached_property
    def _is_plain(self) -> bool:
        """Say whether each row is the one value of a later period: no revision, nothing late."""
        return bool((np.diff(self.ordinals) > 0).all() and np.isfinite(self.values).all())

    def _of_first(self, stop: int) -> Panel:
        rows = slice(0, stop)
        ordinals = self.ordinals[rows]
        first = int(ordinals.min())
        places = ordinals - first  # of a place named twice the later version stays
        values, bases = (np.full(int(places.max()) + 1, np.nan) for _ in range(2))
        partial, covered = (np.zeros(values.size, dtype=bool) for _ in range(2))
        values[places], bases[places] = self.values[rows], self.bases[rows]
        partial[places], covered[places] = self.partial[rows], self.covered[rows]
        held = np.flatnonzero(np.isfinite(values))
        if not held.size:
            raise CannotForecast("every value was withdrawn")
        begin, last = int(held[0]), int(held[-1])
        kept = slice(begin, last + 1)
        return Panel(
            frequency=self.frequency,
            family=self.family,
            whole=self.whole,
            start=first + begin,
            values=values[kept],
            bases=bases[kept],
            silence=int(np.flatnonzero(covered)[-1]) - last,
            partial=bool(partial[kept].any()),
            cycle=self.cycle,
            breaks=self.breaks,
        )

    def extended(self, values: FloatArray, ordinals: NDArray[np.int64]) -> "History":
        """Return the history with later values, each known at its own end and of unknown base."""
        size = values.size
        return replace(
            self,
            ordinals=np.concatenate([self.ordinals, ordinals]),
            known=np.concatenate([self.known, ordinals.astype(np.float64)]),
            values=np.concatenate([self.values, values]),
            bases=np.concatenate([self.bases, np.full(size, np.nan)]),
            partial=np.concatenate([self.partial, np.zeros(size, dtype=bool)]),
            covered=np.concatenate([self.covered, np.ones(size, dtype=bool)]),
        )

    def first_known(self) -> FloatArray:
        """Return the moments at which each period's first value became known, in order."""
        valued = np.isfinite(self.values)
        return np.unique(
            self.known[valued][np.unique(self.ordinals[valued], return_index=True)[1]]
        )

    def targets(self, starts: NDArray[np.int64], steps: int) -> tuple[FloatArray, FloatArray]:
        """Return the newest values of the periods from ordinals (O,) on, and when each was known.

        Both (O, steps); NaN and infinity where there is no value.
        """
        first = int(self.ordinals.min())
        size = int(self.ordinals.max()) - first + 1
        values, known = np.full(size + steps, np.nan), np.full(size + steps, np.inf)
        values[self.ordinals - first], known[self.ordinals - first] = self.values, self.known
        known[np.isnan(values)] = np.inf
        places = np.minimum(starts[:, None] - first + np.arange(steps), size + steps - 1)
        return values[places], known[places]


def _floats(values: Sequence[float | None]) -> FloatArray:
    return np.array([np.nan if one is None else one for one in values], dtype=np.float64)
