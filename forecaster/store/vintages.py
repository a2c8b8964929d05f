"""Which readings are news: the rules by which a reading becomes a new version of its period."""

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

from forecaster.domain.observation import Missing, Reading, inferred_known_at

_known_at = attrgetter("known_at")


class Content(NamedTuple):
    """What a version says; two versions that say the same are one."""

    value: float | None
    base: float | None
    missing: str | None
    grade: str
    doubtful: str | None


class Version(NamedTuple):
    """What was known of a period, since when, and whether that moment is inferred."""

    known_at: datetime
    pseudo: bool
    content: Content


class Slip(NamedTuple):
    """One version to be recorded."""

    scope: str
    frequency: str
    period_start: date
    version: Version
    revises: bool


Place = tuple[str, str, date]
"""Scope, frequency and first day: a period of a series."""


class Past(dict[Place, list[Version]]):
    """The versions of every period, in the order in which they were known."""

    def remember(self, place: Place, version: Version) -> None:
        """Put a version behind those that were known no later."""
        insort(self.setdefault(place, []), version, key=_known_at)

    def news(
        self, readings: Iterable[Reading], *, now: datetime, lag: timedelta | None
    ) -> Iterator[Slip]:
        """Pick the readings that say something new, and remember them."""
        for reading in readings:
            place = (reading.scope, reading.period.frequency.value, reading.period.start)
            known = self.get(place, [])
            version = _as_version(reading, known, now=now, lag=lag)
            if _in_force(known, version.known_at) != version.content:
                yield Slip(*place, version, revises=bool(known))
                self.remember(place, version)

    def withdrawn(self, stand: Iterable[Reading], *, now: datetime) -> Iterator[Slip]:
        """Bury every value that no longer stands, and remember that."""
        standing = {(r.scope, r.period.frequency.value, r.period.start) for r in stand}
        for place in sorted(self.keys() - standing):
            last = _in_force(self[place], now)
            if last is not None and last.value is not None:
                gone = Content(None, None, Missing.WITHDRAWN.value, last.grade, None)
                version = Version(now, pseudo=False, content=gone)
                yield Slip(*place, version, revises=True)
                self.remember(place, version)


def _as_version(
    reading: Reading, known: list[Version], *, now: datetime, lag: timedelta | None
) -> Version:
    """Settle since when the world could know a reading.

    When the source published it; else, if that is to be inferred, a lag after its period; else
    now; in no case later than now. But a reading without a publication time says what the source
    holds at present: if a version known since then says otherwise, it is a change seen now. So is
    a value that was withdrawn and stands again.
    """
    moment, pseudo = now, False
    if reading.known_at is not None:
        moment = min(reading.known_at, now)
    elif lag is not None:
        moment, pseudo = min(inferred_known_at(reading.period, lag), now), True
    newest = known[-1] if known else None
    if newest is not None and moment < newest.known_at:
        withdrawn = newest.content.missing == Missing.WITHDRAWN
        if reading.known_at is None or withdrawn:
            moment, pseudo = now, False
    missing = reading.missing.value if reading.missing else None
    content = Content(reading.value, reading.base, missing, reading.grade.value, reading.doubtful)
    return Version(moment, pseudo, content)


def _in_force(known: list[Version], moment: datetime) -> Content | None:
    """Return what was known of a period at a moment."""
    position = bisect_right(known, moment, key=_known_at)
    return known[position - 1].content if position else None
