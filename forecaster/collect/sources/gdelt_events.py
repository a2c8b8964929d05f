"""Counts of acts that the news report, from the event files of GDELT 2.0 and 1.0."""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache, cached_property, partial
from statistics import fmean
from typing import Annotated, ClassVar, Literal

import structlog
from pydantic import Field

from forecaster.collect.gdelt import acts
from forecaster.collect.gdelt.articles import outlet, text_of
from forecaster.collect.gdelt.due import Due, Stream, due
from forecaster.collect.gdelt.export import FEEDS, Feed, File, Row, read
from forecaster.collect.source import Batch, Errand
from forecaster.domain.actors import WORLD, actors_of, dyad
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
    count: Literal["acts", "reports"] = Field(
        default="acts",
        description="acts: reports of one day, pair and root code count once if they share the "
        "place, the article or its headline; reports: each counts",
    )
    measure: Literal["events", "per_million", "net_goldstein"] = Field(
        default="events",
        description="how many; how many per million root events of any actors; or the sum of "
        "their Goldstein scores",
    )
    feeds: tuple[Literal["english", "translingual", "daily_v1"], ...] = Field(
        default=("english", "translingual"),
        min_length=1,
        description="files of a quarter of an hour (GDELT 2.0, from 2015-02-19), or of a day "
        "(GDELT 1.0, from 2013-04-01, English): of its own, for history",
    )
    min_share: float = Field(
        default=0.9, gt=0, le=1, description="share of a period's files that must have been seen"
    )
    base_url: str = Field(
        default="http://data.gdeltproject.org/gdeltv2", pattern=r"^https?://\S*[^/\s]$"
    )
    daily_url: str = Field(
        default="http://data.gdeltproject.org/events",
        pattern=r"^https?://\S*[^/\s]$",
        description="where the files of daily_v1 lie",
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

    @property
    def streams(self) -> tuple[Stream, ...]:
        """List the feeds that are read, and where each of them lies."""
        return tuple(
            Stream(FEEDS[name], self.daily_url if name == "daily_v1" else self.base_url)
            for name in dict.fromkeys(self.feeds)
        )


@dataclass(frozen=True)
class GdeltEvents:
    """Sees reports in GDELT's files, and counts the acts behind them once their period is over.

    A scheduled run visits the newest file and every one of the last day that it missed since it
    first ran (of the last week, where a file is a day's); a backfill every file of its window. One
    bad file does not lose the others: it stays unvisited, and the run ends with an error that
    names it. How reports are joined into acts: `collect.gdelt.acts`.
    """

    Options: ClassVar = GdeltEventsOptions
    shipped: ClassVar = False
    options: GdeltEventsOptions

    def collect(self, errand: Errand) -> Iterator[Batch]:
        """Give the sightings of every file that is due, file by file."""
        waiting: list[Due] = []
        failed: list[CollectError] = []
        for stream in self.options.streams:
            try:
                waiting += due(errand, stream)
            except CollectError as error:
                failed.append(error)
        yield from self._visits(errand, sorted(waiting, key=lambda each: each.file[:2]), failed)

        if failed:
            raise _summary(failed, len(waiting)) from failed[0]

    def tally(
        self,
        definition: Definition,
        scope: str,
        period: Period,
        sightings: Sequence[Sighting],
        slots: Sequence[Slot],
    ) -> Reading | None:
        """Sum up a closed period, unless too few of its files were seen; none if none was."""
        streams = self.options.streams
        own = [(slot, feed) for slot in slots if (feed := _feed(slot, streams, period))]
        grade = grade_of(period, definition.coverage) if definition.coverage else Grade.FULL
        if not own or grade is None:
            return None
        whole, exposure = 1.0, _exposure([slot for slot, _ in own])
        enough = _seen(own) >= self.options.min_share * len(streams) * _length(period)
        if self.options.measure == "per_million":
            whole, enough = 1_000_000 / (exposure or 1), enough and exposure is not None
        if not enough:
            return Reading(scope=scope, period=period, missing=Missing.INCOMPLETE, grade=grade)
        reports = {seen.name: seen for seen in sightings if seen.scope == scope}.values()
        return Reading(
            scope=scope,
            period=period,
            value=self._sum(reports) * whole,
            base=exposure,
            grade=grade,
            details=_details(reports),
        )

    def _sum(self, reports: Collection[Sighting]) -> float:
        """Add up acts, each with the mean weight of its reports, or reports."""
        if self.options.count == "reports":
            return math.fsum(seen.weight for seen in reports)
        each = (sorted(seen.weight for seen in act) for act in acts.acts(reports))
        return math.fsum(fmean(weights) for weights in each)

    def _visits(
        self, errand: Errand, waiting: Sequence[Due], failed: list[CollectError]
    ) -> Iterator[Batch]:
        """Visit file after file, noting failures, until too many fail in a row."""
        in_a_row = 0
        for done, each in enumerate(waiting, start=1):
            try:
                batch = self._visit(errand, each)
            except CollectError as error:
                failed.append(error)
                in_a_row += isinstance(error, SourceUnavailable)
                if in_a_row == _GIVE_UP or getattr(error, "retry_after", None):
                    return
            else:
                in_a_row = 0
                yield replace(batch, done=done, total=len(waiting))

    def _visit(self, errand: Errand, each: Due) -> Batch:
        file, feed = each.file, each.stream.feed
        try:
            fetched = errand.fetch.get(
                each.stream.url(file.name), immutable=True, verify=file.verify
            )
        except DocumentAbsent:
            late = errand.now - file.at - feed.every < feed.late
            return Batch(slots=() if late else (Slot(name=file.name, at=file.at, seen=False),))
        wanted = _actors(errand.definition.scopes)
        content = read(fetched.body, file.name, feed.columns, wanted)
        sightings, senseless = self.see(errand.definition, file, content.rows)
        if content.odd or senseless:
            log.warning(
                "rows_left_out", file=file.name, odd_shape=content.odd, senseless=senseless
            )
        return Batch(
            sightings=sightings,
            slots=(Slot(name=file.name, at=file.at, seen=True, size=content.roots),),
            document=fetched.document,
            rows=content.total,
        )

    def see(
        self, definition: Definition, file: File, rows: Sequence[Row]
    ) -> tuple[tuple[Sighting, ...], int]:
        """Find the reports that count, and how many rows make no sense, such as future ones."""
        scopes_of = cache(partial(_scopes_of, frozenset(definition.scopes)))
        found: dict[tuple[str, str], Sighting] = {}
        senseless = 0
        for row in rows:
            shown = self._shown(row, file, scopes_of(row.one, row.other))
            senseless += shown is None
            for sighting in shown or ():
                found.setdefault((sighting.scope, sighting.name), sighting)
        return tuple(found.values()), senseless

    def _shown(
        self, row: Row, file: File, concerned: tuple[str, ...]
    ) -> tuple[Sighting, ...] | None:
        """Give what a row shows to every scope that it concerns; none if it makes no sense."""
        if not concerned or not self.options.counts(row):
            return ()
        try:
            day = row.date()
            weight = row.mass() if self.options.measure == "net_goldstein" else 1.0
        except ValueError:
            return None
        if day > file.at.date():
            return None
        name, site, label = acts.name(row), outlet(text_of(row.url)), acts.label(row)
        return tuple(
            Sighting(scope=scope, name=name, day=day, weight=weight, outlet=site, label=label)
            for scope in concerned
        )


def _feed(slot: Slot, streams: Sequence[Stream], period: Period) -> Feed | None:
    """Return the feed of a slot of the period; none, if it is of another period or feed."""
    if not midnight(period.start) <= slot.at < period.ends_at:
        return None
    return next((each.feed for each in streams if each.feed.moment(slot.name)), None)


def _seen(own: Sequence[tuple[Slot, Feed]]) -> timedelta:
    """Add up the spans of the files that were seen; one without a root event shows nothing."""
    return sum((feed.every for slot, feed in own if slot.seen and slot.size != 0), timedelta())


def _length(period: Period) -> timedelta:
    return period.ends_at - midnight(period.start)


def _exposure(own: Sequence[Slot]) -> int | None:
    """Add up the root events of any actors; none, if of a file nobody counted them."""
    sizes = [slot.size for slot in own if slot.seen]
    return sum(size for size in sizes if size) if sizes and None not in sizes else None


def _details(reports: Collection[Sighting]) -> dict[str, float]:
    """Say of how many reports and of how many sites a value is made."""
    if not reports:
        return {"reports": 0}
    outlets = len({seen.outlet for seen in reports})
    share = outlets / len(reports)
    return {"reports": len(reports), "outlets": outlets, "outlet_share": share}


def _actors(scopes: Sequence[str]) -> frozenset[bytes] | None:
    """List the actors of the scopes, as the files write them; none stands for all."""
    if WORLD in scopes:
        return None
    return frozenset(actor.encode() for scope in scopes for actor in actors_of(scope))


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
