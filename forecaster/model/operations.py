"""What each operation of `compose:` makes of its inputs in one period, and whence."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol

from forecaster.domain.compose import AfterEvents, Rolling, ZScore
from forecaster.domain.observation import Missing, Observation
from forecaster.domain.period import Frequency, Period

Track = Mapping[int, Observation]
"""One input as it is known at a moment: ordinal of a period → its newest version."""

Joining = Literal["sum", "mean", "min", "max", "last"]

_WEAKEST = (Missing.WITHDRAWN, Missing.INCOMPLETE, Missing.UNDEFINED, Missing.NOT_REPORTED)
"""Which code stands where several apply: the one that claims least to have seen the period."""


_JOINING: Mapping[Joining, Callable[[Sequence[float]], float]] = MappingProxyType(
    {
        "sum": sum,
        "mean": lambda values: sum(values) / len(values),
        "min": min,
        "max": max,
        "last": lambda values: values[-1],
    }
)


class Made(NamedTuple):
    """What an operation says of a period: a value or why there is none, and from which rows."""

    value: float | None
    missing: Missing | None
    used: Sequence[Observation]
    base: float | None = None
    details: Mapping[str, float] | None = None


class Operation(Protocol):
    """A pure rule over tracks, one for each input, in their order."""

    def touched(self, place: int, ordinal: int) -> Iterable[int]:
        """List the periods whose value may change with one period of one input."""
        ...

    def made(self, ordinal: int, tracks: Sequence[Track]) -> Made | None:
        """Value one period; none, while nothing can be said of it."""
        ...


@dataclass(frozen=True)
class Pointwise:
    """A ratio, difference or share of the same period of each input.

    Of counts, what is divided by is the size of the base. A share with a negative part is none.
    """

    how: Literal["ratio", "difference", "share"]
    labels: tuple[str, ...]
    whole: float
    counts: bool

    def touched(self, place: int, ordinal: int) -> Iterable[int]:  # noqa: ARG002  (the protocol's)
        """Name the period itself."""
        return (ordinal,)

    def made(self, ordinal: int, tracks: Sequence[Track]) -> Made | None:
        """Value a period of which every input says something."""
        used = [track[ordinal] for track in tracks if ordinal in track]
        if len(used) < len(tracks):
            return None
        values = _values(used)
        if len(values) < len(used):
            return Made(None, worst(row.missing for row in used), used)
        value, base = self._worked_out(values)
        details = dict(zip(self.labels, values, strict=True))
        made = _number(value, used)
        return made._replace(base=base if self.counts else None, details=details)

    def _worked_out(self, values: Sequence[float]) -> tuple[float | None, float | None]:
        if self.how == "difference":
            return values[0] - values[1], None
        below = values[1] if self.how == "ratio" else sum(values)
        if self.how == "share" and min(values) < 0:
            return None, None
        factor = self.whole if self.how == "share" else 1.0
        return (values[0] / below * factor if below else None), below


@dataclass(frozen=True)
class Standardised:
    """(value - mean) / s of the periods before, s with n - 1; never of itself or the future."""

    said: ZScore

    def touched(self, place: int, ordinal: int) -> Iterable[int]:  # noqa: ARG002  (the protocol's)
        """Name the period and those that are held against it."""
        return range(ordinal, ordinal + self.said.window + 1)

    def made(self, ordinal: int, tracks: Sequence[Track]) -> Made | None:
        """Value a period; undefined, where those before it never moved."""
        (track,) = tracks
        if ordinal not in track:
            return None
        row = track[ordinal]
        before = _span(track, ordinal - self.said.window, ordinal - 1)
        past, used = _values(before), [*before, row]
        if row.value is None:
            return Made(None, row.missing, used)
        if len(past) < (self.said.at_least or self.said.window):
            return Made(None, Missing.INCOMPLETE, used)
        mean = sum(past) / len(past)
        spread = math.sqrt(sum((one - mean) * (one - mean) for one in past) / (len(past) - 1))
        moves = min(past) < max(past) and 0 < spread < math.inf
        made = _number((row.value - mean) / spread if moves else None, used)
        return made._replace(base=len(past))


@dataclass(frozen=True)
class Rolled:
    """The sum, mean, least or greatest of the last periods; each must have a value."""

    said: Rolling

    def touched(self, place: int, ordinal: int) -> Iterable[int]:  # noqa: ARG002  (the protocol's)
        """Name the periods whose window holds it."""
        return range(ordinal, ordinal + self.said.window)

    def made(self, ordinal: int, tracks: Sequence[Track]) -> Made | None:
        """Value a period of which the input says something."""
        (track,) = tracks
        if ordinal not in track:
            return None
        used = _span(track, ordinal - self.said.window + 1, ordinal)
        return joined(used, self.said.window, self.said.how)


@dataclass(frozen=True)
class Around:
    """What the first input counts after events against before them, per period of the events.

    A period is told once the events of its last day (of the inputs' own periods) are known: not
    reported, if it had none; incomplete, until the last window is over. Windows may overlap: an
    act counts for each event whose window holds it. The base is the number of events.
    """

    said: AfterEvents
    finer: Frequency
    frequency: Frequency

    def touched(self, place: int, ordinal: int) -> Iterable[int]:
        """Name the periods of the events whose windows reach it."""
        reach = 0 if place else self.said.within
        first, last = (
            coarser(one, self.finer, self.frequency) for one in (ordinal - reach, ordinal + reach)
        )
        return range(first, last + 1)

    def made(self, ordinal: int, tracks: Sequence[Track]) -> Made | None:
        """Value a period once its events are known."""
        of, *events = tracks
        days = within(ordinal, self.frequency, self.finer)
        if any(days[-1] not in track for track in events):
            return None
        seen = [row for track in events for row in _span(track, days[0], days[-1])]
        if len(_values(seen)) < len(days) * len(events):
            gaps = (row.missing for row in seen)
            absent = len(seen) < len(days) * len(events)
            return Made(None, worst(gaps, incomplete=absent), seen)

        hits = [day for day in days if any((track[day].value or 0) > 0 for track in events)]
        if not hits:
            return Made(None, Missing.NOT_REPORTED, seen)
        spans = [(day - self.said.within, day - 1) for day in hits]
        spans += [(day + 1, day + self.said.within) for day in hits]
        rows = [_span(of, *span) for span in spans]
        used = [*seen, *{row.period.start: row for span in rows for row in span}.values()]
        if any(len(_values(span)) < self.said.within for span in rows):
            gaps = (row.missing for row in used)
            absent = any(len(span) < self.said.within for span in rows)
            return Made(None, worst(gaps, incomplete=absent), used, base=len(hits))
        sums = [sum(_values(span)) for span in rows]
        return self._told(sum(sums[: len(hits)]), sum(sums[len(hits) :]), len(hits), used)

    def _told(self, before: float, after: float, n: int, used: Sequence[Observation]) -> Made:
        if self.said.how == "difference":
            value: float | None = after - before
        else:
            value = after / before if before else None
        details = {"after": after, "before": before, "events": float(n)}
        return _number(value, used)._replace(base=n, details=details)


def joined(rows: Sequence[Observation], wanted: int, how: Joining) -> Made:
    """Join the values of several periods, in their order; all that are wanted must have one."""
    values = _values(rows)
    if len(values) < wanted:
        gaps = (row.missing for row in rows)
        return Made(None, worst(gaps, incomplete=len(rows) < wanted), rows)
    value = _JOINING[how](values)
    bases = [row.base for row in rows if row.base is not None]
    is_based = how == "mean" and len(bases) == wanted
    return _number(value, rows)._replace(base=sum(bases) if is_based else None)


def worst(gaps: Iterable[Missing | None], *, incomplete: bool = False) -> Missing | None:
    """Return the code that claims least, of those that there are."""
    found = {*gaps, Missing.INCOMPLETE if incomplete else None}
    return next((code for code in _WEAKEST if code in found), None)


@cache
def coarser(ordinal: int, finer: Frequency, frequency: Frequency) -> int:
    """Return the ordinal of the period in which a shorter one lies."""
    if finer is frequency:
        return ordinal
    return Period.containing(Period.at(ordinal, finer).start, frequency).ordinal


@cache
def within(ordinal: int, frequency: Frequency, finer: Frequency) -> range:
    """Return the ordinals of the shorter periods that lie in one."""
    first = Period.at(ordinal, frequency)
    ends = (first.start, first.last_day)
    start, stop = (Period.containing(day, finer).ordinal for day in ends)
    return range(start, stop + 1)


def _number(value: float | None, used: Sequence[Observation]) -> Made:
    """Keep a finite number; anything else is no number."""
    if value is None or not math.isfinite(value):
        return Made(None, Missing.UNDEFINED, used)
    return Made(value, None, used)


def _values(rows: Iterable[Observation]) -> list[float]:
    return [row.value for row in rows if row.value is not None]


def _span(track: Track, first: int, last: int) -> list[Observation]:
    return list(_rows(track, first, last))


def _rows(track: Track, first: int, last: int) -> Iterator[Observation]:
    for ordinal in range(first, last + 1):
        if (row := track.get(ordinal)) is not None:
            yield row
