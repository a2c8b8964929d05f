"""Receivers are registered, disabled and forgotten; their secrets stay sealed."""

import pytest

from forecaster.domain.errors import UnknownName
from forecaster.store import endpoints, outbox
from forecaster.store.database import Database
from tests.store.samples import DAY, NOW, endpoint, message


def test_receivers_come_back_in_the_order_of_their_registration(database: Database) -> None:
    later = endpoint("a", created_at=NOW + DAY)
    with database.begin() as session:
        endpoints.add(session, later, sealed_secret=b"\x00\xff")
        endpoints.add(session, endpoint("b"), sealed_secret=b"2")

    with database.read() as session:
        assert endpoints.all(session) == (endpoint("b"), later)
        assert endpoints.get(session, "a") == later
        assert endpoints.sealed_secret(session, "a") == b"\x00\xff"


def test_a_receiver_is_forgotten_with_all_that_was_on_its_way(database: Database) -> None:
    with database.begin() as session:
        endpoints.add(session, endpoint("a"), sealed_secret=b"1")
        outbox.enqueue(session, message())
        endpoints.delete(session, "a")

    with database.read() as session:
        assert endpoints.all(session) == ()
        assert outbox.due(session, NOW, 10) == ()


def test_a_receiver_is_disabled_once_and_for_one_reason(database: Database) -> None:
    with database.begin() as session:
        endpoints.add(session, endpoint("a"), sealed_secret=b"1")
        endpoints.disable(session, "a", now=NOW, reason="it said 410")
        endpoints.disable(session, "a", now=NOW + DAY, reason="another")

    with database.read() as session:
        disabled = endpoints.get(session, "a")
    assert (disabled.disabled_at, disabled.disabled_reason) == (NOW, "it said 410")


@pytest.mark.parametrize("act", [endpoints.get, endpoints.delete, endpoints.sealed_secret])
def test_an_unknown_receiver_is_said_to_be_unknown(database: Database, act: object) -> None:
    assert callable(act)
    with pytest.raises(UnknownName, match="no webhook named 'x'"), database.begin() as session:
        act(session, "x")
