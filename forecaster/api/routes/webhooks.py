"""Who is told of alerts: register a receiver, list, test and remove them."""

import re
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from ulid import ULID

from forecaster.alert.receivers import check_receiver
from forecaster.alert.secrets import new_secret
from forecaster.api import bodies, problems
from forecaster.api.auth import admin_only
from forecaster.api.problems import Problem
from forecaster.api.served import Served
from forecaster.domain.errors import DeliveryError, DeliveryRefused, UnknownName
from forecaster.domain.webhook import Endpoint, Message
from forecaster.publish.encoding import to_json
from forecaster.store import endpoints, outbox
from forecaster.store.database import Session

router = APIRouter(
    tags=["webhooks"],
    dependencies=[Depends(admin_only)],
    responses=problems.documented("key-needed", "database-unavailable"),
)

_ID = re.compile(r"ep_[0-9A-HJKMNP-TV-Z]{26}")


class NewEndpoint(BaseModel):
    """A receiver to be registered."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    url: str = Field(max_length=2000, examples=["https://example.org/hook"])
    description: str = Field(default="", max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")


async def _new_endpoint(request: Request) -> NewEndpoint:
    return await bodies.read(request, NewEndpoint)


_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": NewEndpoint.model_json_schema()}},
    }
}


@router.post(
    "/v1/webhooks",
    status_code=201,
    summary="Register a receiver",
    openapi_extra=_BODY,
    responses=problems.documented(
        "malformed-request", "too-large", "not-json", "receiver-refused"
    ),
)
def register(served: Served, new: Annotated[NewEndpoint, Depends(_new_endpoint)]) -> Response:
    """Answer with the receiver and its secret, which is never shown again."""
    _check(new.url, allow_private=served.allow_private_receivers)
    now = served.clock()
    secret = new_secret()
    endpoint = Endpoint(
        id=f"ep_{ULID.from_datetime(now)}",
        url=new.url,
        description=new.description,
        created_at=now,
    )
    with served.database.begin() as session:
        endpoints.add(session, endpoint, sealed_secret=served.vault.seal(secret))
    return _private(
        _told(endpoint) | {"secret": secret},
        status=201,
        headers={"Location": f"/v1/webhooks/{endpoint.id}"},
    )


@router.get("/v1/webhooks", summary="List the receivers")
def registered(served: Served) -> Response:
    """Answer with every receiver, without its secret."""
    with served.database.read() as session:
        known = endpoints.all(session)
    return _private({"count": len(known), "webhooks": [_told(endpoint) for endpoint in known]})


@router.delete(
    "/v1/webhooks/{endpoint}",
    status_code=204,
    summary="Remove a receiver",
    responses=problems.documented("not-found"),
)
def remove(served: Served, endpoint: str) -> Response:
    """Forget a receiver; it is told nothing more."""
    with served.database.begin() as session:
        _known(session, endpoint)
        endpoints.delete(session, endpoint)
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


@router.post(
    "/v1/webhooks/{endpoint}/test",
    status_code=202,
    summary="Send a receiver a ping",
    responses=problems.documented("not-found", "endpoint-disabled"),
)
def test(served: Served, endpoint: str) -> Response:
    """Put a ping on its way; the worker delivers it like any other message."""
    now = served.clock()
    with served.database.begin() as session:
        receiver = _known(session, endpoint)
        if receiver.disabled_at is not None:
            raise Problem(
                "endpoint-disabled",
                f"{endpoint} was disabled: {receiver.disabled_reason}; remove it and register "
                "the receiver again",
            )
        message = _ping(endpoint, now)
        outbox.enqueue(session, message, only=endpoint)
    return _private({"message": message.id, "type": message.type}, status=202)


def _check(url: str, *, allow_private: bool) -> None:
    try:
        check_receiver(url, allow_private=allow_private)
    except DeliveryError as error:
        raise Problem("receiver-refused", f"url: {error}{_hint(url, error)}") from error


def _hint(url: str, error: DeliveryError) -> str:
    """Name the setting, where it is what stands in the way."""
    if isinstance(error, DeliveryRefused):
        return ""
    try:
        check_receiver(url, allow_private=True)
    except DeliveryError:
        return ""
    return "; FORECASTER_ALLOW_PRIVATE_RECEIVERS=true allows it"


def _known(session: Session, endpoint: str) -> Endpoint:
    if not _ID.fullmatch(endpoint):
        raise UnknownName("webhook", endpoint, ())
    return endpoints.get(session, endpoint)


def _ping(endpoint: str, now: datetime) -> Message:
    return Message(
        id=f"msg_{ULID.from_datetime(now)}",
        type="ping",
        created_at=now,
        data={"webhook": endpoint},
    )


def _told(endpoint: Endpoint) -> dict[str, JsonValue]:
    return endpoint.model_dump(mode="json")


def _private(
    document: dict[str, JsonValue], *, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    return Response(
        to_json(document),
        status_code=status,
        media_type="application/json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )
