"""A new name, the same history: what was seen under a former id is copied, moments and all."""

from sqlalchemy import func, insert, literal, select
from sqlmodel import col

from forecaster.domain.indicator import Definition
from forecaster.store.database import Session, insert_unless_there, lock
from forecaster.store.tables import ObservationRow, OwedTallyRow, SeriesRow, SightingRow, SlotRow

_OF_NAME = (SightingRow, SlotRow, OwedTallyRow)
_KEPT = [name for name in ObservationRow.model_fields if name not in {"id", "series_id"}]


def inherit(session: Session, definition: Definition, former: str) -> int:
    """Copy the history of a former id to series that have none; return how many observations.

    Values keep the moments at which they were known and recorded, and the definition, document
    and run that they came from. What a counting source saw goes along if it is asked the same.
    """
    lock(session, f"history of {definition.id}")
    if _has_history(session, definition.id):
        return 0
    copied = sum(_copy_series(session, definition.id, former, each) for each in definition.scopes)
    if copied:
        _copy_sightings(session, definition.sieve_of(former), definition.sieve)
    return copied


def _has_history(session: Session, indicator: str) -> bool:
    seen = (
        select(col(ObservationRow.id))
        .join(SeriesRow, col(SeriesRow.id) == col(ObservationRow.series_id))
        .where(col(SeriesRow.indicator) == indicator)
    )
    return session.execute(seen.limit(1)).first() is not None


def _copy_series(session: Session, indicator: str, former: str, scope: str) -> int:
    old = _series(session, former, scope)
    if old is None:
        return 0
    new = _series(session, indicator, scope) or _added(session, indicator, scope, old)
    columns = [col(getattr(ObservationRow, name)) for name in _KEPT]
    is_of_old = col(ObservationRow.series_id) == old.id
    told = select(literal(new.id), *columns).where(is_of_old).order_by(col(ObservationRow.id))
    session.execute(insert(ObservationRow).from_select(["series_id", *_KEPT], told))
    counted = select(func.count()).select_from(ObservationRow).where(is_of_old)
    count: int = session.execute(counted).scalar_one()
    return count


def _series(session: Session, indicator: str, scope: str) -> SeriesRow | None:
    named = (col(SeriesRow.indicator) == indicator, col(SeriesRow.scope) == scope)
    return session.execute(select(SeriesRow).where(*named).with_for_update()).scalar_one_or_none()


def _added(session: Session, indicator: str, scope: str, old: SeriesRow) -> SeriesRow:
    row = SeriesRow(indicator=indicator, scope=scope, last_confirmed_at=old.last_confirmed_at)
    session.add(row)
    session.flush()
    return row


def _copy_sightings(session: Session, former: str, sieve: str) -> None:
    for table in _OF_NAME:
        names = [name for name in table.model_fields if name != "indicator"]
        columns = [col(getattr(table, name)) for name in names]
        told = select(literal(sieve), *columns).where(col(table.indicator) == former)
        session.execute(
            insert_unless_there(session, table).from_select(["indicator", *names], told)
        )
