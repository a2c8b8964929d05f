"""Step 2: ask a source, keep what it says, and write down how that went."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from forecaster import plugins
from forecaster.collect.asking.fetch import Fetcher
from forecaster.collect.assertions import differences, stale
from forecaster.collect.source import CountingSource, Errand, Source
from forecaster.cycle.harvest import Harvest, Window
from forecaster.domain.errors import CollectError, SourceChanged
from forecaster.domain.indicator import Definition
from forecaster.domain.lookups import Lookups
from forecaster.domain.run import Run, RunStatus, Trigger
from forecaster.store import runs, sightings, standing
from forecaster.store.database import Database, Session

log = structlog.get_logger(__name__)

MEMORY = timedelta(days=7)
"""How far back a run remembers the slots that it has visited."""

Watch = Callable[[int, int | None], None]
"""Told how many documents, of how many, are done."""


@dataclass(frozen=True)
class Tools:
    """What collecting needs beside a definition.

    The record, the network, files, a clock, and what the names that sources use stand for.
    """

    database: Database
    fetcher: Fetcher
    roots: tuple[Path, ...]
    clock: Callable[[], datetime]
    lookups: Callable[[], Lookups]


def collect(
    tools: Tools,
    definition: Definition,
    trigger: Trigger,
    *,
    now: datetime,
    window: Window | None = None,
    missed: int = 0,
    watch: Watch = lambda _done, _total: None,
) -> Run:
    """Collect one indicator once; however it ends, its row in `runs` says so."""
    source = open_source(definition)
    with tools.database.begin() as session:
        before = runs.last(session, definition.id)
        last_read = runs.last_read(session, definition.id)
        run_id = runs.begin(session, definition.id, trigger, now=now, window=window, missed=missed)
        since = (window[0] if window else now) - MEMORY
        visited = sightings.visited(session, definition.sieve, since=since)
        last = sightings.last_slot(session, definition.sieve)
    harvest = Harvest(
        database=tools.database,
        definition=definition,
        run=run_id,
        now=now,
        recorded_at=now,
        inferred=source.shipped or trigger is Trigger.BACKFILL,
        before=last_read,
        weighs=window is None,
    )
    fetcher = tools.fetcher.narrowed_to(definition.asked)
    fetcher = replace(fetcher, taken=harvest.take)
    errand = Errand(definition, now, fetcher, tools.roots, visited, window, tools.lookups(), last)

    run = _run(tools, source, errand, harvest, watch)

    as_before = before is not None and before.status is run.status  # news once, not every time
    tell = log.info if run.status is RunStatus.OK or as_before else log.warning
    tell(
        "collected",
        indicator=definition.id,
        status=str(run.status),
        new=harvest.new,
        error=run.error,
    )
    for note in run.notes:
        log.warning("source_note", indicator=definition.id, note=note)
    return run


def _run(tools: Tools, source: Source, errand: Errand, harvest: Harvest, watch: Watch) -> Run:
    """Take in what the source gives; whatever happens, end the run's row."""
    status = RunStatus.FAILED
    error: str | None = "an error of ours; the log has it"
    try:
        for batch in harvest.believed(source.collect(errand)):
            harvest.keep(batch)
            watch(batch.done, batch.total)
        status, error = RunStatus.OK, None
    except SourceChanged as reason:
        status, error = RunStatus.CHANGED, str(reason)
    except CollectError as reason:
        status, error = RunStatus.UNAVAILABLE, str(reason)
    finally:
        if status is not RunStatus.FAILED and isinstance(source, CountingSource):
            harvest.settle(source)
        with tools.database.begin() as session:
            harvest.log_rest(session)
            if status is RunStatus.OK and (old := _is_stale(session, errand)):
                status, error = RunStatus.STALE, old
            fields_before = harvest.before.fields if harvest.before else None
            run = runs.end(
                session,
                harvest.run,
                now=tools.clock(),
                status=status,
                error=error,
                documents=harvest.documents,
                new=harvest.new,
                revised=harvest.revised,
                doubtful=harvest.doubtful,
                rows=harvest.rows,
                fields=harvest.fields,
                notes=list(differences(fields_before, harvest.fields)) or None,
            )
    return run


def _is_stale(session: Session, errand: Errand) -> str | None:
    newest = standing.last_valued(session, errand.definition.id, errand.definition.frequency)
    return stale(errand.definition, newest, errand.now)


def open_source(definition: Definition) -> Source:
    """Make the source that a definition names, with its options."""
    plugin: Any = plugins.load("sources", definition.asked.source)
    source: Source = plugin(plugin.Options.model_validate(dict(definition.asked.options)))
    return source
