"""Step 5: render what is new, once, into the publication log."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import partial

from forecaster.cycle import observing
from forecaster.definitions.schema import indicator_schema
from forecaster.domain.publication import Draft, Kind
from forecaster.publish import documents
from forecaster.store import alerts, catalogue, forecasts, publications
from forecaster.store.database import Database


def publish(database: Database, *, now: datetime) -> int:
    """Publish every issue and alert state that is not in the log yet; return how many."""
    with database.read() as session:
        issues = forecasts.unpublished(session)
        states = alerts.unpublished(session)
        declared = {each.definition.id: each.definition for each in catalogue.newest(session)}
        closed = frozenset(
            name
            for name in {issue.indicator for issue in issues} & declared.keys()
            if observing.closed_by(session, declared[name])
        )
        silent = frozenset(
            source
            for source, state in states
            if (definition := declared.get(state.indicator))
            and observing.hides(session, definition, state.rule)
        )

    for issue in issues:
        is_withheld = issue.indicator in closed
        draft = Draft(
            kind=Kind.FORECAST,
            key=str(issue.key),
            source=issue.id,
            next_update_at=issue.next_update_at,
            stale_after=issue.stale_after,
        )
        _add(database, draft, partial(documents.forecast, issue, is_withheld=is_withheld), now)
    for source, state in states:
        draft = Draft(kind=Kind.ALERT, key=f"{state.rule}/{state.key}", source=source)
        _add(
            database,
            draft,
            partial(documents.alert, state, is_withheld=source in silent),
            now,
        )
    return len(issues) + len(states)


def publish_catalogue(database: Database, *, now: datetime) -> None:
    """Publish each definition in force, each one retired, and the schema that files must keep."""
    schema = documents.schema(indicator_schema())
    digest = hashlib.sha256(schema).hexdigest()
    draft = Draft(kind=Kind.SCHEMA, key="indicator.json", source=digest)
    _add(database, draft, lambda _seq: schema, now)

    with database.read() as session:
        standing = catalogue.newest(session)
    for version in standing:
        draft = Draft(
            kind=Kind.INDICATOR,
            key=version.definition.id,
            source=f"{version.definition.id}@{version.recorded_at.isoformat()}",
        )
        _add(database, draft, partial(_indicator, version), now)


def _indicator(version: catalogue.Newest, seq: int) -> bytes:
    return documents.indicator(version.definition, seq, version.recorded_at, version.status)


def _add(database: Database, draft: Draft, render: Callable[[int], bytes], now: datetime) -> None:
    with database.begin() as session:
        publications.publish(session, draft, render, now=now)
