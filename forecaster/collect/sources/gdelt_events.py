"""Counts of events that the news report, from the fifteen-minute files of GDELT 2.0."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, cached_property, partial
from typing import Annotated, ClassVar, Literal

import structlog
from pydantic import Field

from forecaster.collect.gdelt import EVERY, FEEDS, Feed, File, Row, listed, rows
from forecaster.collect.source import Batch, Errand
from forecaster.domain.actors import WORLD, dyad
from forecaster.domain.base import Frozen, midnight
from forecaster.domain.coverage import Grade, grade_of
from forecaster.domain.errors import (
    CollectError,
    DocumentAbsent,
    SourceChanged,
    SourceUnavailable,
)
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Missing, Reading, Sighting, Slot
from forecaster.domain.period import Period

_CATCH_UP = 96  # slots: what a service missed in a day comes by itself; more is a backfill
_LATE = timedelta(hours=6)  # a file may come late; after this it never will
_GIVE_UP = 3  # failures in a row: then it is not the file, it is the source

log = structlog.get_logger()


class GdeltEventsOptions(Frozen):
    """Which reports are counted, and how."""

    codes: tuple[Annotated[str, Field(pattern=r"^(0[1-9]|1[0-9]|20)[0-9]{0,2}$")], ...] = Field(
        default=(), description='CAMEO codes or their beginnings, quoted: "05"; none: all'
    )
    quad_classes: tuple[Annotated[int, Field(ge=1, le=4)], ...] = Field(
        default=(), description="1, 2: verbal, material cooperation; 3, 4: conflict; none: all"
    )
    root_events_only: bool = False
    measure: Literal["events", "net_goldstein"] = "events"
    feeds: tuple[Literal["english", "translingual"], ...] = Field(
        default=("english", "translingual"), min_length=1
    )
    min_share: float = Field(
        default=0.9, gt=0, le=1, description="share of a period's files that must have been seen"
    )
    base_url: str = Field(
        default="http://data.gdeltproject.org/gdeltv2", pattern=r"^https?://\S*[^/\s]$"
    )

    def counts(self, row: Row) -> bool:
        """Say whether a report is of the kind that is counted."""
        return (
            (not self.codes or row.code.decode(errors="replace").startswith(self.codes))
            and (not self.quad_classes or row.quad_class in self._quad_classes)
            and (not self.root_events_only or row.is_root == b"1")
        )

    @cached_property
    def _quad_classes(self) -> frozenset[bytes]:
        return frozenset(b"%d" % number for number in self.quad_classes)


@dataclass(frozen=True)
class GdeltEvents:
    """Sees acts in GDELT's files and counts them once their period is over.

    A scheduled run visits the newest file and every one of the last day that it missed since it
    first ran; a backfill every file of its window. One bad file does not lose the others: it stays
    unvisited, and the run ends with an error that names it.
    """

    Options: ClassVar = GdeltEventsOptions
    shipped: ClassVar = False
    options: GdeltEventsOptions

    def collect(self, errand: Errand) -> Iterator[Batch]:
        """Give the sightings of every file that is due, file by file."""
        due: list[File] = []
        failed: list[CollectError] = []
        for name in dict.fromkeys(self.options.feeds):
            try:
                due += self._due(errand, FEEDS[name])
            except CollectError as error:
                failed.append(error)
        yield from self._visits(errand, sorted(due), failed)

        if failed:
            raise _summary(failed, len(due)) from failed[0]

    def tally(
        self,
        definition: Definition,
        scope: str,
        period: Period,
        sightings: Sequence[Sighting],
        slots: Sequence[Slot],
    ) -> Reading | None:
        """Sum up a closed period, unless too few of its files were seen; none if none was."""
        start = midnight(period.start)
        feeds = [FEEDS[name] for name in dict.fromkeys(self.options.feeds)]
        own = [
            slot
            for slot in slots
            if start <= slot.at < period.ends_at and any(feed.moment(slot.name) for feed in feeds)
        ]
        grade = grade_of(period, definition.coverage) if definition.coverage else Grade.FULL
        if not own or grade is None:
            return None
        expected = len(feeds) * ((period.ends_at - start) // EVERY)
        if sum(slot.seen for slot in own) < self.options.min_share * expected:
            return Reading(scope=scope, period=period, missing=Missing.INCOMPLETE, grade=grade)
        weights = {seen.name: seen.weight for seen in sightings if seen.scope == scope}
        return Reading(scope=scope, period=period, value=sum(weights.values()), grade=grade)

    def _due(self, errand: Errand, feed: Feed) -> Iterator[File]:
        files = (
            self._backlog(errand, feed, *errand.window)
            if errand.window
            else self._missed(errand, feed)
        )
        return (file for file in files if file.name not in errand.visited)

    def _backlog(
        self, errand: Errand, feed: Feed, since: datetime, until: datetime
    ) -> Sequence[File]:
        """List the files of a backfill's window."""
        url = f"{self.options.base_url}/{feed.all}"

        def pick(line: str) -> File | None:
            file = listed(line, feed)
            return file if file and since <= file.at < until else None

        files = errand.fetch.scan(url, pick)
        if not files:
            raise SourceChanged(f"{url} lists no file from {since} to {until}")
        return files

    def _missed(self, errand: Errand, feed: Feed) -> Iterator[File]:
        """List the newest file and the slots before it, back to the first ever visited."""
        newest = self._newest(errand, feed)
        yield newest
        visited = [at for name in errand.visited if (at := feed.moment(name))]
        first = min(visited, default=newest.at)
        for back in range(1, _CATCH_UP):
            at = newest.at - back * EVERY
            if at >= first:
                yield File(at, feed.name(at))

    def _newest(self, errand: Errand, feed: Feed) -> File:
        url = f"{self.options.base_url}/{feed.newest}"
        try:
            text = errand.fetch.get(url).body.decode(errors="replace")
        except DocumentAbsent as error:
            raise SourceChanged(str(error)) from error
        for line in text.splitlines():
            if file := listed(line, feed):
                return file
        raise SourceChanged(f"{url} names no file of events; it begins {text[:60]!r}")

    def _visits(
        self, errand: Errand, due: Sequence[File], failed: list[CollectError]
    ) -> Iterator[Batch]:
        """Visit file after file, noting failures, until too many fail in a row."""
        in_a_row = 0
        for done, file in enumerate(due, start=1):
            try:
                batch = self._visit(errand, file)
            except CollectError as error:
                failed.append(error)
                in_a_row += isinstance(error, SourceUnavailable)
                if in_a_row == _GIVE_UP or getattr(error, "retry_after", None):
                    return
            else:
                in_a_row = 0
                yield replace(batch, done=done, total=len(due))

    def _visit(self, errand: Errand, file: File) -> Batch:
        url = f"{self.options.base_url}/{file.name}"
        try:
            fetched = errand.fetch.get(url, immutable=True, verify=file.verify)
        except DocumentAbsent:
            late = errand.now - file.at < _LATE
            return Batch(slots=() if late else (Slot(name=file.name, at=file.at, seen=False),))
        return Batch(
            sightings=self._sightings(errand.definition, file, fetched.body),
            slots=(Slot(name=file.name, at=file.at, seen=True),),
            document=fetched.document,
        )

    def _sightings(self, definition: Definition, file: File, body: bytes) -> tuple[Sighting, ...]:
        """Find the acts in a file; rows that cannot be read or lie in the future are left out."""
        scopes_of = cache(partial(_scopes_of, frozenset(definition.scopes)))
        found: dict[tuple[str, str], Sighting] = {}
        left_out = 0
        for row in rows(body, file.name):
            shown = self._shown(row, file, scopes_of(row.one, row.other)) if row else None
            left_out += shown is None
            for sighting in shown or ():
                found.setdefault((sighting.scope, sighting.name), sighting)
        if left_out:
            log.info("rows_left_out", file=file.name, rows=left_out)
        return tuple(found.values())

    def _shown(
        self, row: Row, file: File, concerned: tuple[str, ...]
    ) -> tuple[Sighting, ...] | None:
        """Give what a row shows to every scope that it concerns; none if it makes no sense."""
        if not concerned or not self.options.counts(row):
            return ()
        try:
            day = row.date()
            weight = 1.0 if self.options.measure == "events" else row.mass()
        except ValueError:
            return None
        if day > file.at.date():
            return None
        name = row.digest()
        return tuple(
            Sighting(scope=scope, name=name, day=day, weight=weight) for scope in concerned
        )


def _scopes_of(scopes: frozenset[str], one: bytes, other: bytes) -> tuple[str, ...]:
    """List the wanted scopes of a report: its pair, its actors, the world."""
    names = [code.decode(errors="replace") for code in (one, other)]
    candidates = dict.fromkeys((dyad(*names), *names, WORLD))
    return tuple(scope for scope in candidates if scope in scopes)


def _summary(failed: Sequence[CollectError], total: int) -> CollectError:
    """Say in one error how many files failed; a person must look if any of them changed."""
    changed = [error for error in failed if isinstance(error, SourceChanged)]
    first = (changed or failed)[0]
    said = f"{len(failed)} failures among {total} files that were due; the first: {first}"
    if changed:
        return SourceChanged(said)
    waits = [error.retry_after for error in failed if isinstance(error, SourceUnavailable)]
    return SourceUnavailable(said, retry_after=max(filter(None, waits), default=None))
