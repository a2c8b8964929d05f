"""What the collectors did: one row a run."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import col, func, select, update

from forecaster.domain.run import Run, RunStatus, Trigger
from forecaster.store.database import Session
from forecaster.store.tables import RunRow


def begin(session: Session, indicator: str, trigger: Trigger, *, now: datetime) -> int:
    """Begin a run; return its number."""
    row = RunRow(indicator=indicator, trigger=trigger, status=RunStatus.RUNNING, began_at=now)
    session.add(row)
    session.flush()
    return _run(row).id


def end(
    session: Session,
    run_id: int,
    *,
    now: datetime,
    status: RunStatus,
    documents: int = 0,
    new: int = 0,
    revised: int = 0,
    doubtful: int = 0,
    error: str | None = None,
) -> Run:
    """Say how a run ended; return it as it was."""
    row = session.exec(select(RunRow).where(RunRow.id == run_id)).one()
    row.status, row.ended_at, row.error = status.value, now, error
    row.documents, row.new, row.revised, row.doubtful = documents, new, revised, doubtful
    session.flush()
    return _run(row)


def last(session: Session, indicator: str) -> Run | None:
    """Return the newest run of an indicator."""
    return _newest(session, indicator)


def last_ok(session: Session, indicator: str) -> Run | None:
    """Return the newest run of an indicator that ended well."""
    return _newest(session, indicator, status=RunStatus.OK)


def latest(session: Session) -> Mapping[str, Run]:
    """Return the newest run of every indicator."""
    newest = select(func.max(RunRow.id)).group_by(RunRow.indicator)
    rows = session.exec(select(RunRow).where(col(RunRow.id).in_(newest)))
    return {row.indicator: _run(row) for row in rows}


def interrupt_open(session: Session, *, now: datetime) -> int:
    """Mark the runs that a crash left open; return how many."""
    left = update(RunRow).where(col(RunRow.status) == RunStatus.RUNNING.value)
    return session.exec(left.values(status=RunStatus.INTERRUPTED.value, ended_at=now)).rowcount


def _newest(session: Session, indicator: str, **like: str) -> Run | None:
    query = select(RunRow).where(RunRow.indicator == indicator).filter_by(**like)
    row = session.exec(query.order_by(col(RunRow.id).desc()).limit(1)).first()
    return _run(row) if row else None


def _run(row: RunRow) -> Run:
    return Run.model_validate(row, from_attributes=True)
