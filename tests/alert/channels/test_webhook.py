"""Webhooks against real receivers on loopback."""

import json
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
import standardwebhooks
from hypothesis import given
from hypothesis import strategies as st

from forecaster.alert.channels.webhook import Webhook, body_of, signed, wait_asked_for
from forecaster.alert.secrets import new_secret
from forecaster.domain.webhook import Delivery, DeliveryResult, Endpoint, Message
from tests.servers import receiver as servers
from tests.servers.receiver import Answer, Receiver, receiver

SECRET = new_secret()
CREATED = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
MESSAGE = Message(
    id="msg_1", type="alert.firing", created_at=CREATED, data={"rule": "überall", "value": 0.7}
)
CHANNEL = Webhook(allow_private=True, timeout_seconds=5)


def delivery(url: str) -> Delivery:
    endpoint = Endpoint(id="e1", url=url, created_at=CREATED)
    return Delivery(id=1, message=MESSAGE, endpoint=endpoint, attempts=0, due_at=CREATED)


def send(to: Receiver, channel: Webhook = CHANNEL, *secrets: str) -> DeliveryResult:
    return channel.send(delivery(to.url), secrets or (SECRET,), now=datetime.now(UTC))


def test_the_public_library_verifies_what_a_receiver_got() -> None:
    with receiver() as there:
        result = send(there)

    got = there.requests[0]
    assert result == DeliveryResult(delivered=True, retry=False, status=200)
    assert standardwebhooks.Webhook(SECRET).verify(got.body, got.headers) == {
        "type": "alert.firing",
        "timestamp": "2026-01-05T12:00:00Z",
        "data": {"rule": "überall", "value": 0.7},
    }


def test_a_moment_in_another_zone_is_signed_as_the_same_moment() -> None:
    tokyo = datetime.now(timezone(timedelta(hours=9)))

    headers = signed(MESSAGE, b"{}", (SECRET,), tokyo)

    standardwebhooks.Webhook(SECRET).verify(b"{}", headers)


def test_the_body_is_compact_and_the_same_at_every_attempt() -> None:
    with receiver() as there:
        send(there)
        send(there)

    first, second = there.requests
    assert first.body == second.body == body_of(MESSAGE)
    assert b": " not in first.body
    assert json.loads(first.body)["data"] == MESSAGE.data
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == "msg_1"
    assert first.headers["content-type"] == "application/json"
    assert first.path == "/hook"


@pytest.mark.parametrize("held", [0, 1])
def test_while_secrets_change_the_old_and_the_new_one_both_verify(held: int) -> None:
    secrets = (new_secret(), new_secret())
    with receiver() as there:
        send(there, CHANNEL, *secrets)

    got = there.requests[0]
    assert len(got.headers["webhook-signature"].split(" ")) == 2
    standardwebhooks.Webhook(secrets[held]).verify(got.body, got.headers)


def test_a_message_never_leaves_unsigned() -> None:
    with receiver() as there, pytest.raises(ValueError, match="unsigned"):
        CHANNEL.send(delivery(there.url), (), now=CREATED)

    assert there.requests == []


def test_a_receiver_that_is_gone_gets_nothing_more() -> None:
    with receiver(servers.GONE) as there:
        result = send(there)

    assert (result.delivered, result.retry, result.gone, result.status) == (
        False,
        False,
        True,
        410,
    )


@pytest.mark.parametrize("status", [429, 503])
def test_the_wait_that_a_busy_receiver_asks_for_is_handed_on(status: int) -> None:
    with receiver(Answer(status, {"Retry-After": "120"})) as there:
        result = send(there)

    assert (result.retry, result.status) == (True, status)
    assert result.retry_after == timedelta(seconds=120)


def test_a_wait_may_be_given_as_a_date() -> None:
    with receiver(Answer(503, {"Retry-After": "Mon, 05 Jan 2026 12:10:00 GMT"})) as there:
        result = CHANNEL.send(delivery(there.url), (SECRET,), now=CREATED)

    assert result.retry_after == timedelta(minutes=10)


@pytest.mark.parametrize("text", ["soon", "", "-5", "9" * 30, "Mon, 05 Jan 99999999999 12:00 GMT"])
def test_a_wait_that_cannot_be_read_was_not_asked_for(text: str) -> None:
    with receiver(Answer(429, {"Retry-After": text})) as there:
        result = send(there)

    assert (result.retry, result.retry_after) == (True, None)


def test_a_date_in_the_past_asks_for_no_wait() -> None:
    with receiver(Answer(429, {"Retry-After": "Mon, 05 Jan 2015 12:00:00 -0000"})) as there:
        result = send(there)

    assert result.retry_after == timedelta()


@pytest.mark.parametrize("status", [400, 401, 404, 500, 502])
def test_any_other_answer_is_for_later_and_is_quoted(status: int) -> None:
    with receiver(Answer(status, {"Retry-After": "9"}, b"out\x00 of order " * 1000)) as there:
        result = send(there)

    assert (result.delivered, result.retry, result.status) == (False, True, status)
    assert result.retry_after is None
    assert result.error is not None
    assert result.error.startswith(f"the receiver answered {status}: out of order")
    assert len(result.error) < 300


def test_redirects_are_not_followed() -> None:
    with receiver() as inner, receiver(Answer(302, {"Location": inner.url})) as there:
        result = send(there)

    assert inner.requests == []
    assert (result.retry, result.status) == (True, 302)
    assert "redirects are not followed" in str(result.error)


@pytest.mark.parametrize("answer", [servers.STALL, servers.DRIP], ids=["stall", "drip"])
def test_a_receiver_that_does_not_come_to_an_end_costs_only_the_time_of_one_attempt(
    answer: Answer,
) -> None:
    hurried = Webhook(allow_private=True, timeout_seconds=0.4)
    with receiver(answer) as there:
        began = time.monotonic()
        result = send(there, hurried)
        took = time.monotonic() - began

    assert (result.delivered, result.retry) == (False, True)
    assert took < 2


def test_an_endless_answer_is_not_read_to_its_end() -> None:
    with receiver(servers.ENDLESS) as there:
        result = send(there)

    assert (result.retry, result.status) == (True, 500)
    assert len(str(result.error)) < 300


def test_an_answer_that_breaks_off_is_quoted_as_far_as_it_came() -> None:
    with receiver(Answer(500, {"Transfer-Encoding": "chunked"}, b"5\r\nsorry\r\n!")) as there:
        result = send(there)

    assert (result.retry, result.status) == (True, 500)


def test_an_endless_answer_after_success_is_a_success() -> None:
    with receiver(Answer(200, manner="endless")) as there:
        assert send(there).delivered


def test_a_cut_line_is_for_later() -> None:
    with receiver(servers.RESET) as there:
        result = send(there)

    assert (result.delivered, result.retry, result.status) == (False, True, None)


def test_a_receiver_that_is_not_there_is_for_later() -> None:
    with receiver() as there:
        pass

    result = send(there)

    assert (result.delivered, result.retry, result.status) == (False, True, None)


def test_a_private_address_is_not_called_and_not_tried_again() -> None:
    with receiver() as there:
        result = send(there, Webhook())

    assert there.requests == []
    assert (result.delivered, result.retry, result.gone) == (False, False, False)
    assert "loopback" in str(result.error)


def test_what_is_no_address_is_not_tried_again() -> None:
    result = CHANNEL.send(delivery("gopher://x.example/"), (SECRET,), now=CREATED)

    assert (result.delivered, result.retry) == (False, False)


def test_a_name_is_resolved_once_and_the_checked_address_is_called() -> None:
    asked = []

    def resolve(host: str, port: int) -> tuple[str, ...]:
        asked.append((host, port))
        return ("127.0.0.1",)

    with receiver() as there:
        port = there.url.split(":")[2].split("/")[0]
        url = f"http://hooks.example:{port}/in?x=1"
        channel = Webhook(allow_private=True, resolve=resolve)
        result = channel.send(delivery(url), (SECRET,), now=CREATED)

    assert result.delivered
    assert asked == [("hooks.example", int(port))]
    assert there.requests[0].headers["host"] == f"hooks.example:{port}"
    assert there.requests[0].path == "/in?x=1"


def test_where_one_address_does_not_answer_the_next_one_is_called() -> None:
    with receiver() as there:
        port = there.url.split(":")[2].split("/")[0]
        channel = Webhook(allow_private=True, resolve=lambda *_: ("::1", "127.0.0.1"))
        result = channel.send(delivery(f"http://x.example:{port}/"), (SECRET,), now=CREATED)

    assert result.delivered


def test_a_name_without_any_address_is_for_later() -> None:
    channel = Webhook(resolve=lambda *_: ())

    result = channel.send(delivery("http://x.example/"), (SECRET,), now=CREATED)

    assert (result.delivered, result.retry) == (False, True)


DIGITS = st.text(alphabet="0123456789 :+-,GMTJanMon٣", max_size=60)


@given(st.one_of(st.text(max_size=60), DIGITS))
def test_no_receiver_can_make_the_reading_of_its_wait_fail(text: str) -> None:
    wait = wait_asked_for(text, CREATED)

    assert wait is None or wait >= timedelta()


def test_an_attempt_without_any_time_left_is_for_later() -> None:
    with receiver() as there:
        result = send(there, Webhook(allow_private=True, timeout_seconds=0))

    assert (result.delivered, result.retry) == (False, True)
    assert "time for one attempt is over" in str(result.error)
