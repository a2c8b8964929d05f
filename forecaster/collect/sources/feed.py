"""Counts of headlines, from RSS and Atom feeds, by the words that they hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar
from zoneinfo import ZoneInfo

import structlog

from forecaster.collect.feeds.headlines import Sieve, headlines, tally
from forecaster.collect.feeds.options import FeedOptions, NamedFeed
from forecaster.collect.feeds.patterns import words_of
from forecaster.collect.feeds.syndication import check_whole, read_items
from forecaster.collect.source import Batch, Errand
from forecaster.domain.base import midnight
from forecaster.domain.coverage import Grade, grade_of
from forecaster.domain.errors import (
    CollectError,
    DocumentAbsent,
    SourceChanged,
    SourceUnavailable,
    UnknownName,
)
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Missing, Reading, Sighting, Slot
from forecaster.domain.period import Period

_MAX_BYTES = 5_000_000  # a feed of news has some hundred thousand

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Feed:
    """Sees items in feeds and counts them once their period is over.

    A feed holds its newest items only: every run reads each feed as it is, and a day counts as
    watched on which a feed was read; there is nothing to backfill. One feed that fails does not
    lose the others: the run ends with an error that names it.
    """

    Options: ClassVar = FeedOptions
    shipped: ClassVar = False
    options: FeedOptions

    def collect(self, errand: Errand) -> Iterator[Batch]:
        """Give the items of every feed, feed by feed."""
        words = words_of(errand.lookups, names_only=self.options.actors == "names")
        scopes = errand.definition.scopes
        sieves = {scope: Sieve.of(self.options, scope, words) for scope in scopes}
        failed: list[tuple[str, CollectError]] = []
        feeds = self.options.named
        for done, feed in enumerate(feeds, start=1):
            try:
                batch = self._read(feed, errand, sieves)
            except CollectError as error:
                failed.append((feed.name, error))
            else:
                yield replace(batch, done=done, total=len(feeds))
        if failed:
            raise _summary(failed, len(feeds)) from failed[0][1]

    def tally(
        self,
        definition: Definition,
        scope: str,
        period: Period,
        sightings: Sequence[Sighting],
        slots: Sequence[Slot],
    ) -> Reading | None:
        """Count a closed period, unless too few of its days were watched; none if none was."""
        outlets = [feed.name for feed in self.options.named]
        start = midnight(period.start)
        watched = {
            slot.name
            for slot in slots
            if slot.seen
            and start <= slot.at < period.ends_at
            and slot.name.partition("@")[0] in outlets
        }
        grade = grade_of(period, definition.coverage) if definition.coverage else Grade.FULL
        if not watched or grade is None:
            return None
        days = (period.ends_at - start).days
        if len(watched) < self.options.min_share * days * len(outlets):
            return Reading(scope=scope, period=period, missing=Missing.INCOMPLETE, grade=grade)
        own = [seen for seen in sightings if seen.scope == scope]
        return self._counted(definition, scope, period, grade, own)

    def _counted(
        self,
        definition: Definition,
        scope: str,
        period: Period,
        grade: Grade,
        own: Sequence[Sighting],
    ) -> Reading:
        """Give the count, or the share of all items; of no items there is no share."""
        found = tally(own, self.options, [feed.name for feed in self.options.named])
        shared = self.options.measure == "share"
        value: float | None = found.counted
        if shared:
            value = definition.whole * found.counted / found.of if found.of else None
        return Reading(
            scope=scope,
            period=period,
            value=value,
            missing=Missing.NOT_REPORTED if value is None else None,
            base=found.of if shared else None,
            grade=grade,
            doubtful=_doubt(found.undated, found.counted),
            details=found.details,
        )

    def _read(self, feed: NamedFeed, errand: Errand, sieves: Mapping[str, Sieve]) -> Batch:
        url = _address(feed, errand)
        try:
            fetched = errand.fetch.get(url, max_bytes=_MAX_BYTES, verify=check_whole)
        except DocumentAbsent as error:
            raise SourceChanged(f"{error}; a feed that moved needs its new address") from error
        items = read_items(fetched.body, url)
        read = [*headlines(items, self.options, zone=ZoneInfo(feed.zone), now=errand.now)]
        kept = [headline for headline in read if headline is not None]
        if len(kept) < len(read):
            left_out = len(read) - len(kept)
            log.info(
                "items_left_out", feed=feed.name, items=left_out, why="in the future or unnamed"
            )
        seen = (
            headline.sighted(scope, sieve, feed.name)
            for headline in kept
            for scope, sieve in sieves.items()
        )
        based = self.options.measure == "share"
        slot = Slot(
            name=f"{feed.name}@{errand.now.date()}", at=errand.now, seen=True, size=len(items)
        )
        return Batch(
            sightings=tuple(each for each in seen if based or each.weight),
            slots=(slot,),
            document=fetched.document,
            rows=len(items),
        )


def _address(feed: NamedFeed, errand: Errand) -> str:
    """Return where a feed lies; a name that nobody declared needs a person."""
    if feed.url is not None:
        return feed.url
    try:
        return errand.lookups.feed(feed.name)
    except UnknownName as error:
        raise SourceChanged(
            f"{error}; declare it in lookups/feeds.yml, or give its url"
        ) from error


def _doubt(undated: int, counted: int) -> str | None:
    if not undated:
        return None
    return f"{undated} of {counted} items bore no date: they are of the day they were first seen"


def _summary(failed: Sequence[tuple[str, CollectError]], total: int) -> CollectError:
    """Say in one error which feeds failed; a person must look if any of them changed."""
    told = "; ".join(f"{name}: {error}" for name, error in failed)
    said = f"{len(failed)} of {total} feeds failed: {told}"
    if any(isinstance(error, SourceChanged) for _, error in failed):
        return SourceChanged(said)
    waits = [error.retry_after for _, error in failed if isinstance(error, SourceUnavailable)]
    return SourceUnavailable(said, retry_after=max(filter(None, waits), default=None))
