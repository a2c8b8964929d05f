"""What the collectors did: one row a run."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, func, select, update

from forecaster.domain.observation import Document
from forecaster.domain.run import Fetch, Run, RunStatus, Trigger
from forecaster.store import documents
from forecaster.store.database import Session
from forecaster.store.tables import FetchRow, RunRow

_asked = col(RunRow.trigger) != Trigger.REPARSE.value
"""Reading the archive again says nothing of how the source stands."""


def begin(
    session: Session,
    indicator: str,
    trigger: Trigger,
    *,
    now: datetime,
    window: tuple[datetime, datetime] | None = None,
    missed: int = 0,
) -> int:
    """Begin a run; return its number."""
    since, until = window or (None, None)
    row = RunRow(
        indicator=indicator,
        trigger=trigger,
        status=RunStatus.RUNNING,
        began_at=now,
        since=since,
        until=until,
        missed=missed,
    )
    session.add(row)
    session.flush()
    return _run(row).id


def skip(session: Session, indicator: str, trigger: Trigger, *, now: datetime, missed: int) -> Run:
    """Record that what was missed is not asked for."""
    run_id = begin(session, indicator, trigger, now=now, missed=missed)
    return end(session, run_id, now=now, status=RunStatus.SKIPPED)


def end(session: Session, run_id: int, *, now: datetime, status: RunStatus, **facts: Any) -> Run:
    """Say how a run ended, and the other facts of a `Run` that are known by then; return it."""
    row = session.exec(select(RunRow).where(RunRow.id == run_id)).one()
    row.status, row.ended_at = status.value, now
    for name, value in facts.items():
        setattr(row, name, sorted(value) if isinstance(value, frozenset) else value)
    session.flush()
    return _run(row)


def record_fetches(
    session: Session, run_id: int, taken: Sequence[Document], *, after: int
) -> None:
    """Record what the source answered to a run, behind the answers that were recorded before."""
    for position, document in enumerate(taken, start=after):
        documents.record(session, document)
        session.add(
            FetchRow(
                run=run_id,
                position=position,
                url=document.url,
                document=document.digest,
                fetched_at=document.fetched_at,
                status=document.status,
            )
        )
    session.flush()


def fetches(session: Session, run_id: int) -> tuple[Fetch, ...]:
    """Return what the source answered to a run, in the order in which it was asked."""
    query = select(FetchRow).where(FetchRow.run == run_id).order_by(col(FetchRow.position))
    return tuple(Fetch.model_validate(row, from_attributes=True) for row in session.exec(query))


def that_fetched(
    session: Session, document: str, limit: int = 20
) -> tuple[tuple[int, dict[str, Any]], ...]:
    """Return the newest runs that were answered with a document: number, indicator, address."""
    query = (
        select(FetchRow.run, RunRow.indicator, FetchRow.url, FetchRow.fetched_at)
        .join(RunRow, col(RunRow.id) == FetchRow.run)
        .where(FetchRow.document == document)
        .order_by(col(FetchRow.run).desc())
        .limit(limit)
    )
    return tuple(
        (run, {"indicator": indicator, "url": url, "fetched_at": fetched_at})
        for run, indicator, url, fetched_at in session.exec(query)
    )


def with_fetches(session: Session, indicator: str) -> tuple[Run, ...]:
    """Return the runs of an indicator to which a source answered, oldest first."""
    answered = select(col(FetchRow.run)).distinct()
    query = select(RunRow).where(RunRow.indicator == indicator, col(RunRow.id).in_(answered))
    return tuple(_run(row) for row in session.exec(query.order_by(col(RunRow.id))))


def get(session: Session, run_id: int) -> Run | None:
    """Return a run by its number."""
    row = session.get(RunRow, run_id)
    return _run(row) if row else None


def noted(session: Session, indicator: str, limit: int = 5) -> tuple[Run, ...]:
    """Return the newest runs of an indicator that have notes, newest first."""
    query = select(RunRow).where(RunRow.indicator == indicator, col(RunRow.notes).is_not(None))
    rows = session.exec(query.order_by(col(RunRow.id).desc()).limit(limit))
    return tuple(_run(row) for row in rows)


def last_read(session: Session, indicator: str) -> Run | None:
    """Return the newest run that read all that the source had, for comparison with the next."""
    query = select(RunRow).where(
        RunRow.indicator == indicator,
        col(RunRow.status).in_([RunStatus.OK.value, RunStatus.STALE.value]),
        col(RunRow.rows).is_not(None),
        col(RunRow.since).is_(None),
    )
    row = session.exec(query.order_by(col(RunRow.id).desc()).limit(1)).first()
    return _run(row) if row else None


def last(session: Session, indicator: str) -> Run | None:
    """Return the newest run in which an indicator's source was asked."""
    return _newest(session, indicator)


def last_ok(session: Session, indicator: str) -> Run | None:
    """Return the newest run of an indicator that ended well."""
    return _newest(session, indicator, status=RunStatus.OK)


def latest(session: Session) -> Mapping[str, Run]:
    """Return the newest run of every indicator in which its source was asked."""
    newest = select(func.max(RunRow.id)).where(_asked).group_by(RunRow.indicator)
    rows = session.exec(select(RunRow).where(col(RunRow.id).in_(newest)))
    return {row.indicator: _run(row) for row in rows}


def interrupt_open(session: Session, *, now: datetime) -> int:
    """Mark the runs that a crash left open; return how many."""
    left = update(RunRow).where(col(RunRow.status) == RunStatus.RUNNING.value)
    return session.exec(left.values(status=RunStatus.INTERRUPTED.value, ended_at=now)).rowcount


def _newest(session: Session, indicator: str, **like: str) -> Run | None:
    query = select(RunRow).where(RunRow.indicator == indicator, _asked).filter_by(**like)
    row = session.exec(query.order_by(col(RunRow.id).desc()).limit(1)).first()
    return _run(row) if row else None


def _run(row: RunRow) -> Run:
    return Run.model_validate(row, from_attributes=True)
