"""TLS to a pinned address: the certificate must still be that of the name in the URL."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest

from forecaster.alert.channels.webhook import Webhook
from forecaster.alert.secrets import new_secret
from forecaster.domain.webhook import Delivery, DeliveryResult, Endpoint, Message
from tests.servers.receiver import Receiver, receiver
from tests.servers.tls import server_tls, write_certificate

NOW = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a key and a self-signed certificate for hooks.example."""
    return write_certificate(tmp_path_factory.mktemp("tls") / "hooks.pem", "hooks.example")


def send_to(name: str, there: Receiver, certificate: Path) -> DeliveryResult:
    channel = Webhook(
        allow_private=True,
        timeout_seconds=5,
        resolve=lambda *_: ("127.0.0.1",),
        tls=ssl.create_default_context(cafile=certificate),
    )
    url = there.url.replace("127.0.0.1", name)
    message = Message(id="msg_1", type="ping", created_at=NOW, data={})
    endpoint = Endpoint(id="e1", url=url, created_at=NOW)
    delivery = Delivery(id=1, message=message, endpoint=endpoint, attempts=0, due_at=NOW)
    return channel.send(delivery, (new_secret(),), now=NOW)


def test_the_certificate_of_the_name_is_accepted_at_the_pinned_address(certificate: Path) -> None:
    with receiver(tls=server_tls(certificate)) as there:
        result = send_to("hooks.example", there, certificate)

    assert result == DeliveryResult(delivered=True, retry=False, status=200)
    assert there.requests[0].headers["host"].startswith("hooks.example:")


def test_the_certificate_of_another_name_is_not_accepted(certificate: Path) -> None:
    with receiver(tls=server_tls(certificate)) as there:
        result = send_to("other.example", there, certificate)

    assert there.requests == []
    assert (result.delivered, result.retry) == (False, True)
    assert "CERTIFICATE_VERIFY_FAILED" in str(result.error)
