"""List documents, composed from what was published once a change, and kept as bytes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import JsonValue

from forecaster.api.caching import Page, etag_of
from forecaster.domain.indicator import Status
from forecaster.domain.publication import Kind
from forecaster.publish import documents
from forecaster.publish.encoding import to_json
from forecaster.publish.image import Entry, Image, Snapshot

_LOUDEST_FIRST = ("firing", "pending", "inactive")
_KEPT = 256


@dataclass(frozen=True)
class Wanted:
    """Which forecasts a list holds; nothing said, all but the hidden ones."""

    role: str | None = None
    scope: str | None = None
    indicator: str | None = None
    hidden: bool = False

    def takes(self, entry: Entry, snapshot: Snapshot) -> bool:
        """Say whether a forecast belongs in the list; who names a hidden one gets it."""
        document = entry.document
        is_left_out = not self.hidden and self.indicator is None and _is_hidden(snapshot, entry)
        return not is_left_out and all(
            wanted in {None, document.get(name)}
            for name, wanted in (
                ("role", self.role),
                ("scope", self.scope),
                ("indicator", self.indicator),
            )
        )


class Lists:
    """Composes lists from the image, and composes them anew only when they would differ."""

    def __init__(self, image: Image) -> None:
        """Begin with nothing composed."""
        self._image = image
        self._seen = image.snapshot
        self._pages: dict[Wanted | None, Page] = {}

    def forecasts(self, wanted: Wanted, now: datetime) -> Page:
        """List the newest forecast of every series in force, each with whether it is stale."""
        page = self._kept(wanted, now)
        if page is None:
            snapshot = self._image.snapshot
            entries = [entry for entry in in_force(snapshot) if wanted.takes(entry, snapshot)]
            page = _page("forecasts", [_forecast(entry, now) for entry in entries], entries, now)
            self._pages[wanted] = page
        return page

    def alerts(self, now: datetime) -> Page:
        """List how every rule in force stands over every scope, the loudest first."""
        page = self._kept(None, now)
        if page is None:
            states = [_alert(entry) for entry in standing(self._image.snapshot)]
            states.sort(key=lambda state: _loudness(str(state.get("status"))))
            page = self._pages[None] = _page("alerts", states, (), now)
        return page

    def _kept(self, wanted: Wanted | None, now: datetime) -> Page | None:
        if self._seen is not self._image.snapshot or len(self._pages) >= _KEPT:
            self._seen, self._pages = self._image.snapshot, {}
        page = self._pages.get(wanted)
        return page if page is not None and page.holds(now) else None


def in_force(snapshot: Snapshot) -> list[Entry]:
    """List the newest forecasts, without those whose indicator was retired or lost the scope."""
    return [entry for entry in snapshot.of(Kind.FORECAST) if is_in_force(snapshot, entry)]


def standing(snapshot: Snapshot) -> list[Entry]:
    """List the newest states of the rules that are still declared, over series in force."""
    return [
        entry
        for entry in snapshot.of(Kind.ALERT)
        if is_in_force(snapshot, entry) and _is_declared(snapshot, entry)
    ]


def is_in_force(snapshot: Snapshot, entry: Entry) -> bool:
    """Say whether the series of a forecast or an alert is still declared."""
    declared = _definition(snapshot, entry)
    if declared is None:
        return True
    scopes = {one["scope"] for one in declared["scopes"]}
    return entry.document["scope"] in scopes and declared["status"] != Status.RETIRED


def _is_hidden(snapshot: Snapshot, entry: Entry) -> bool:
    declared = _definition(snapshot, entry)
    return declared is not None and declared["status"] == Status.HIDDEN


def _is_declared(snapshot: Snapshot, alert: Entry) -> bool:
    declared = _definition(snapshot, alert)
    if declared is None:
        return True
    rules = {rule["id"] for rule in declared["declaration"]["alerts"]}
    return alert.document["rule"] in rules


def _definition(snapshot: Snapshot, entry: Entry) -> Mapping[str, Any] | None:
    found = snapshot.get(Kind.INDICATOR, str(entry.document["indicator"]))
    return found.document if found else None


def _forecast(entry: Entry, now: datetime) -> dict[str, JsonValue]:
    return documents.summary(entry.document) | {
        "stale": entry.is_stale(now),
        "etag": entry.publication.etag,
    }


def _alert(entry: Entry) -> dict[str, JsonValue]:
    return {**entry.document, "etag": entry.publication.etag}


def _loudness(status: str) -> int:
    return _LOUDEST_FIRST.index(status) if status in _LOUDEST_FIRST else len(_LOUDEST_FIRST)


def _page(
    name: str, items: list[dict[str, JsonValue]], entries: Iterable[Entry], now: datetime
) -> Page:
    turns = [
        entry.publication.stale_after
        for entry in entries
        if entry.publication.stale_after is not None and not entry.is_stale(now)
    ]
    body = to_json({"count": len(items), name: items})
    return Page(body, etag_of(body), since=now, until=min(turns, default=None))
