"""What every registered channel must do, ours and other people's."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from forecaster import plugins
from forecaster.alert.channel import Channel
from forecaster.alert.secrets import new_secret
from forecaster.domain.webhook import Delivery, DeliveryResult, Endpoint, Message
from tests.servers import receiver as servers
from tests.servers.receiver import Answer, receiver

NOW = datetime(2026, 1, 5, tzinfo=UTC)
SECRET = new_secret()


@pytest.fixture(params=plugins.names("channels"))
def send(request: pytest.FixtureRequest) -> Callable[[str], DeliveryResult]:
    """Return how this channel sends to an address."""
    make: Callable[..., Channel] = plugins.load("channels", request.param)

    def one(url: str) -> DeliveryResult:
        message = Message(id="msg_1", type="ping", created_at=NOW, data={})
        endpoint = Endpoint(id="e1", url=url, created_at=NOW)
        delivery = Delivery(id=1, message=message, endpoint=endpoint, attempts=0, due_at=NOW)
        return make(allow_private=True).send(delivery, (SECRET,), now=NOW)

    return one


def test_what_was_taken_is_delivered(send: Callable[[str], DeliveryResult]) -> None:
    with receiver(Answer(204)) as there:
        result = send(there.url)

    assert (result.delivered, result.retry) == (True, False)


@pytest.mark.parametrize("answer", [servers.BROKEN, servers.BUSY, servers.RESET, servers.MOVED])
def test_what_was_not_taken_is_for_later(
    send: Callable[[str], DeliveryResult], answer: Answer
) -> None:
    with receiver(answer) as there:
        result = send(there.url)

    assert (result.delivered, result.retry, result.gone) == (False, True, False)
    assert result.error


def test_a_receiver_that_left_is_gone(send: Callable[[str], DeliveryResult]) -> None:
    with receiver(servers.GONE) as there:
        result = send(there.url)

    assert (result.delivered, result.retry, result.gone) == (False, False, True)


@pytest.mark.parametrize("url", ["", "nonsense", "http://[::1", "http://0.0.0.0/"])
def test_what_is_no_receiver_is_not_tried_again(
    send: Callable[[str], DeliveryResult], url: str
) -> None:
    result = send(url)

    assert (result.delivered, result.retry) == (False, False)


def test_no_secret_shows_in_the_result(send: Callable[[str], DeliveryResult]) -> None:
    with receiver(servers.BROKEN) as there:
        result = send(there.url)

    assert SECRET.removeprefix("whsec_") not in result.model_dump_json()
