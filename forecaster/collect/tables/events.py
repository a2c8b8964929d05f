"""The ledger's files: events, and for which spans absence from them may be read."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from forecaster.collect.tables.table import Row, files_by_root, parse, rows
from forecaster.domain.actors import Scope, actors_of
from forecaster.domain.coverage import Coverage, Grade
from forecaster.domain.errors import SourceChanged, did_you_mean
from forecaster.domain.event import CATEGORIES, Event

LEADER_LEVEL = MappingProxyType({"parade": 3, "summit": 3, "leader_visit": 3, "treaty_signing": 4})
"""Categories of display → the intensity from which one is leader-level (the ledger's README)."""

_EVENT_COLUMNS = (
    *("id", "start", "end", "date_precision", "actors", "others", "kind", "category", "summary"),
    *("intensity", "confidence", "source_url_1", "source_url_2", "source_date"),
)
_CLAIM_COLUMNS = ("scope", "kind", "category", "from", "to", "grade", "by", "note")
_FOLDER = "ledger"
_CLAIMS_FILE = "coverage.csv"
_EVERY = "*"
_LEADER_LEVEL = "leader-level"


class Claim(Coverage):
    """Somebody looked: over this span, for this scope and these events; `*` stands for every."""

    scope: Literal["*"] | Scope
    kind: Literal["*", "display", "operational", "crack", "hedging", "posture", "crisis"]
    category: str
    by: str = Field(min_length=1, description="who looked")
    note: str = ""

    @field_validator("until", mode="before")
    @classmethod
    def _may_be_open(cls, text: object) -> object:
        return None if text == "" else text

    @model_validator(mode="after")
    def _names_a_category(self) -> Self:
        known = {_EVERY, *CATEGORIES.get(self.kind, ())}
        if self.kind == "display":
            known.add(_LEADER_LEVEL)
        if self.category not in known:
            near = did_you_mean(self.category, sorted(known))
            raise ValueError(f"{self.category!r} is no category of {self.kind}{near}")
        return self

    def speaks_of(self, scope: str, kind: str, category: str, intensity: int) -> bool:
        """Say whether it holds for a scope's events of a category from an intensity up."""
        leader_level = intensity >= LEADER_LEVEL.get(category, intensity + 1)
        return (
            self.scope in {_EVERY, scope}
            and self.kind in {_EVERY, kind}
            and (
                self.category in {_EVERY, category}
                or (self.category == _LEADER_LEVEL and leader_level)
            )
        )


def read_events(roots: Sequence[Path]) -> tuple[tuple[Path, Event], ...]:
    """Read every event, each with its file; a later root overrides by id.

    An event that a later root only repeats stays the earlier file's.
    """
    chosen: dict[str, tuple[Path, Event]] = {}
    for files in files_by_root(roots, _FOLDER):
        for path, event in _of_one_root(files):
            if event.id not in chosen or chosen[event.id][1] != event:
                chosen[event.id] = path, event
    return tuple(chosen.values())


def read_claims(roots: Sequence[Path]) -> tuple[Claim, ...]:
    """Read the claims of every root."""
    paths = [path for files in files_by_root(roots, _FOLDER) for path in files]
    claimed = [path for path in paths if path.name == _CLAIMS_FILE]
    placed = (row for path in claimed for row in rows(path, _CLAIM_COLUMNS))
    return tuple(claim for _, claim in parse(placed, Claim.model_validate))


def concerns(event: Event, scope: str) -> bool:
    """Say whether an event belongs to a scope.

    It belongs to each of its actors and others, and to each pair of them in which at least one is
    an actor: India's oil purchase in Russia (actors RUS; others IND, USA) is of IND-RUS and of
    RUS-USA, not of IND-USA. Everything belongs to the world.
    """
    wanted = set(actors_of(scope))
    if not wanted <= {*event.actors, *event.others}:
        return False
    return len(wanted) < 2 or not wanted.isdisjoint(event.actors)  # noqa: PLR2004  (a dyad)


def spans(claims: Iterable[Claim]) -> tuple[Coverage, ...]:
    """Join claims that touch, so that a period which two of them share out is covered."""
    ordered = sorted(claims, key=lambda claim: claim.since)
    fully = [claim for claim in ordered if claim.grade is Grade.FULL]
    return (*_joined(ordered, Grade.PARTIAL), *_joined(fully, Grade.FULL))


def _of_one_root(files: Iterable[Path]) -> Iterator[tuple[Path, Event]]:
    """Read the events of one root; an id may stand twice only with the same words."""
    listed = [path for path in files if path.name != _CLAIMS_FILE]
    placed = (row for path in listed for row in rows(path, _EVENT_COLUMNS))
    events: dict[str, Event] = {}
    for place, event in parse(placed, _event):
        if events.setdefault(event.id, event) != event:
            raise SourceChanged(f"{place}: {event.id} is the id of another event")
        yield Path(place.rpartition(":")[0]), event


def _event(row: Row) -> Event:
    kept = {name: row[name] for name in Event.model_fields if name in row}
    listed = {name: row[name].split(";") if row[name] else [] for name in ("actors", "others")}
    sources = [row[name] for name in ("source_url_1", "source_url_2") if row[name]]
    return Event.model_validate({**kept, **listed, "sources": sources})


def _joined(ordered: Iterable[Coverage], grade: Grade) -> Iterator[Coverage]:
    joined: list[tuple[date, date]] = []
    for span in ordered:
        until = span.until or date.max
        if joined and span.since <= _day_after(joined[-1][1]):
            joined[-1] = (joined[-1][0], max(joined[-1][1], until))
        else:
            joined.append((span.since, until))
    for since, until in joined:
        yield Coverage.model_validate({"from": since, "to": until, "grade": grade})


def _day_after(day: date) -> date:
    return day if day == date.max else day + timedelta(days=1)
