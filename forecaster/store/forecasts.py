"""Which forecasts were issued, and the fits that they name; neither is ever edited."""

from sqlmodel import col, func, select

from forecaster.domain.errors import UnknownName
from forecaster.domain.forecast import Fit, Issue
from forecaster.domain.observation import SeriesKey
from forecaster.domain.publication import Kind
from forecaster.store.database import Session
from forecaster.store.tables import FitRow, IssueRow, PublicationRow

_position = col(IssueRow.position)
_series = (col(IssueRow.indicator), col(IssueRow.scope))


def add_fit(session: Session, fit: Fit) -> None:
    """Remember a fit."""
    keys = fit.model_dump(include={"id", "indicator", "scope", "made_at", "definition"})
    session.add(FitRow(**keys, fit=fit))
    session.flush()


def fit(session: Session, fit_id: str) -> Fit:
    """Return a fit by its id."""
    found = session.exec(select(col(FitRow.fit)).where(FitRow.id == fit_id)).first()
    if found is None:
        raise UnknownName("fit", fit_id, ())
    return found


def latest_fit(session: Session, key: SeriesKey) -> Fit | None:
    """Return the newest fit of a series."""
    query = select(col(FitRow.fit)).where(
        FitRow.indicator == key.indicator, FitRow.scope == key.scope
    )
    return session.exec(query.order_by(col(FitRow.position).desc()).limit(1)).first()


def add(session: Session, issue: Issue) -> None:
    """Remember an issue; its fit was remembered before."""
    columns = {"id", "indicator", "scope", "issued_at", "definition", "fit"}
    session.add(IssueRow(**issue.model_dump(include=columns), issue=issue))
    session.flush()


def get(session: Session, issue_id: str) -> Issue:
    """Return an issue by its id."""
    return _row(session, issue_id).issue


def latest(session: Session, key: SeriesKey) -> Issue | None:
    """Return the newest issue of a series."""
    query = select(col(IssueRow.issue)).where(
        IssueRow.indicator == key.indicator, IssueRow.scope == key.scope
    )
    return session.exec(query.order_by(_position.desc()).limit(1)).first()


def all_latest(session: Session) -> tuple[Issue, ...]:
    """Return the newest issue of every series, by their names."""
    newest = select(func.max(_position)).group_by(*_series)
    query = select(col(IssueRow.issue)).where(_position.in_(newest))
    return tuple(session.exec(query.order_by(*_series)))


def after(session: Session, key: SeriesKey, issue_id: str | None) -> tuple[Issue, ...]:
    """Return the issues of a series that came after one, or all, oldest first."""
    query = select(col(IssueRow.issue)).where(
        IssueRow.indicator == key.indicator, IssueRow.scope == key.scope
    )
    if issue_id is not None:
        query = query.where(_position > _row(session, issue_id).position)
    return tuple(session.exec(query.order_by(_position)))


def newest_of_fit(session: Session, fit: Fit, count: int) -> tuple[Issue, ...]:
    """Return the newest issues that used a fit, so many at most, oldest first."""
    query = select(col(IssueRow.issue)).where(
        IssueRow.indicator == fit.indicator, IssueRow.scope == fit.scope, IssueRow.fit == fit.id
    )
    newest = session.exec(query.order_by(_position.desc()).limit(count)).all()
    return tuple(reversed(newest))


def unpublished(session: Session) -> tuple[Issue, ...]:
    """Return the issues that no publication renders, oldest first."""
    rendered = (
        select(PublicationRow.seq)
        .where(PublicationRow.kind == Kind.FORECAST, PublicationRow.source == IssueRow.id)
        .exists()
    )
    return tuple(session.exec(select(col(IssueRow.issue)).where(~rendered).order_by(_position)))


def _row(session: Session, issue_id: str) -> IssueRow:
    row = session.exec(select(IssueRow).where(IssueRow.id == issue_id)).first()
    if row is None:
        raise UnknownName("issue", issue_id, ())
    return row
