"""Runs of the GDELT source against a server on loopback, and what they gave."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from forecaster.collect.asking.fetch import Fetcher
from forecaster.collect.source import Batch, Errand
from forecaster.domain.errors import CollectError
from forecaster.domain.observation import Sighting
from tests.collect.errands import NOW, define, open_source
from tests.servers.gdelt import ENGLISH, Gdelt

AT = NOW - timedelta(minutes=15)  # the newest slot
SLOT = timedelta(minutes=15)


def name_of(at: datetime) -> str:
    return f"{at:%Y%m%d%H%M%S}.export.CSV.zip"


class Ran:
    """What a run gave: its batches, and the error that may have followed them."""

    def __init__(self, batches: Iterator[Batch]) -> None:
        self.batches: list[Batch] = []
        self.error: CollectError | None = None
        try:
            self.batches.extend(batches)
        except CollectError as error:
            self.error = error

    @property
    def slots(self) -> dict[str, bool]:
        """Map the settled slots to whether they were seen."""
        return {slot.name: slot.seen for batch in self.batches for slot in batch.slots}

    @property
    def sightings(self) -> list[Sighting]:
        return [seen for batch in self.batches for seen in batch.sightings]

    @property
    def days(self) -> set[date]:
        return {seen.day for seen in self.sightings}

    @property
    def scopes(self) -> list[str]:
        return sorted(seen.scope for seen in self.sightings)


def run(
    server: Gdelt,
    fetcher: Fetcher,
    *,
    visited: tuple[str, ...] = (),
    window: tuple[datetime, datetime] | None = None,
    now: datetime = NOW,
    for_each: dict[str, Any] | None = None,
    **options: Any,
) -> Ran:
    """Run the source for CHN-RUS on the English feed, unless told otherwise."""
    definition = define(
        "gdelt_events",
        {"base_url": server.url, "feeds": [ENGLISH], **options},
        for_each=for_each or {"dyad": ["CHN-RUS"]},
    )
    errand = Errand(definition, now, fetcher, (), frozenset(visited), window)
    return Ran(open_source(definition).collect(errand))
