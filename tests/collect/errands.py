"""Errands for tests: a definition, a clock, and a network that may not be asked."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from forecaster import plugins
from forecaster.collect.asking.archive import Archive
from forecaster.collect.asking.client import new_client
from forecaster.collect.asking.fetch import Fetcher, Limits
from forecaster.collect.asking.hosts import Hosts, Manners
from forecaster.collect.source import Batch, Errand, Source
from forecaster.definitions.shipped import shipped_root
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Reading

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
QUICK = Limits(
    read_seconds=0.3,
    total_seconds=0.5,
    scan_seconds=2,
    max_bytes=1_000_000,
    attempts=2,
    first_wait_seconds=0.001,
    longest_wait_seconds=0.01,
)
BRISK = Manners(distance_seconds=0, jitter_seconds=0, longest_turn_seconds=2)


def define(
    source: str, options: Mapping[str, Any], *, schedule: str = "0 6 * * *", **changes: Any
) -> Definition:
    fields = {
        "id": "tried",
        "title": "Tried, {a}-{b}",
        "role": "context",
        "unit": "of it per period",
        "frequency": "month",
        "lag": "7 days",
        "for_each": {"dyad": "all"},
        "attribution": "Nobody",
        "license": {"name": "CC0", "redistribution": "yes"},
        "collect": {"source": source, "options": options, "schedule": schedule},
    }
    return Definition.model_validate(fields | changes)


def open_source(definition: Definition) -> Source:
    plugin: Any = plugins.load("sources", definition.collect.source)
    source: Source = plugin(plugin.Options.model_validate(dict(definition.collect.options)))
    return source


def answering(folder: Path, respond: Callable[[httpx.Request], httpx.Response]) -> Fetcher:
    """Make a fetcher whose client asks a function instead of the network."""
    client = new_client("tests@example.org", QUICK, httpx.MockTransport(respond))
    return Fetcher(client, Archive(folder / "archive"), lambda: NOW, QUICK, Hosts(BRISK))


def refuse_network(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"{request.url} was asked for")


def offline(folder: Path) -> Fetcher:
    """Make a fetcher that fails the test when it is used."""
    return answering(folder, refuse_network)


def collect_shipped(
    folder: Path,
    definition: Definition,
    *own: Path,
    now: datetime = NOW,
    shipped: bool = True,
) -> tuple[Reading, ...]:
    """Run a source of shipped files and return its readings, from its only batch."""
    roots = (shipped_root(), *own) if shipped else own
    errand = Errand(definition, now, offline(folder), roots)
    [batch] = open_source(definition).collect(errand)
    assert batch == Batch(readings=batch.readings, whole=True, done=1, total=1)
    return batch.readings
