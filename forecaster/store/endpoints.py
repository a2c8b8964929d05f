"""Who is told: the registered receivers, with their secrets as they were sealed."""

from datetime import datetime

from sqlmodel import col, select, update
from sqlmodel import delete as delete_from

from forecaster.domain.errors import UnknownName
from forecaster.domain.webhook import Endpoint
from forecaster.store.database import Session
from forecaster.store.tables import DeliveryRow, EndpointRow


def add(session: Session, endpoint: Endpoint, *, sealed_secret: bytes) -> None:
    """Register a receiver."""
    session.add(EndpointRow(**endpoint.model_dump(), sealed_secret=sealed_secret))
    session.flush()


def all(session: Session) -> tuple[Endpoint, ...]:  # noqa: A001  (read as `endpoints.all`)
    """Return every receiver, in the order of their registration."""
    rows = session.exec(select(EndpointRow).order_by(col(EndpointRow.created_at), EndpointRow.id))
    return tuple(Endpoint.model_validate(row, from_attributes=True) for row in rows)


def get(session: Session, endpoint_id: str) -> Endpoint:
    """Return a receiver by its id."""
    return Endpoint.model_validate(_row(session, endpoint_id), from_attributes=True)


def delete(session: Session, endpoint_id: str) -> None:
    """Forget a receiver, and with it what was on its way to it."""
    gone = delete_from(EndpointRow).where(col(EndpointRow.id) == endpoint_id)
    if session.exec(gone).rowcount == 0:
        raise UnknownName("webhook", endpoint_id, ())


def disable(session: Session, endpoint_id: str, *, now: datetime, reason: str) -> None:
    """Tell a receiver no more; what is on its way to it is given up."""
    enabled = col(EndpointRow.id) == endpoint_id, col(EndpointRow.disabled_at).is_(None)
    disabled = update(EndpointRow).where(*enabled).values(disabled_at=now, disabled_reason=reason)
    session.exec(disabled)
    due = col(DeliveryRow.endpoint_id) == endpoint_id, col(DeliveryRow.outcome).is_(None)
    session.exec(update(DeliveryRow).where(*due).values(due_at=None, outcome="given up"))


def sealed_secret(session: Session, endpoint_id: str) -> bytes:
    """Return a receiver's secret as it was sealed."""
    return _row(session, endpoint_id).sealed_secret


def _row(session: Session, endpoint_id: str) -> EndpointRow:
    row = session.get(EndpointRow, endpoint_id)
    if row is None:
        raise UnknownName("webhook", endpoint_id, ())
    return row
