"""Which readings are news: the rules by which a reading becomes a new version of its period."""

from bisect import bisect_right, insort
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import NamedTuple

from forecaster.domain.observation import Missing, Reading
from forecaster.domain.release import Release

_known_at = attrgetter("known_at")


class Content(NamedTuple):
    """What a version says; two versions that say the same are one."""

    value: float | None
    base: float | None
    missing: str | None
    grade: str
    doubtful: str | None
    details: Mapping[str, float] | None = None


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

    def news(
        self, readings: Sequence[Reading], *, now: datetime, releases: Mapping[str, Release | None]
    ) -> Iterator[Slip]:
        """Pick what the readings say that is new, and remember it."""
        for reading in readings:
            known = self.get(_place(reading), [])
            version = _as_version(reading, known, now=now, release=releases[reading.scope])
            if _in_force(known, version.known_at) != version.content:
                yield self._remember(_place(reading), version)

    def restored(self, readings: Sequence[Reading], *, now: datetime) -> Iterator[Slip]:
        """Pick what was withdrawn and is told again: it is known again from now; remember it."""
        in_order = sorted(readings, key=lambda reading: reading.known_at or now)
        for place, reading in {_place(reading): reading for reading in in_order}.items():
            is_withdrawn = self[place][-1].content.missing == Missing.WITHDRAWN
            if is_withdrawn and reading.missing is not Missing.WITHDRAWN:
                yield self._remember(place, Version(now, pseudo=False, content=_content(reading)))

    def corrected(self, readings: Sequence[Reading], *, now: datetime) -> Iterator[Slip]:
        """Pick the periods of which the last reading no longer says what is in force."""
        in_order = sorted(readings, key=lambda reading: reading.known_at or now)
        for place, reading in {_place(reading): reading for reading in in_order}.items():
            if _in_force(self[place], now) != _content(reading):
                yield self._remember(place, Version(now, pseudo=False, content=_content(reading)))

    def withdrawn(self, readings: Sequence[Reading], *, now: datetime) -> Iterator[Slip]:
        """Pick the values that are no longer among the readings, and remember that."""
        for place in sorted(self.keys() - {_place(reading) for reading in readings}):
            last = _in_force(self[place], now)
            if last is not None and last.value is not None:
                gone = Content(None, None, Missing.WITHDRAWN.value, last.grade, None)
                yield self._remember(place, Version(now, pseudo=False, content=gone))

    def _remember(self, place: Place, version: Version) -> Slip:
        """Put a version behind those that were known no later."""
        revises = place in self
        insort(self.setdefault(place, []), version, key=_known_at)
        return Slip(*place, version, revises)


def _as_version(
    reading: Reading, known: list[Version], *, now: datetime, release: Release | None
) -> Version:
    """Settle since when the world could know a reading.

    When the source published it; else, if that is to be inferred, a lag after its period; else
    now; in no case later than now. But a reading without a publication time says what the source
    holds at present: if a version known since then says otherwise, it is a change seen now.
    """
    moment, pseudo = now, False
    if reading.known_at is not None:
        moment, pseudo = min(reading.known_at, now), reading.pseudo
    elif release is not None:
        moment, pseudo = min(release.moment(reading.period.ends_at), now), True
    if reading.known_at is None and known and moment < known[-1].known_at:
        moment, pseudo = now, False
    return Version(moment, pseudo, _content(reading))


def _in_force(known: list[Version], moment: datetime) -> Content | None:
    """Return what was known of a period at a moment."""
    position = bisect_right(known, moment, key=_known_at)
    return known[position - 1].content if position else None


def _place(reading: Reading) -> Place:
    return (reading.scope, reading.period.frequency.value, reading.period.start)


def _content(reading: Reading) -> Content:
    missing = reading.missing.value if reading.missing else None
    details = dict(reading.details) if reading.details is not None else None
    return Content(
        reading.value, reading.base, missing, reading.grade.value, reading.doubtful, details
    )
