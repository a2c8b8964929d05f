"""Where every alert rule stands, and how it came there."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import String, cast
from sqlmodel import col, func, select

from forecaster.domain.alert import AlertState
from forecaster.domain.observation import SeriesKey
from forecaster.domain.publication import Kind
from forecaster.store.database import Session
from forecaster.store.tables import AlertStateRow, PublicationRow

_id = col(AlertStateRow.id)
_watch = (col(AlertStateRow.rule), col(AlertStateRow.indicator), col(AlertStateRow.scope))


class Unpublished(NamedTuple):
    """A state, and the name under which a publication renders it."""

    source: str
    state: AlertState


def add(session: Session, state: AlertState, *, now: datetime) -> None:
    """Remember where a rule stands now."""
    row = AlertStateRow(
        rule=state.rule,
        indicator=state.indicator,
        scope=state.scope,
        status=state.status.value,
        recorded_at=now,
        state=state,
    )
    session.add(row)
    session.flush()


def latest(session: Session, rule: str, key: SeriesKey) -> AlertState | None:
    """Return where a rule stands for a series."""
    query = select(col(AlertStateRow.state)).where(
        AlertStateRow.rule == rule,
        AlertStateRow.indicator == key.indicator,
        AlertStateRow.scope == key.scope,
    )
    return session.exec(query.order_by(_id.desc()).limit(1)).first()


def current(session: Session) -> tuple[AlertState, ...]:
    """Return where every rule stands for every series, by their names."""
    newest = select(func.max(_id)).group_by(*_watch)
    query = select(col(AlertStateRow.state)).where(_id.in_(newest))
    return tuple(session.exec(query.order_by(*_watch)))


def unpublished(session: Session) -> tuple[Unpublished, ...]:
    """Return the states that no publication renders, oldest first."""
    source = col(AlertStateRow.rule) + "/" + col(AlertStateRow.scope) + "/" + cast(_id, String)
    rendered = (
        select(PublicationRow.seq)
        .where(PublicationRow.kind == Kind.ALERT, col(PublicationRow.source) == source)
        .exists()
    )
    query = select(source, col(AlertStateRow.state)).where(~rendered).order_by(_id)
    return tuple(Unpublished(*row) for row in session.exec(query))
