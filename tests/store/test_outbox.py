"""What is to be told is written with its cause, told at least once, and given up at last."""

from datetime import datetime

import pytest

from forecaster.domain.webhook import Delivery, DeliveryResult
from forecaster.store import endpoints, outbox
from forecaster.store.database import Database, Session
from forecaster.store.outbox import Attempt
from tests.store.samples import DAY, HOUR, NOW, endpoint, message

DELIVERED = DeliveryResult(delivered=True, retry=False, status=200)
FAILED = DeliveryResult(delivered=False, retry=True, status=503, error="busy \0")
GONE = DeliveryResult(delivered=False, retry=False, status=410, gone=True)


@pytest.fixture
def told(database: Database) -> Database:
    """A store with two receivers, both to be told of one message."""
    with database.begin() as session:
        for name in ("a", "b"):
            endpoints.add(session, endpoint(name), sealed_secret=b"1")
        assert outbox.enqueue(session, message()) == 2
    return database


def due(database: Database, now: datetime = NOW, limit: int = 10) -> tuple[Delivery, ...]:
    with database.read() as session:
        return outbox.due(session, now, limit)


def settle(
    database: Database,
    delivery: Delivery,
    result: DeliveryResult,
    *,
    now: datetime = NOW,
    retry_at: datetime | None = None,
) -> None:
    with database.begin() as session:
        outbox.settle(session, delivery, result, now=now, retry_at=retry_at)


def test_a_message_is_due_at_every_receiver_at_once(told: Database) -> None:
    assert due(told) == (
        Delivery(id=1, message=message(), endpoint=endpoint("a"), attempts=0, due_at=NOW),
        Delivery(id=2, message=message(), endpoint=endpoint("b"), attempts=0, due_at=NOW),
    )
    assert len(due(told, limit=1)) == 1
    assert due(told, NOW - HOUR) == ()


def test_a_message_is_enqueued_once(told: Database) -> None:
    with told.begin() as session:
        endpoints.add(session, endpoint("late"), sealed_secret=b"1")

        assert outbox.enqueue(session, message()) == 0

    assert len(due(told)) == 2


def test_a_message_may_be_for_one_receiver_only(told: Database) -> None:
    with told.begin() as session:
        assert outbox.enqueue(session, message("ping"), only="b") == 1
        assert outbox.enqueue(session, message("lost"), only="nobody") == 0

    assert [one.endpoint.id for one in due(told) if one.message.id == "ping"] == ["b"]


def test_a_disabled_receiver_is_told_nothing(told: Database) -> None:
    with told.begin() as session:
        endpoints.disable(session, "a", now=NOW, reason="test")

        assert outbox.enqueue(session, message("next")) == 1

    assert {one.endpoint.id for one in due(told)} == {"b"}


def test_a_message_without_its_cause_is_not_told(database: Database) -> None:
    def fail(session: Session) -> None:
        outbox.enqueue(session, message())
        raise ValueError("the cause failed")

    with database.begin() as session:
        endpoints.add(session, endpoint("a"), sealed_secret=b"1")
    with pytest.raises(ValueError, match="the cause failed"), database.begin() as session:
        fail(session)

    assert due(database) == ()


def test_what_was_delivered_is_no_longer_due(told: Database) -> None:
    settle(told, due(told)[0], DELIVERED)

    assert [one.endpoint.id for one in due(told, NOW + DAY)] == ["b"]


def test_what_failed_is_due_again_under_the_same_id(told: Database) -> None:
    first = due(told)[0]

    settle(told, first, FAILED, retry_at=NOW + HOUR)

    assert [one.endpoint.id for one in due(told)] == ["b"]
    again = due(told, NOW + HOUR)[0]
    assert again == first.model_copy(update={"attempts": 1, "due_at": NOW + HOUR})


def test_what_failed_for_good_is_given_up(told: Database) -> None:
    settle(told, due(told)[0], FAILED)

    assert [one.endpoint.id for one in due(told, NOW + DAY)] == ["b"]


def test_a_receiver_that_is_gone_is_disabled(told: Database) -> None:
    settle(told, due(told)[0], GONE)

    with told.read() as session:
        assert endpoints.get(session, "a").disabled_at == NOW
    assert [one.endpoint.id for one in due(told)] == ["b"]


def test_an_attempt_that_ends_after_the_delivery_changes_only_the_record(told: Database) -> None:
    slow = due(told)[0]
    settle(told, slow, DELIVERED)

    settle(told, slow, FAILED, retry_at=NOW + HOUR)

    assert [one.endpoint.id for one in due(told, NOW + DAY)] == ["b"]
    with told.read() as session:
        assert [one.delivered for one in outbox.attempts(session, "a", 10)] == [False, True]


def test_an_attempt_at_a_forgotten_receiver_leaves_no_trace(told: Database) -> None:
    delivery = due(told)[0]
    with told.begin() as session:
        endpoints.delete(session, "a")

    settle(told, delivery, DELIVERED)

    with told.read() as session:
        assert outbox.attempts(session, "a", 10) == ()


def test_attempts_are_told_newest_first(told: Database) -> None:
    delivery = due(told)[0]
    settle(told, delivery, FAILED, retry_at=NOW + HOUR)
    settle(told, delivery, DELIVERED, now=NOW + HOUR)

    with told.read() as session:
        both, last = outbox.attempts(session, "a", 10), outbox.attempts(session, "a", 1)

    common = {"message": "msg_1", "type": "alert.firing"}
    assert both == (
        Attempt(**common, attempted_at=NOW + HOUR, delivered=True, status=200, error=None),
        Attempt(**common, attempted_at=NOW, delivered=False, status=503, error="busy \ufffd"),
    )
    assert last == both[:1]
