"""Step 2: ask a source, keep what it says, and write down how that went."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from forecaster import plugins
from forecaster.collect.check import checked
from forecaster.collect.fetch import Fetcher
from forecaster.collect.source import Batch, CountingSource, Errand, Source
from forecaster.domain.errors import CollectError, SourceChanged
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Reading
from forecaster.domain.period import Period
from forecaster.domain.run import Run, RunStatus, Trigger
from forecaster.store import documents, observations, runs, sightings
from forecaster.store.database import Database, Session

log = structlog.get_logger(__name__)

_MEMORY = timedelta(days=7)
"""How far back a run remembers the slots that it has visited."""

Window = tuple[datetime, datetime]
Watch = Callable[[int, int | None], None]
"""Told how many documents, of how many, are done."""


@dataclass(frozen=True)
class Tools:
    """What collecting needs beside a definition: the record, the network, files and a clock."""

    database: Database
    fetcher: Fetcher
    roots: tuple[Path, ...]
    clock: Callable[[], datetime]


@dataclass
class Harvest:
    """What one run has brought so far."""

    definition: Definition
    inferred: bool
    now: datetime
    documents: int = 0
    new: int = 0
    revised: int = 0
    doubtful: int = 0


def collect(
    tools: Tools,
    definition: Definition,
    trigger: Trigger,
    *,
    now: datetime,
    window: Window | None = None,
    watch: Watch = lambda _done, _total: None,
) -> Run:
    """Collect one indicator once; however it ends, its row in `runs` says so."""
    source = open_source(definition)
    with tools.database.begin() as session:
        before = runs.last(session, definition.id)
        run_id = runs.begin(session, definition.id, trigger, now=now)
        since = (window[0] if window else now) - _MEMORY
        visited = sightings.visited(session, definition.sieve, since=since)
    harvest = Harvest(definition, source.shipped or trigger is Trigger.BACKFILL, now)
    errand = Errand(definition, now, tools.fetcher, tools.roots, visited, window)

    status = RunStatus.FAILED
    error: str | None = "an error of ours; the log has it"
    try:
        for batch in source.collect(errand):
            _keep(tools.database, harvest, batch)
            watch(batch.done, batch.total)
        status, error = RunStatus.OK, None
    except SourceChanged as reason:
        status, error = RunStatus.CHANGED, str(reason)
    except CollectError as reason:
        status, error = RunStatus.UNAVAILABLE, str(reason)
    finally:
        if status is not RunStatus.FAILED and isinstance(source, CountingSource):
            _settle(tools.database, harvest, source)
        with tools.database.begin() as session:
            run = runs.end(
                session,
                run_id,
                now=tools.clock(),
                status=status,
                error=error,
                documents=harvest.documents,
                new=harvest.new,
                revised=harvest.revised,
                doubtful=harvest.doubtful,
            )

    as_before = before is not None and before.status is status  # news once, not every time
    tell = log.info if status is RunStatus.OK or as_before else log.warning
    tell("collected", indicator=definition.id, status=str(status), new=harvest.new, error=error)
    return run


def open_source(definition: Definition) -> Source:
    """Make the source that a definition names, with its options."""
    plugin: Any = plugins.load("sources", definition.asked.source)
    source: Source = plugin(plugin.Options.model_validate(dict(definition.asked.options)))
    return source


def _keep(database: Database, harvest: Harvest, batch: Batch) -> None:
    """Store one batch whole or not at all, and owe a tally of the periods that it touches."""
    definition = harvest.definition
    with database.begin() as session:
        digest = None
        if batch.document is not None:
            documents.record(session, batch.document)
            digest = batch.document.digest
            harvest.documents += 1
        if batch.sightings or batch.slots:
            new = sightings.record(
                session, definition.sieve, batch.sightings, batch.slots, document=digest
            )
            days = {day for _, day in new} | {slot.at.date() for slot in batch.slots}
            sightings.owe(session, definition.sieve, _starts(definition, days))
        _record(session, harvest, batch.readings, whole=batch.whole, document=digest)


def _settle(database: Database, harvest: Harvest, source: CountingSource) -> None:
    """Tally the periods that are over and in which something new was seen."""
    definition = harvest.definition
    with database.read() as session:
        owed = sightings.owed(session, definition.sieve)
    for start in owed:
        period = Period(frequency=definition.frequency, start=start)
        if definition.known_at(period) > harvest.now:
            continue
        with database.begin() as session:
            sightings.pay(session, definition.sieve, start)
            slots = sightings.slots_between(session, definition.sieve, *_span(period))
            tallies = [
                source.tally(
                    definition,
                    scope,
                    period,
                    sightings.seen_between(
                        session, definition.sieve, scope, period.start, period.last_day
                    ),
                    slots,
                )
                for scope in definition.scopes
            ]
            _record(session, harvest, tuple(tally for tally in tallies if tally is not None))


def _record(
    session: Session,
    harvest: Harvest,
    readings: tuple[Reading, ...],
    *,
    whole: bool = False,
    document: str | None = None,
) -> None:
    recorded = observations.record(
        session,
        harvest.definition,
        checked(harvest.definition, readings, now=harvest.now),
        now=harvest.now,
        inferred=harvest.inferred,
        whole=whole,
        document=document,
    )
    harvest.new += recorded.new
    harvest.revised += recorded.revised
    harvest.doubtful += recorded.doubtful


def _starts(definition: Definition, days: set[date]) -> frozenset[date]:
    return frozenset(Period.containing(day, definition.frequency).start for day in days)


def _span(period: Period) -> Window:
    return period.shift(-1).ends_at, period.ends_at
