"""Tell by webhook: one signed POST, as Standard Webhooks (standardwebhooks.com) lays down."""

import json
import re
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpcore
import httpx
import standardwebhooks

from forecaster.alert.receivers import check_url, port_of
from forecaster.domain.errors import (
    AddressForbidden,
    AddressUnknown,
    DeliveryRefused,
    ReceiverForbidden,
    SubscriberGone,
)
from forecaster.domain.webhook import Delivery, DeliveryResult, Message
from forecaster.network.addresses import Resolve
from forecaster.network.deadline import within
from forecaster.network.dialling import CheckedBackend
from forecaster.network.resolving import Resolver

_BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
_SECONDS = re.compile(r"[0-9]{1,9}")
_EXCERPT_BYTES = 2_000
_EXCERPT_CHARACTERS = 200
_BROKEN = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
)


@dataclass(frozen=True)
class Webhook:
    """Posts messages to receivers: directly, without proxies, cookies or redirects."""

    allow_private: bool = False
    timeout_seconds: float = 15.0
    resolve: Resolve = field(default_factory=Resolver)
    tls: ssl.SSLContext = field(default_factory=httpcore.default_ssl_context, repr=False)

    def send(
        self, delivery: Delivery, secrets: tuple[str, ...], *, now: datetime
    ) -> DeliveryResult:
        """Post a message once: 2xx is delivered, 410 the end, anything else is for later."""
        try:
            status = self._post(delivery, secrets, now)
        except ReceiverForbidden as error:
            return DeliveryResult(delivered=False, retry=False, error=str(error))
        except SubscriberGone as error:
            return DeliveryResult(
                delivered=False, retry=False, status=HTTPStatus.GONE, error=str(error), gone=True
            )
        except DeliveryRefused as error:
            return DeliveryResult(
                delivered=False,
                retry=True,
                status=error.status,
                error=str(error),
                retry_after=error.retry_after,
            )
        return DeliveryResult(delivered=True, retry=False, status=status)

    def _post(self, delivery: Delivery, secrets: tuple[str, ...], now: datetime) -> int:
        url = check_url(delivery.endpoint.url)
        body = body_of(delivery.message)
        headers = {
            "Host": url.netloc.decode(),
            "Content-Type": "application/json",
            "User-Agent": "forecaster",
            **signed(delivery.message, body, secrets, now),
        }
        line = CheckedBackend(allow_private=self.allow_private, resolve=self.resolve)
        try:
            with (
                within(self.timeout_seconds),
                httpcore.ConnectionPool(self.tls, network_backend=line) as pool,
                pool.stream(
                    "POST", _target(url), headers=[*headers.items()], content=body
                ) as response,
            ):
                return _judge(response, now)
        except _BROKEN as error:
            raise DeliveryRefused(f"{type(error).__name__}: {error}") from error
        except AddressUnknown as error:
            raise DeliveryRefused(str(error)) from error
        except AddressForbidden as error:
            raise ReceiverForbidden(str(error)) from error


def body_of(message: Message) -> bytes:
    """Render a message: the same bytes at every attempt."""
    content = {
        "type": message.type,
        "timestamp": message.created_at.isoformat().replace("+00:00", "Z"),
        "data": message.data,
    }
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()


def signed(
    message: Message, body: bytes, secrets: tuple[str, ...], now: datetime
) -> dict[str, str]:
    """Return the three headers of Standard Webhooks, with one signature for each secret."""
    if not secrets:
        raise ValueError("a message never leaves unsigned")
    moment = now.astimezone(UTC)  # the library would relabel any other zone as UTC
    signatures = (
        standardwebhooks.Webhook(secret).sign(message.id, moment, body.decode())
        for secret in secrets
    )
    return {
        "webhook-id": message.id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def wait_asked_for(text: str, now: datetime) -> timedelta | None:
    """Read a `Retry-After`, seconds or a date; what cannot be read was not asked for."""
    if _SECONDS.fullmatch(text.strip()):
        return timedelta(seconds=int(text))
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return max(moment.replace(tzinfo=moment.tzinfo or UTC) - now, timedelta())


def _target(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=port_of(url), target=url.raw_path
    )


def _judge(response: httpcore.Response, now: datetime) -> int:
    """Return the status of a message that was taken; the error's type says what to do else."""
    status = response.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return status
    said = f"the receiver answered {status}{_excerpt(response)}"
    if status == HTTPStatus.GONE:
        raise SubscriberGone(said)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        said += "; redirects are not followed: register the address to which it leads"
    headers = {name.lower(): value for name, value in response.headers}
    asked = headers.get(b"retry-after", b"").decode(errors="replace")
    wait = wait_asked_for(asked, now) if status in _BUSY else None
    raise DeliveryRefused(said, status=status, retry_after=wait)


def _excerpt(response: httpcore.Response) -> str:
    """Quote the beginning of an answer, however long it is or badly it ends."""
    read = b""
    try:
        for chunk in response.iter_stream():
            read += chunk
            if len(read) >= _EXCERPT_BYTES:
                break
    except _BROKEN:
        pass
    text = "".join(c for c in read[:_EXCERPT_BYTES].decode(errors="replace") if c.isprintable())
    return f": {text[:_EXCERPT_CHARACTERS]}" if text else ""
