"""Things to publish and to record: a definition, its readings, its forecasts, its alerts."""

from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

import httpx
from ulid import ULID

from forecaster.domain.alert import AlertState, AlertStatus
from forecaster.domain.coverage import Grade
from forecaster.domain.forecast import Issue, Method, Projection, Step, Trend
from forecaster.domain.indicator import Definition, Family, Role, Status
from forecaster.domain.observation import Missing, Reading
from forecaster.domain.period import Frequency, Period
from forecaster.domain.publication import Draft, Kind, Publication
from forecaster.publish import documents
from forecaster.store import catalogue, observations, publications
from forecaster.store.database import Database, Session

KEY = "the-admin-key-of-the-tests"
BEARER = {"Authorization": f"Bearer {KEY}"}
NOW = datetime(2026, 3, 4, 12, 0, 30, tzinfo=UTC)


class Asking(Protocol):
    """Starts a server over a database and gives a client of it."""

    def __call__(
        self, database: Database, *, allow_private: bool = True
    ) -> AbstractAsyncContextManager[httpx.AsyncClient]: ...


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, span: timedelta) -> None:
        self.now += span


def patrols(**changes: object) -> Definition:
    return Definition.model_validate(
        {
            "id": "patrols",
            "title": "Patrols, {a}-{b}",
            "role": "operational",
            "unit": "patrols per week",
            "frequency": "week",
            "for_each": {"dyad": ["CHN-RUS", "IRN-RUS"]},
            "collect": {"source": "history", "options": {"series": "patrols"}},
            "attribution": "The Patrol Watchers",
            "license": {"name": "CC BY 4.0", "redistribution": "yes"},
        }
        | changes
    )


def declare(
    database: Database, *definitions: Definition, now: datetime = NOW - timedelta(days=60)
) -> None:
    """Put definitions in force and publish them, as the worker does."""
    with database.begin() as session:
        changes = catalogue.record(session, definitions, now=now)
        for name in changes.retired:
            definition = catalogue.version(session, catalogue.versions(session, name)[-1].digest)
            _publish_definition(session, definition, Status.RETIRED, now)
        for definition in definitions:
            _publish_definition(session, definition, definition.status, now)


def _publish_definition(
    session: Session, definition: Definition, status: Status, now: datetime
) -> None:
    draft = Draft(
        kind=Kind.INDICATOR, key=definition.id, source=f"{definition.digest}@{status}@{now}"
    )
    publications.publish(
        session,
        draft,
        lambda seq: documents.indicator(definition, seq, now, status=status),
        now=now,
    )


def week(start: str, value: float | None, known_at: datetime | None = None) -> Reading:
    return Reading(
        scope="CHN-RUS",
        period=Period(frequency=Frequency.WEEK, start=date.fromisoformat(start)),
        value=value,
        missing=Missing.NOT_REPORTED if value is None else None,
        known_at=known_at,
    )


def record(
    database: Database, definition: Definition, *readings: Reading, now: datetime = NOW
) -> None:
    with database.begin() as session:
        observations.record(session, definition, readings, now=now, inferred=True)


def issue(
    scope: str = "CHN-RUS",
    *,
    indicator: str = "patrols",
    issued_at: datetime = NOW - timedelta(hours=1),
    stale_after: datetime | None = NOW + timedelta(days=9),
    next_update_at: datetime | None = NOW + timedelta(hours=6),
    role: Role = Role.OPERATIONAL,
    refusal: str | None = None,
) -> Issue:
    return Issue(
        id=str(ULID()),
        indicator=indicator,
        scope=scope,
        title=f"Patrols, {scope}",
        role=role,
        unit="patrols per week",
        issued_at=issued_at,
        as_of=issued_at,
        record_cut=1,
        next_update_at=next_update_at,
        stale_after=stale_after,
        definition="sha256:0",
        code="test",
        fit=None,
        projection=None if refusal else _projection(),
        refusal=refusal,
    )


def _projection() -> Projection:
    return Projection(
        coverage_end=date(2026, 3, 1),
        grade=Grade.FULL,
        method=Method(
            name="climatology",
            members={"climatology": 1.0},
            baseline="climatology",
            family=Family.COUNT,
            note="",
        ),
        trend=Trend(level=2.0, slope=0.1, slope_90=(-0.2, 0.4), p_rising=0.6),
        steps=(Step(period=date(2026, 3, 2), mean=2.0, quantiles={"0.5": 2.0}),),
        probabilities=(),
        skill=None,
    )


def publish(database: Database, new: Issue, *, now: datetime | None = None) -> Publication:
    """Publish an issue, as the worker does; nothing said, at the moment at which it was issued."""
    draft = Draft(
        kind=Kind.FORECAST,
        key=str(new.key),
        source=new.id,
        next_update_at=new.next_update_at,
        stale_after=new.stale_after,
    )
    with database.begin() as session:
        publication = publications.publish(
            session, draft, lambda seq: documents.forecast(new, seq), now=now or new.issued_at
        )
    assert publication is not None
    return publication


def publish_alert(
    database: Database, rule: str, status: AlertStatus, scope: str = "CHN-RUS"
) -> None:
    state = AlertState(
        rule=rule, indicator="patrols", scope=scope, status=status, since=NOW, value=7.0
    )
    key = f"{rule}/{state.key}"
    draft = Draft(kind=Kind.ALERT, key=key, source=f"{key}/{ULID()}")
    with database.begin() as session:
        publications.publish(session, draft, lambda seq: documents.alert(state, seq), now=NOW)
