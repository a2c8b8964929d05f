"""A message goes out until it is taken, always under the same id, or until there is no use."""

from datetime import timedelta

import pytest

from forecaster.cycle.delivering import deliver
from forecaster.store import endpoints
from forecaster.working import Working
from tests.cycle.conftest import Clock
from tests.cycle.day import live
from tests.cycle.test_crashes import register
from tests.house import quiet_weeks, write_patrols
from tests.servers.receiver import BROKEN, GONE, OK, receiver

HOUR = timedelta(hours=1)


def send(working: Working) -> int:
    return deliver(working.database, working.channel, working.vault, clock=working.now)


@pytest.fixture
def firing(working: Working) -> Working:
    """Return a house in which the next day fires an alert."""
    write_patrols(working.roots[0], [*quiet_weeks(40), 9])
    return working


def test_a_failed_delivery_comes_back_under_the_same_id(firing: Working, clock: Clock) -> None:
    with receiver(BROKEN, OK) as hook:
        register(firing, hook.url)
        live(firing)
        assert send(firing) == 0, "not before its time"

        clock.now += HOUR
        assert send(firing) == 1
        assert send(firing) == 0
        first, second = hook.wait_for(2)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


def test_a_receiver_that_is_gone_is_not_called_again(firing: Working, clock: Clock) -> None:
    with receiver(GONE) as hook:
        register(firing, hook.url)
        live(firing)
        clock.now += HOUR
        assert send(firing) == 0
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
