"""What a source is asked, and what it answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Protocol, runtime_checkable

from pydantic import BaseModel

from forecaster.collect.asking.fetch import Fetcher
from forecaster.domain.indicator import Definition
from forecaster.domain.lookups import Lookups
from forecaster.domain.observation import Document, Reading, Sighting, Slot
from forecaster.domain.period import Period

NO_LOOKUPS = Lookups()


@dataclass(frozen=True)
class Errand:
    """One run of a source for one definition.

    Attributes:
        definition: What is wanted.
        now: The one reading of the clock of this run.
        fetch: The way to the network.
        roots: Directories of definitions, the shipped one first; they hold `ledger/`, `history/`.
        visited: Names of the slots that earlier runs have settled.
        window: A backfill's span, its end excluded; none: what is new.
        lookups: What the names that sources use stand for.
        last_slot: The newest delivery that was settled, however long ago: what a list of today is
            compared with.
    """

    definition: Definition
    now: datetime
    fetch: Fetcher
    roots: tuple[Path, ...]
    visited: frozenset[str] = frozenset()
    window: tuple[datetime, datetime] | None = None
    lookups: Lookups = NO_LOOKUPS
    last_slot: Slot | None = None


@dataclass(frozen=True)
class Batch:
    """A part of the answer, to be stored as a whole.

    Attributes:
        readings: Values, ready to be remembered.
        sightings: Reports that are counted once their period is over.
        slots: Deliveries that are settled by this batch and need not be visited again.
        document: The raw document behind it, already archived.
        rows: How many rows of the source were read for it; none: it does not come in rows.
        fields: The names that those rows bear; none: they bear none.
        whole: The readings are all that the source has: what it had before is withdrawn.
        done: How many parts of the run are through.
        total: How many there are, where that is known.
    """

    readings: tuple[Reading, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    slots: tuple[Slot, ...] = ()
    document: Document | None = None
    rows: int | None = None
    fields: frozenset[str] | None = None
    whole: bool = False
    done: int = 0
    total: int | None = None


class Source(Protocol):
    """Something that gives values for the scopes of a definition.

    Attributes:
        Options: The fields that may stand under `collect:` beside `source` and `schedule`.
        shipped: The values come from files of ours, so that when they were known is inferred.
    """

    Options: ClassVar[type[BaseModel]]
    shipped: ClassVar[bool]

    def collect(self, errand: Errand) -> Iterator[Batch]:
        """Give what the source has, batch by batch; a `CollectError` may follow good batches."""
        ...


@runtime_checkable
class CountingSource(Protocol):
    """A source whose values are counts of its sightings."""

    def tally(
        self,
        definition: Definition,
        scope: str,
        period: Period,
        sightings: Sequence[Sighting],
        slots: Sequence[Slot],
    ) -> Reading | None:
        """Value one closed period from all that was seen; none if nothing was looked at."""
        ...


@runtime_checkable
class WatchedSource(Protocol):
    """A source whose file may lie beside the definitions: it is read again when that changes."""

    @property
    def watched(self) -> bool:
        """Say whether it does."""
        ...
