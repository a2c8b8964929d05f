"""Endpoints for tests: what an address answers, and what a source makes of it."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
from pydantic import SecretStr

from forecaster.collect.check import checked
from forecaster.collect.source import Batch, Errand
from forecaster.domain.errors import CollectError
from forecaster.domain.indicator import Definition
from forecaster.domain.lookups import Lookups
from forecaster.domain.observation import Missing, Reading
from tests.collect.errands import NOW, answering, define, open_source

URL = "https://data.example.org/v1/rows"
NO_KEYS: Mapping[str, str] = MappingProxyType({})
Respond = Callable[[httpx.Request], httpx.Response]
ONE = {"for_each": {"dyad": ["CHN-RUS"]}, "title": "Tried"}


@dataclass
class Ran:
    """What a run brought, what it asked for, and how it ended."""

    batches: list[Batch] = field(default_factory=list)
    asked: list[httpx.Request] = field(default_factory=list)
    error: CollectError | None = None

    @property
    def readings(self) -> list[Reading]:
        return [reading for batch in self.batches for reading in batch.readings]

    @property
    def values(self) -> dict[str, float | Missing | None]:
        """Map the periods of the readings, of one scope, to their values."""
        return {str(each.period): each.missing or each.value for each in self.readings}

    @property
    def urls(self) -> list[str]:
        return [str(request.url) for request in self.asked]


def run(
    folder: Path,
    definition: Definition,
    respond: Respond,
    *,
    now: datetime = NOW,
    window: tuple[datetime, datetime] | None = None,
    lookups: Lookups | None = None,
    keys: Mapping[str, str] = NO_KEYS,
) -> Ran:
    ran = Ran()

    def noted(request: httpx.Request) -> httpx.Response:
        ran.asked.append(request)
        return respond(request)

    errand = Errand(
        definition,
        now,
        replace(answering(folder, noted), keys={name: SecretStr(keys[name]) for name in keys}),
        (),
        window=window,
        lookups=lookups or Lookups(),
    )
    try:
        for batch in open_source(definition).collect(errand):
            checked(definition, batch.readings, now=now)
            ran.batches.append(batch)
    except CollectError as error:
        ran.error = error
    return ran


def json_of(*rows: Mapping[str, Any]) -> bytes:
    return json.dumps({"data": list(rows)}).encode()


def csv_of(*rows: Iterable[object]) -> bytes:
    lines = [",".join(str(cell) for cell in row) for row in [("day", "count"), *rows]]
    return ("\n".join(lines) + "\n").encode()


def json_definition(options: Mapping[str, Any] | None = None, **changes: Any) -> Definition:
    basic = {"url": URL, "rows": "data", "date": "day", "value": "count"}
    return define("http_json", basic | dict(options or {}), **(ONE | changes))


def csv_definition(options: Mapping[str, Any] | None = None, **changes: Any) -> Definition:
    basic = {"url": URL, "date": "day", "value": "count"}
    return define("http_csv", basic | dict(options or {}), **(ONE | changes))


def always(body: bytes, **fields: Any) -> Respond:
    return lambda _request: httpx.Response(200, content=body, **fields)
