"""What counting sources saw: reports and slots, each remembered once however often it comes."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlmodel import col, delete, select

from forecaster.domain.observation import Sighting, Slot
from forecaster.store.database import Session, insert_unless_there
from forecaster.store.tables import OwedTallyRow, SightingRow, SlotRow


def record(
    session: Session,
    indicator: str,
    sightings: Sequence[Sighting],
    slots: Sequence[Slot],
    *,
    document: str | None,
) -> frozenset[tuple[str, date]]:
    """Record what was not seen before; return the scopes and days that it touches."""
    touched: set[tuple[str, date]] = set()
    if sightings:
        statement = insert_unless_there(session, SightingRow)
        fresh = statement.returning(col(SightingRow.scope), col(SightingRow.day))
        common = {"indicator": indicator, "document": document}
        rows = [sighting.model_dump() | common for sighting in sightings]
        touched.update(session.execute(fresh, rows))
    if slots:
        rows = [slot.model_dump() | {"indicator": indicator} for slot in slots]
        session.execute(insert_unless_there(session, SlotRow), rows)
    return frozenset(touched)


def forget(session: Session, indicator: str, document: str) -> frozenset[date]:
    """Forget what was seen in a document, which is about to be read again; return the days."""
    of_it = col(SightingRow.indicator) == indicator, col(SightingRow.document) == document
    days = frozenset(session.exec(select(col(SightingRow.day)).where(*of_it)))
    session.exec(delete(SightingRow).where(*of_it))
    return days


def visited(
    session: Session,
    indicator: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> frozenset[str]:
    """Name the slots that were visited, whether or not the source had them."""
    query = select(SlotRow.name).where(SlotRow.indicator == indicator)
    if since is not None:
        query = query.where(col(SlotRow.at) >= since)
    if until is not None:
        query = query.where(col(SlotRow.at) < until)
    return frozenset(session.exec(query))


def last_slot(session: Session, indicator: str, *, before: datetime | None = None) -> Slot | None:
    """Return the newest slot that was settled, or the newest before a moment."""
    query = select(SlotRow).where(SlotRow.indicator == indicator)
    if before is not None:
        query = query.where(col(SlotRow.at) < before)
    newest_first = query.order_by(col(SlotRow.at).desc(), col(SlotRow.name).desc())
    row = session.exec(newest_first.limit(1)).first()
    return None if row is None else Slot.model_validate(row, from_attributes=True)


def seen_between(
    session: Session, indicator: str, scope: str, first: date, last: date
) -> tuple[Sighting, ...]:
    """Return the reports of the days from the first to the last, both included."""
    query = (
        select(SightingRow)
        .where(SightingRow.indicator == indicator, SightingRow.scope == scope)
        .where(col(SightingRow.day).between(first, last))
        .order_by(col(SightingRow.day), col(SightingRow.name))
    )
    return tuple(Sighting.model_validate(row, from_attributes=True) for row in session.exec(query))


def documents_between(
    session: Session, indicator: str, scope: str, first: date, last: date
) -> tuple[str, ...]:
    """Name the documents in which the reports of some days were seen."""
    query = (
        select(col(SightingRow.document))
        .where(SightingRow.indicator == indicator, SightingRow.scope == scope)
        .where(col(SightingRow.day).between(first, last), col(SightingRow.document).is_not(None))
        .distinct()
        .order_by(col(SightingRow.document))
    )
    return tuple(digest for digest in session.exec(query) if digest is not None)


def slots_between(
    session: Session, indicator: str, start: datetime, end: datetime
) -> tuple[Slot, ...]:
    """Return the slots from a moment up to, but not at, another."""
    query = (
        select(SlotRow)
        .where(SlotRow.indicator == indicator)
        .where(col(SlotRow.at) >= start, col(SlotRow.at) < end)
        .order_by(col(SlotRow.at), col(SlotRow.name))
    )
    return tuple(Slot.model_validate(row, from_attributes=True) for row in session.exec(query))


def owe(session: Session, indicator: str, starts: Iterable[date]) -> None:
    """Note that the periods that start on these days are to be tallied."""
    rows = [{"indicator": indicator, "period_start": start} for start in sorted(set(starts))]
    if rows:
        session.execute(insert_unless_there(session, OwedTallyRow), rows)


def owed(session: Session, indicator: str) -> tuple[date, ...]:
    """Return the starts of the periods that are to be tallied, in their order."""
    starts = col(OwedTallyRow.period_start)
    query = select(starts).where(OwedTallyRow.indicator == indicator).order_by(starts)
    return tuple(session.exec(query))


def pay(session: Session, indicator: str, start: date) -> None:
    """Note that a period has been tallied.

    Pay before reading what was seen, in the same transaction: what is seen meanwhile is then
    owed anew, not forgotten.
    """
    settled = col(OwedTallyRow.indicator) == indicator, col(OwedTallyRow.period_start) == start
    session.exec(delete(OwedTallyRow).where(*settled))
