"""A DOC 2.0 service for tests: it answers as told, and notes what it was asked."""

import json
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from forecaster.collect.asking.fetch import Fetcher
from forecaster.collect.source import CountingSource, Errand
from forecaster.domain.indicator import Definition
from forecaster.domain.period import Period
from tests.collect.errands import answering, define, open_source
from tests.collect.runs import Ran

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday
NAMES = {"CHN": ["China", "Chinese"], "RUS": ["Russia"], "PRK": ["North Korea"]}
QUERY = "{a} {b} (cooperation OR alliance)"

Reply = str | bytes | int


class Doc:
    """Answers by mode; a list of answers one by one, the last one for good."""

    def __init__(self, folder: Path, **answers: Reply | Sequence[Reply]) -> None:
        self.asked: list[dict[str, str]] = []
        self.moments: list[float] = []
        self.fetcher: Fetcher = answering(folder, self._answer)
        self._answers: dict[str, list[Reply]] = {
            mode: [given] if isinstance(given, str | bytes | int) else list(given)
            for mode, given in answers.items()
        }

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(dict(request.url.params))
        self.moments.append(time.monotonic())
        left = self._answers[request.url.params["mode"]]
        reply = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(reply, int):
            return httpx.Response(reply)
        return httpx.Response(200, content=reply, headers={"Content-Type": "text/html"})

    def run(
        self,
        mode: str = "timelinevolraw",
        *,
        window: tuple[datetime, datetime] | None = None,
        visited: Sequence[str] = (),
        changes: Mapping[str, Any] | None = None,
        now: datetime = NOW,
        **options: Any,
    ) -> Ran:
        """Run the source for CHN-RUS, week by week, unless told otherwise."""
        definition = defined(mode, changes, **options)
        errand = Errand(definition, now, self.fetcher, (), frozenset(visited), window)
        return Ran(open_source(definition).collect(errand))


def defined(mode: str, changes: Mapping[str, Any] | None = None, **options: Any) -> Definition:
    """Declare an indicator of DOC 2.0."""
    given = {"query": QUERY, "names": NAMES, "mode": mode, "pace_seconds": 0, **options}
    usual = {"frequency": "week", "for_each": {"dyad": ["CHN-RUS"]}, "lag": "1 hour"}
    return define("gdelt_doc", given, **(usual | dict(changes or {})))


def counted(definition: Definition, ran: Ran, period: Period) -> Any:
    """Tally what a run saw."""
    source = open_source(definition)
    assert isinstance(source, CountingSource)
    slots = [slot for batch in ran.batches for slot in batch.slots]
    return source.tally(definition, definition.scopes[0], period, ran.sightings, slots)


def timeline(
    first: date, values: Sequence[Any], norms: Sequence[Any] | None = None, name: str = "Series"
) -> str:
    """Write a timeline by the day."""
    norm = norms if norms is not None else [1000] * len(values)
    data = [
        {"date": f"{first + timedelta(days=number):%Y%m%dT000000Z}", "value": value}
        | ({} if norm[number] is None else {"norm": norm[number]})
        for number, value in enumerate(values)
    ]
    return written(data, name)


def written(data: Sequence[Mapping[str, Any]], name: str = "Series") -> str:
    """Write an answer with these points."""
    details = {"title": "q", "date_resolution": "day"}
    return json.dumps({"query_details": details, "timeline": [{"series": name, "data": data}]})


def article(
    url: str = "https://a.example.org/news/1",
    title: str = "Two neighbours agree on joint drills at sea",
    seen: str = "20260303T101500Z",
) -> dict[str, str]:
    """Write one article of a list."""
    return {
        "url": url,
        "url_mobile": "",
        "title": title,
        "seendate": seen,
        "socialimage": "",
        "domain": "example.org",
        "language": "English",
        "sourcecountry": "China",
    }


def listed(*articles: Mapping[str, str]) -> str:
    """Write a list of articles."""
    return json.dumps({"articles": articles})
