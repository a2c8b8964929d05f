"""What one run brings: values are held back until all is read and may be believed, then kept."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from forecaster.collect.assertions import Volume, doubt_of_volume, weighed
from forecaster.collect.check import checked
from forecaster.collect.source import Batch, CountingSource
from forecaster.domain.errors import CollectError, SourceChanged
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Document, Reading
from forecaster.domain.period import Period
from forecaster.domain.run import Run
from forecaster.store import observations, runs, sightings
from forecaster.store.database import Database, Session

MOST_READINGS = 500_000
"""So many values may one run bring; they are held in memory until all are read."""

Window = tuple[datetime, datetime]


@dataclass
class Harvest:
    """What a run has brought so far.

    Attributes:
        run: The number of its row.
        now: The moment of the run: what it reads is known from then on.
        recorded_at: The moment of writing; another one only where an earlier run is read again.
        inferred: Values without a publication time were known a lag after their period.
        before: The last run that read all that the source had; none: nothing to compare with.
        weighs: This run reads all that the source has, so that its volume can be judged.
        replays: This run is read again from the archive; its answers are recorded already.
        reread: Documents of which the reports were forgotten, so as to be seen anew; a later run
            that got the same document saw nothing new in it.
    """

    database: Database
    definition: Definition
    run: int
    now: datetime
    recorded_at: datetime
    inferred: bool
    before: Run | None = None
    weighs: bool = True
    replays: bool = False
    reread: set[str] = field(default_factory=set)
    documents: int = 0
    new: int = 0
    revised: int = 0
    doubtful: int = 0
    rows: int | None = None
    fields: frozenset[str] | None = None
    _doubt: str | None = None
    _held: int = 0
    _counts: bool = False
    _taken: list[Document] = field(default_factory=list)

    def take(self, document: Document) -> None:
        """Note that the source answered with a document."""
        self._taken.append(document)

    def believed(self, given: Iterable[Batch]) -> Iterator[Batch]:
        """Give the batches on once the volume was judged; deliveries as they come, if it is not.

        What was read before an error is good, and comes before it.
        """
        held: list[Batch] = []
        try:
            for batch in given:
                self._count(batch)
                if batch.slots and not self._asserts_volume:
                    yield batch
                else:
                    held.append(batch)
                    self._refuse_too_many(held)
        except CollectError:
            yield from held
            raise
        if self.weighs and self.rows is not None:
            volume = Volume(self.rows, whole=any(batch.whole for batch in held))
            rows_before = self.before.rows if self.before else None
            self._doubt = doubt_of_volume(self.definition, volume, rows_before)
        for batch in held:
            slots = (slot.model_copy(update={"doubtful": self._doubt}) for slot in batch.slots)
            yield replace(batch, slots=tuple(slots)) if self._doubt and batch.slots else batch

    def keep(self, batch: Batch) -> None:
        """Store one batch whole or not at all, and owe a tally of the periods that it touches."""
        definition = self.definition
        with self.database.begin() as session:
            digest = self._log(session, batch.document)
            forgotten: frozenset[date] = frozenset()
            if self.replays and digest is not None and digest not in self.reread:
                self.reread.add(digest)
                forgotten = sightings.forget(session, definition.sieve, digest)
            if batch.sightings or batch.slots:
                new = sightings.record(
                    session, definition.sieve, batch.sightings, batch.slots, document=digest
                )
                days = {day for _, day in new} | {slot.at.date() for slot in batch.slots}
                days |= forgotten
                sightings.owe(session, definition.sieve, _starts(definition, days))
            self._record(session, batch.readings, whole=batch.whole, document=digest)

    def settle(self, source: CountingSource) -> None:
        """Tally the periods that are over and in which something new was seen."""
        self._counts = True
        with self.database.read() as session:
            owed = sightings.owed(session, self.definition.sieve)
        for start in owed:
            period = Period(frequency=self.definition.frequency, start=start)
            if self.definition.known_at(period) <= self.now:
                self._tally(source, period)

    def log_rest(self, session: Session) -> None:
        """Record the answers that no batch came of."""
        self._log(session, None)

    @property
    def _asserts_volume(self) -> bool:
        asserted = self.definition.assertions
        return self.weighs and (asserted.rows is not None or asserted.rows_change is not None)

    def _refuse_too_many(self, held: list[Batch]) -> None:
        """Let go of a run that brings more than anybody wants, before it fills the memory."""
        self._held += len(held[-1].readings)
        if self._held > MOST_READINGS:
            held.clear()
            raise SourceChanged(
                f"more than {MOST_READINGS:,} values in one run: is the period, the scope or the "
                "span of the definition what the source is asked for?"
            )

    def _count(self, batch: Batch) -> None:
        if batch.rows is not None:
            self.rows = (self.rows or 0) + batch.rows
        if batch.fields is not None:
            self.fields = (self.fields or frozenset()) | batch.fields

    def _log(self, session: Session, document: Document | None) -> str | None:
        """Record what the source answered since the last time; name the document of a batch."""
        if document is not None and document not in self._taken:
            self._taken.append(document)
        if not self.replays:
            runs.record_fetches(session, self.run, self._taken, after=self.documents)
        self.documents += len(self._taken)
        only = self._taken[0] if len(self._taken) == 1 else None
        self._taken.clear()
        of_batch = document or only
        return of_batch.digest if of_batch else None

    def _tally(self, source: CountingSource, period: Period) -> None:
        definition = self.definition
        with self.database.begin() as session:
            sightings.pay(session, definition.sieve, period.start)
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
            doubt = next((slot.doubtful for slot in slots if slot.doubtful), None)
            given = tuple(tally for tally in tallies if tally is not None)
            self._record(session, weighed(definition, given, doubt))

    def _record(
        self,
        session: Session,
        readings: tuple[Reading, ...],
        *,
        whole: bool = False,
        document: str | None = None,
    ) -> None:
        if not readings and not whole:
            return
        recorded = observations.record(
            session,
            self.definition,
            self._weighed(readings),
            now=self.now,
            recorded_at=self.recorded_at,
            inferred=self.inferred,
            whole=whole,
            document=document,
            run=self.run,
        )
        self.new += recorded.new
        self.revised += recorded.revised
        self.doubtful += recorded.doubtful

    def _weighed(self, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
        """Mark what is doubtful: of counts, a period's own deliveries say it (see `_tally`)."""
        doubt = None if self._counts else self._doubt
        return weighed(self.definition, checked(self.definition, readings, now=self.now), doubt)


def _starts(definition: Definition, days: set[date]) -> frozenset[date]:
    return frozenset(Period.containing(day, definition.frequency).start for day in days)


def _span(period: Period) -> Window:
    return period.shift(-1).ends_at, period.ends_at
