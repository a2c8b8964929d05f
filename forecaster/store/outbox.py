"""What is to be told: messages written in the transaction of their cause, and their deliveries."""

from datetime import datetime

from sqlmodel import col, select

from forecaster.domain.base import Frozen, Utc
from forecaster.domain.webhook import Delivery, DeliveryResult, Endpoint, EventType, Message
from forecaster.store import endpoints
from forecaster.store.database import Session, insert_unless_there
from forecaster.store.tables import AttemptRow, DeliveryRow, EndpointRow, MessageRow


class Attempt(Frozen):
    """One attempt to deliver a message to a receiver, as it ended."""

    message: str
    type: EventType
    attempted_at: Utc
    delivered: bool
    status: int | None
    error: str | None


def enqueue(session: Session, message: Message, *, only: str | None = None) -> int:
    """Put a message on its way to every enabled receiver, or to one; return to how many.

    A message whose id stands already changes nothing, so that its cause can be handled again.
    """
    statement = insert_unless_there(session, MessageRow).returning(col(MessageRow.id))
    if not session.execute(statement, message.model_dump()).all():
        return 0
    receivers = select(EndpointRow.id).where(col(EndpointRow.disabled_at).is_(None))
    if only is not None:
        receivers = receivers.where(EndpointRow.id == only)
    deliveries = [
        DeliveryRow(message_id=message.id, endpoint_id=endpoint, due_at=message.created_at)
        for endpoint in session.exec(receivers.order_by(EndpointRow.id))
    ]
    session.add_all(deliveries)
    session.flush()
    return len(deliveries)


def waiting(session: Session, now: datetime) -> tuple[str, ...]:
    """Name the receivers to whom something is to be delivered now."""
    query = select(DeliveryRow.endpoint_id).where(col(DeliveryRow.due_at) <= now)
    return tuple(session.exec(query.distinct().order_by(DeliveryRow.endpoint_id)))


def due(
    session: Session, now: datetime, limit: int, *, endpoint: str | None = None
) -> tuple[Delivery, ...]:
    """Return the deliveries to be attempted now, to one receiver or to all, the oldest first."""
    query = (
        select(DeliveryRow, MessageRow, EndpointRow)
        .join(MessageRow, col(MessageRow.id) == DeliveryRow.message_id)
        .join(EndpointRow, col(EndpointRow.id) == DeliveryRow.endpoint_id)
        .where(col(DeliveryRow.due_at) <= now)
        .order_by(col(DeliveryRow.id))
        .limit(limit)
    )
    if endpoint is not None:
        query = query.where(DeliveryRow.endpoint_id == endpoint)
    return tuple(_delivery(*rows) for rows in session.exec(query))


def settle(
    session: Session,
    delivery: Delivery,
    result: DeliveryResult,
    *,
    now: datetime,
    retry_at: datetime | None,
) -> None:
    """Record how an attempt ended, and when the next is due; none: delivered, or given up."""
    row = session.get(DeliveryRow, delivery.id, with_for_update=True)
    if row is None:  # its receiver was forgotten meanwhile
        return
    attempt = result.model_dump(include={"delivered", "status", "error"})
    session.add(AttemptRow(delivery_id=delivery.id, attempted_at=now, **attempt))
    row.attempts += 1
    if result.delivered:
        row.due_at, row.outcome = None, "delivered"
    elif row.outcome is None:
        row.due_at, row.outcome = retry_at, None if retry_at else "given up"
    session.flush()
    if result.gone:
        endpoints.disable(session, delivery.endpoint.id, now=now, reason="the receiver said 410")


def attempts(session: Session, endpoint_id: str, limit: int) -> tuple[Attempt, ...]:
    """Return the last attempts to reach a receiver, newest first."""
    query = (
        select(AttemptRow, MessageRow)
        .join(DeliveryRow, col(DeliveryRow.id) == AttemptRow.delivery_id)
        .join(MessageRow, col(MessageRow.id) == DeliveryRow.message_id)
        .where(DeliveryRow.endpoint_id == endpoint_id)
        .order_by(col(AttemptRow.id).desc())
        .limit(limit)
    )
    return tuple(_attempt(*rows) for rows in session.exec(query))


def _delivery(row: DeliveryRow, message: MessageRow, endpoint: EndpointRow) -> Delivery:
    return Delivery.model_validate(
        {
            "id": row.id,
            "message": Message.model_validate(message, from_attributes=True),
            "endpoint": Endpoint.model_validate(endpoint, from_attributes=True),
            "attempts": row.attempts,
            "due_at": row.due_at,
        }
    )


def _attempt(row: AttemptRow, message: MessageRow) -> Attempt:
    return Attempt.model_validate(
        {
            "message": message.id,
            "type": message.type,
            **row.model_dump(include={"attempted_at", "delivered", "status", "error"}),
        }
    )
