"""Read again what the archive holds: observations as today's code and definition see them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from forecaster.collect.asking.replaying import Replayer
from forecaster.collect.source import CountingSource, Errand, Source
from forecaster.cycle.collecting import MEMORY, Tools, open_source
from forecaster.cycle.harvest import Harvest
from forecaster.domain.errors import CollectError
from forecaster.domain.indicator import Definition
from forecaster.domain.run import Fetch, Run, RunStatus, Trigger
from forecaster.store import documents, runs, sightings
from forecaster.store.database import Session

Watch = Callable[[int, int], None]
"""Told how many runs, of how many, were read again."""

_COUNTS = ("documents", "new", "revised", "doubtful")


def reparse(
    tools: Tools,
    definition: Definition,
    *,
    now: datetime,
    watch: Watch = lambda _done, _total: None,
) -> Run:
    """Go through every run of an indicator in its order, with the answers that it got then.

    What a document says otherwise than before is a correction: known as of the run that fetched
    it, recorded now, so that what was issued meanwhile can still be replayed. Counts are tallied
    again; one that was tallied live and comes out otherwise is known as of now. What stands
    already changes nothing.
    """
    with tools.database.begin() as session:
        earlier = runs.with_fetches(session, definition.id)
        run_id = runs.begin(session, definition.id, Trigger.REPARSE, now=now)
    reading = _Reading(tools, definition, open_source(definition), now)

    for done, run in enumerate(earlier, start=1):
        reading.again(run)
        watch(done, len(earlier))
    reading.tally(run_id)

    with tools.database.begin() as session:
        return runs.end(
            session,
            run_id,
            now=tools.clock(),
            status=RunStatus.UNAVAILABLE if reading.failures else RunStatus.OK,
            error="; ".join(reading.failures) or None,
            **{name: sum(getattr(each, name) for each in reading.harvests) for name in _COUNTS},
        )


@dataclass
class _Reading:
    """Reads runs again, and gathers what they bring."""

    tools: Tools
    definition: Definition
    source: Source
    now: datetime
    harvests: list[Harvest] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    reread: set[str] = field(default_factory=set)

    def again(self, run: Run) -> None:
        """Ask the source as that run did; what failed then may fail again."""
        tools, definition = self.tools, self.definition
        with tools.database.read() as session:
            fetches = runs.fetches(session, run.id)
            answered = [documents.as_fetched(session, fetch) for fetch in fetches]
            visited = _visited(session, definition, run, fetches)
            last = sightings.last_slot(session, definition.sieve, before=run.began_at)
        replayer = Replayer.of(tools.fetcher, answered)
        window = (run.since, run.until) if run.since and run.until else None
        errand = Errand(
            definition, run.began_at, replayer, tools.roots, visited, window, tools.lookups(), last
        )
        harvest = Harvest(
            database=tools.database,
            definition=definition,
            run=run.id,
            now=run.began_at,
            recorded_at=self.now,
            inferred=self.source.shipped or run.trigger is Trigger.BACKFILL,
            weighs=False,
            replays=True,
            reread=self.reread,
        )
        self.harvests.append(harvest)
        try:
            for batch in harvest.believed(self.source.collect(errand)):
                harvest.keep(batch)
        except CollectError as error:
            if run.status in {RunStatus.OK, RunStatus.STALE}:
                self.failures.append(f"run {run.id} of {run.began_at:%Y-%m-%d %H:%M}: {error}")

    def tally(self, run_id: int) -> None:
        """Count anew where reports came or went."""
        if isinstance(self.source, CountingSource):
            harvest = Harvest(
                self.tools.database, self.definition, run_id, self.now, self.now, inferred=True
            )
            harvest.settle(self.source)
            self.harvests.append(harvest)


def _visited(
    session: Session, definition: Definition, run: Run, fetches: Sequence[Fetch]
) -> frozenset[str]:
    """Name the slots that the run knew as visited, without those that it visited itself."""
    since = (run.since or run.began_at) - MEMORY
    known = sightings.visited(session, definition.sieve, since=since, until=run.began_at)
    return known - {fetch.url.rpartition("/")[2] for fetch in fetches}
