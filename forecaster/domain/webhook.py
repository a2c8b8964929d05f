"""Who is told: receivers, messages to them, and the deliveries that are due."""

from datetime import timedelta
from typing import Literal

from pydantic import Field, JsonValue

from forecaster.domain.base import Frozen, Utc

EventType = Literal["alert.firing", "alert.resolved", "ping"]


class Endpoint(Frozen):
    """A receiver that somebody registered. Its secret is kept elsewhere, encrypted."""

    id: str
    url: str
    description: str = ""
    created_at: Utc
    disabled_at: Utc | None = None
    disabled_reason: str | None = None


class Message(Frozen):
    """One thing to tell; its id stays the same over every attempt and every receiver."""

    id: str
    type: EventType
    created_at: Utc
    data: dict[str, JsonValue]


class Delivery(Frozen):
    """One message on its way to one receiver."""

    id: int
    message: Message
    endpoint: Endpoint
    attempts: int
    due_at: Utc


class DeliveryResult(Frozen):
    """How an attempt ended."""

    delivered: bool
    retry: bool
    status: int | None = None
    error: str | None = None
    gone: bool = False
    retry_after: timedelta | None = Field(default=None, description="what the receiver asked for")
