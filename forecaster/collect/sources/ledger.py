"""Counts of the event ledger: hand-coded, sourced acts, ours and the operator's."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Literal, Self

import structlog
from pydantic import Field, model_validator

from forecaster.collect.source import Batch, Errand
from forecaster.collect.tables.events import (
    LEADER_LEVEL,
    Claim,
    concerns,
    read_claims,
    read_events,
    spans,
)
from forecaster.definitions.shipped import shipped_root
from forecaster.domain.base import Frozen
from forecaster.domain.coverage import Coverage, Grade, grade_of
from forecaster.domain.errors import did_you_mean
from forecaster.domain.event import CATEGORIES, Confidence, Event
from forecaster.domain.faults import Fault, refuse
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Reading
from forecaster.domain.period import Period

log = structlog.get_logger(__name__)
Kind = Literal["display", "operational", "crack", "hedging", "posture", "crisis"]


class LedgerOptions(Frozen):
    """Which events are counted, and how."""

    kinds: tuple[Kind, ...] = Field(min_length=1)
    categories: tuple[str, ...] | None = Field(default=None, description="else all of the kinds")
    exclude: tuple[str, ...] | None = Field(default=None, description="categories left out")
    min_intensity: int = Field(default=1, ge=1, le=5)
    leader_level: bool = Field(
        default=False,
        description="only parades, summits and leader visits from intensity 3, treaties from 4",
    )
    confidence: tuple[Confidence, ...] | None = Field(default=None, min_length=1)
    measure: Literal["count", "intensity"] = "count"

    @model_validator(mode="after")
    def _selects_something(self) -> Self:
        refuse(*self._strangers("categories"), *self._strangers("exclude"))
        if self.leader_level and self.kinds != ("display",):
            refuse(Fault("is said of displays alone: kinds: [display]", ("leader_level",)))
        if not self.floors:
            refuse(Fault("these options leave no category to count"))
        return self

    def _strangers(self, field: str) -> list[Fault]:
        known = sorted(name for kind in self.kinds for name in CATEGORIES[kind])
        of_kinds = ", ".join(self.kinds)
        return [
            Fault(f"{name!r} is no category of {of_kinds}{did_you_mean(name, known)}", (field, at))
            for at, name in enumerate(getattr(self, field) or ())
            if name not in known
        ]

    @cached_property
    def floors(self) -> Mapping[tuple[str, str], int]:
        """Map every kind and category that is counted to the intensity from which it is."""
        floors: dict[tuple[str, str], int] = {}
        for kind in self.kinds:
            for category in sorted(CATEGORIES[kind]):
                if self._counts(category):
                    least = LEADER_LEVEL[category] if self.leader_level else 1
                    floors[kind, category] = max(self.min_intensity, least)
        return floors

    def _counts(self, category: str) -> bool:
        return (
            (self.categories is None or category in self.categories)
            and category not in (self.exclude or ())
            and (not self.leader_level or category in LEADER_LEVEL)
        )

    def weight(self, event: Event) -> int:
        """Return what an event adds to its period; 0 if it is not counted."""
        if self.confidence is not None and event.confidence not in self.confidence:
            return 0
        floor = self.floors.get((event.kind, event.category))
        if floor is None or event.intensity < floor:
            return 0
        return 1 if self.measure == "count" else event.intensity


@dataclass(frozen=True)
class Ledger:
    """Gives counts per period of an event's start, wherever the ledger claims to have seen.

    An event was known a lag after its end, and a period's first count a lag after the period; an
    event that was known later is a later count of the same period. What is counted is known only
    where every counted category is covered, and as well as the least covered one.
    """

    Options: ClassVar = LedgerOptions
    shipped: ClassVar = True
    options: LedgerOptions

    def collect(self, errand: Errand) -> Iterator[Batch]:
        """Give every count that the files yield by now."""
        events, claims = read_events(errand.roots), read_claims(errand.roots)
        chosen = [(path, event) for path, event in events if self.options.weight(event)]
        _warn_of_rows_outside(claims, chosen, errand.definition)
        counted = [(event, self.options.weight(event)) for _, event in chosen]

        readings: list[Reading] = []
        for scope in errand.definition.scopes:
            acts = _by_period(counted, scope, errand)
            for period, grade in self._covered(errand, scope, claims):
                readings += _counts(scope, period, grade, acts.get(period, ()), errand)
        yield Batch(readings=tuple(readings), whole=True, done=1, total=1)

    def _covered(
        self, errand: Errand, scope: str, claims: Sequence[Claim]
    ) -> Iterator[tuple[Period, Grade]]:
        """Walk through the periods for which every counted category was covered."""
        covers = {
            spans(claim for claim in claims if claim.speaks_of(scope, kind, category, floor))
            for (kind, category), floor in self.options.floors.items()
        }
        if errand.definition.coverage:
            covers.add(errand.definition.coverage)
        if not all(covers):
            return

        first = max(min(span.since for span in cover) for cover in covers)
        frequency = errand.definition.frequency
        start = Period.containing(first, frequency)
        for period in start.through(Period.containing(errand.now.date(), frequency)):
            grade = _worst(period, covers)
            if grade is not None:
                yield period, grade


def _warn_of_rows_outside(
    claims: Sequence[Claim], events: Sequence[tuple[Path, Event]], definition: Definition
) -> None:
    """Log each of the operator's files with events at which nobody claims to have looked."""
    ours = (shipped_root() / "ledger" / "events.csv").resolve()
    outside = Counter(
        path for path, event in events if path != ours and _lies_outside(claims, event, definition)
    )
    for path, found in outside.items():
        log.warning(
            "ledger_rows_outside_coverage",
            indicator=definition.id,
            file=str(path),
            rows=found,
            what_to_do="declare what was looked at in ledger/coverage.csv",
        )


def _lies_outside(claims: Sequence[Claim], event: Event, definition: Definition) -> bool:
    """Say whether an event is of the definition's scopes, but its period is claimed for none."""
    period = Period.containing(event.start, definition.frequency)
    scopes = [scope for scope in definition.scopes if concerns(event, scope)]
    covers = (
        spans(
            claim
            for claim in claims
            if claim.speaks_of(scope, event.kind, event.category, event.intensity)
        )
        for scope in scopes
    )
    return bool(scopes) and all(grade_of(period, cover) is None for cover in covers)


def _worst(period: Period, covers: set[tuple[Coverage, ...]]) -> Grade | None:
    grades = {grade_of(period, cover) for cover in covers}
    if None in grades:
        return None
    return Grade.PARTIAL if Grade.PARTIAL in grades else Grade.FULL


def _by_period(
    counted: Sequence[tuple[Event, int]], scope: str, errand: Errand
) -> Mapping[Period, Sequence[tuple[datetime, int]]]:
    """Sort a scope's acts into periods: when each was known, and what it adds."""
    acts: dict[Period, list[tuple[datetime, int]]] = defaultdict(list)
    definition: Definition = errand.definition
    for event, weight in counted:
        if concerns(event, scope):
            period = Period.containing(event.start, definition.frequency)
            acts[period].append((event.known_at(definition.release), weight))
    return acts


def _counts(
    scope: str,
    period: Period,
    grade: Grade,
    acts: Sequence[tuple[datetime, int]],
    errand: Errand,
) -> Iterator[Reading]:
    """Give the first count of a period, and another at every moment that added to it."""
    released = errand.definition.known_at(period)
    later = {known for known, _ in acts if known > released}
    for moment in sorted({released, *later}):
        if moment <= errand.now:
            value = sum(weight for known, weight in acts if known <= moment)
            yield Reading(
                scope=scope,
                period=period,
                value=value,
                grade=grade,
                known_at=moment,
                pseudo=True,
            )
