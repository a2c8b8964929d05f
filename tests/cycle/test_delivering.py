"""A message goes out until it is taken, always under the same id, or until there is no use."""

from datetime import timedelta

import pytest

from forecaster.cycle.delivering import Courier
from forecaster.domain.webhook import Message
from forecaster.store import endpoints, outbox
from forecaster.working import Working
from tests.cycle.conftest import Clock
from tests.cycle.day import deliver, live
from tests.cycle.test_crashes import register
from tests.house import NOW, quiet_weeks, write_patrols
from tests.servers.receiver import BROKEN, GONE, OK, STALL, receiver

HOUR = timedelta(hours=1)


@pytest.fixture
def firing(working: Working) -> Working:
    """Return a house in which the next day fires an alert."""
    write_patrols(working.roots[0], [*quiet_weeks(40), 9])
    return working


def test_a_failed_delivery_comes_back_under_the_same_id(firing: Working, clock: Clock) -> None:
    with receiver(BROKEN, OK) as hook:
        register(firing, hook.url)
        live(firing)
        assert deliver(firing) == 0, "not before its time"

        clock.now += HOUR
        assert deliver(firing) == 1
        assert deliver(firing) == 0
        first, second = hook.wait_for(2)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


def test_a_receiver_that_is_gone_is_not_called_again(firing: Working, clock: Clock) -> None:
    with receiver(GONE) as hook:
        register(firing, hook.url)
        live(firing)
        clock.now += HOUR
        assert deliver(firing) == 0
        hook.wait_for(1)
    with firing.database.read() as session:
        (endpoint,) = endpoints.all(session)
    assert endpoint.disabled_at is not None


def test_a_dead_receiver_does_not_keep_a_message_from_another(firing: Working) -> None:
    with receiver() as hook:
        register(firing, "http://127.0.0.1:65001/")
        register(firing, hook.url)
        live(firing)
        hook.wait_for(1)


def test_a_stalling_receiver_delays_nobody_else_and_is_called_once_at_a_time(
    firing: Working,
) -> None:
    courier = Courier(firing.database, firing.channel, firing.vault, firing.now)
    with receiver(STALL) as slow, receiver() as quick:
        register(firing, slow.url)
        register(firing, quick.url)
        write_patrols(firing.roots[0], quiet_weeks(40))
        live(firing)
        for number in range(2):
            message = Message(id=f"msg_{number}", type="ping", created_at=NOW, data={})
            with firing.database.begin() as session:
                outbox.enqueue(session, message)

        assert courier.dispatch() == 2
        quick.wait_for(2)
        slow.wait_for(1)
        assert courier.dispatch() == 0
        assert len(slow.requests) == 1
    courier.finish()
    courier.threads.shutdown()
