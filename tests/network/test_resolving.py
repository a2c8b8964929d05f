"""Names are looked up for no longer than one can wait."""

import socket
import time
from collections.abc import Iterator
from threading import BoundedSemaphore, Event

import pytest

from forecaster.network.deadline import within
from forecaster.network.resolving import Resolver


@pytest.fixture
def released() -> Iterator[Event]:
    event = Event()
    yield event
    event.set()


def test_a_name_leads_to_its_addresses() -> None:
    assert Resolver()("127.0.0.1", 80) == ("127.0.0.1",)


def test_what_the_system_says_is_handed_on() -> None:
    def unknown(_host: str, _port: int) -> tuple[str, ...]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(socket.gaierror, match="not known"):
        Resolver(unknown)("x.example", 80)


def test_a_resolver_that_hangs_costs_no_more_than_the_time_that_is_left(released: Event) -> None:
    def hang(_host: str, _port: int) -> tuple[str, ...]:
        released.wait(30)
        return ()

    began = time.monotonic()
    with within(0.1), pytest.raises(TimeoutError, match="did not answer in time"):
        Resolver(hang)("x.example", 80)
    assert time.monotonic() - began < 5


def test_look_ups_that_hang_are_bounded_in_number(released: Event) -> None:
    def hang(_host: str, _port: int) -> tuple[str, ...]:
        released.wait(30)
        return ()

    resolver = Resolver(hang, longest_seconds=0.05, free=BoundedSemaphore(1))
    with pytest.raises(TimeoutError, match="did not answer"):
        resolver("x.example", 80)
    with pytest.raises(TimeoutError, match="too many names"):
        resolver("y.example", 80)


def test_a_look_up_that_ends_makes_room_for_the_next() -> None:
    resolver = Resolver(lambda *_: ("127.0.0.1",), free=BoundedSemaphore(1))
    for _ in range(3):
        assert resolver("x.example", 80) == ("127.0.0.1",)
