"""The newest of everything published, held in memory and replaced as a whole."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any

from forecaster.domain.publication import Kind, Publication


@dataclass(frozen=True)
class Entry:
    """One published document: its bytes and, once somebody asks, what they say."""

    publication: Publication

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """Read the bytes; they were rendered from one JSON object."""
        read: dict[str, Any] = json.loads(self.publication.body)
        return MappingProxyType(read)

    def is_stale(self, now: datetime) -> bool:
        """Say whether the document has outlived the moment after which it must not look fresh."""
        stale_after = self.publication.stale_after
        return stale_after is not None and stale_after < now


@dataclass(frozen=True)
class Snapshot:
    """What stood in the publication log up to one number: the newest of each kind and key."""

    seq: int = 0
    entries: Mapping[tuple[Kind, str], Entry] = field(default_factory=dict)

    def get(self, kind: Kind, key: str) -> Entry | None:
        """Return the newest document of a kind and key, if there is one."""
        return self.entries.get((kind, key))

    def of(self, kind: Kind) -> tuple[Entry, ...]:
        """List the documents of a kind in the order of their keys."""
        return tuple(
            entry for (its_kind, _), entry in sorted(self.entries.items()) if its_kind is kind
        )

    def plus(self, publications: Iterable[Publication]) -> "Snapshot":
        """Return this with later publications in the place of what they supersede."""
        entries = dict(self.entries)
        seq = self.seq
        for publication in sorted(publications, key=lambda one: one.seq):
            entries[publication.kind, publication.key] = Entry(publication)
            seq = max(seq, publication.seq)
        return Snapshot(seq, MappingProxyType(entries))


class Image:
    """The snapshot from which a server answers; one assignment replaces it for every reader."""

    def __init__(self) -> None:
        """Begin empty."""
        self.snapshot = Snapshot()
        self.refreshed_at: datetime | None = None

    def show(self, snapshot: Snapshot, *, now: datetime) -> None:
        """Put a snapshot in the place of the one before; it is what the log held just now."""
        self.snapshot = snapshot
        self.refreshed_at = now
