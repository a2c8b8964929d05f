"""Everybody takes turns at a host, and nobody waits for one that is being left alone."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier, Condition, Event, Lock

import pytest

from forecaster.collect.asking.breaker import Patience
from forecaster.collect.asking.hosts import Hosts, Manners
from forecaster.domain.errors import DocumentAbsent, SourceUnavailable
from tests.collect.errands import NOW

HOST = "https://x.example"
NONE = timedelta(0)
MANNERS = Manners(
    distance_seconds=1, jitter_seconds=0, longest_turn_seconds=60, patience=Patience(3, 30, 120)
)


@dataclass
class Clock:
    """Moves when somebody waits, and not otherwise."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now

    def wait(self, _changed: Condition, seconds: float) -> bool:
        self.now += seconds
        return True


def hosts_at(clock: Clock, manners: Manners = MANNERS) -> Hosts:
    return Hosts(manners, clock=clock, wait=clock.wait)


def ask(hosts: Hosts, host: str = HOST, pace: timedelta = NONE) -> float:
    with hosts.turn(host, pace, now=NOW):
        return hosts.clock()


def fail(hosts: Hosts, *, address: str | None = None, wait: timedelta | None = None) -> None:
    with (
        suppress(SourceUnavailable),
        hosts.turn(HOST, NONE, now=NOW) as turn,
    ):
        turn.address = address
        raise SourceUnavailable("out of order", retry_after=wait)


def refused(hosts: Hosts) -> SourceUnavailable:
    with pytest.raises(SourceUnavailable) as caught:
        ask(hosts)
    return caught.value


def test_requests_to_a_host_keep_their_distance() -> None:
    hosts = hosts_at(Clock())
    assert [ask(hosts) for _ in range(3)] == [1000, 1001, 1002]


def test_another_host_need_not_be_waited_for() -> None:
    hosts = hosts_at(Clock())
    assert [ask(hosts), ask(hosts, "https://y.example")] == [1000, 1000]


def test_a_pace_of_ones_own_holds_for_whoever_comes_next() -> None:
    hosts = hosts_at(Clock())
    assert [ask(hosts, pace=timedelta(seconds=5)), ask(hosts)] == [1000, 1005]


def test_a_distance_is_longer_by_chance_and_never_shorter() -> None:
    clock = Clock()
    jitter = Manners(distance_seconds=1, jitter_seconds=2)
    hosts = Hosts(jitter, clock=clock, wait=clock.wait, chance=lambda: 0.5)
    assert [ask(hosts), ask(hosts)] == [1000, 1002]


def test_a_turn_that_would_come_too_late_is_given_up_at_once() -> None:
    clock = Clock()
    hosts = hosts_at(clock)
    ask(hosts, pace=timedelta(seconds=61))

    assert "no turn at https://x.example within 60 seconds" in str(refused(hosts))
    assert clock.now == 1000


def test_a_wait_that_the_host_asked_for_holds_for_everybody() -> None:
    clock = Clock()
    hosts = hosts_at(clock)
    fail(hosts, wait=timedelta(minutes=10))
    clock.now += 60

    error = refused(hosts)
    assert error.retry_after == timedelta(minutes=9)
    assert "asked to be left alone until 2026-03-04 12:09:00 UTC" in str(error)
    clock.now += 540
    assert ask(hosts) == 1600


def test_a_short_wait_that_the_host_asked_for_is_waited() -> None:
    hosts = hosts_at(Clock())
    fail(hosts, wait=timedelta(seconds=4))
    assert ask(hosts) == 1004


def test_three_failures_in_a_row_are_enough_and_it_is_said_since_when_and_until_when() -> None:
    clock = Clock()
    hosts = hosts_at(clock)
    for _ in range(3):
        fail(hosts)

    error = refused(hosts)
    assert str(error) == (
        "https://x.example has failed since 2026-03-04 11:59:58 UTC, 3 times in a row "
        "(the last time: out of order); it is left alone until 2026-03-04 12:00:30 UTC"
    )
    assert error.retry_after == timedelta(seconds=30)


def test_one_bad_address_does_not_close_the_host_to_others() -> None:
    hosts = hosts_at(Clock())
    for _ in range(9):
        fail(hosts, address="https://x.example/bad")
    assert ask(hosts) > 0


def test_what_a_host_answers_is_no_failure_of_the_host() -> None:
    hosts = hosts_at(Clock())
    for _ in range(9):
        with pytest.raises(DocumentAbsent), hosts.turn(HOST, NONE, now=NOW):
            raise DocumentAbsent("no such document")
    assert ask(hosts) > 0


def test_after_the_rest_exactly_one_is_let_through_to_see() -> None:
    clock = Clock()
    hosts = hosts_at(clock)
    for _ in range(3):
        fail(hosts)
    clock.now += 30

    with hosts.turn(HOST, NONE, now=NOW) as turn:
        assert turn.probe
        assert "it is being tried just now" in str(refused(hosts))
    assert ask(hosts) > 0


def test_a_probe_that_fails_doubles_the_rest_up_to_the_cap() -> None:
    clock = Clock()
    hosts = hosts_at(clock)
    for _ in range(3):
        fail(hosts)
    rests = []
    for _ in range(4):
        rest = refused(hosts).retry_after
        assert rest is not None
        rests.append(rest.total_seconds())
        clock.now += rests[-1]
        fail(hosts)
    assert rests == [30, 60, 120, 120]


def test_a_probe_that_breaks_off_leaves_room_for_the_next() -> None:
    clock = Clock()
    hosts = hosts_at(clock)
    for _ in range(3):
        fail(hosts)
    clock.now += 30
    with pytest.raises(ZeroDivisionError), hosts.turn(HOST, NONE, now=NOW):
        raise ZeroDivisionError

    assert ask(hosts) > 0


def together(count: int, work: Callable[[], None]) -> None:
    """Run the same work in so many threads at once."""
    barrier = Barrier(count)

    def begin() -> None:
        barrier.wait()
        work()

    with ThreadPoolExecutor(count) as pool:
        for future in [pool.submit(begin) for _ in range(count)]:
            future.result()


def test_no_more_than_two_ask_a_host_at_once() -> None:
    hosts = Hosts(Manners(distance_seconds=0, jitter_seconds=0))
    lock, now, most = Lock(), 0, 0

    def work() -> None:
        nonlocal now, most
        with hosts.turn(HOST, NONE, now=NOW):
            with lock:
                now += 1
                most = max(most, now)
            time.sleep(0.005)
            with lock:
                now -= 1

    together(12, work)
    assert (most, now) == (2, 0)


def test_who_waits_is_told_at_once_when_the_host_is_left_alone() -> None:
    hosts = Hosts(Manners(0, 0, at_once=1, longest_turn_seconds=60, patience=Patience(1, 60)))
    inside, told = Event(), []

    def wait() -> None:
        inside.wait()
        told.append(refused(hosts))

    began = time.monotonic()
    with ThreadPoolExecutor(3) as pool, suppress(SourceUnavailable):
        for _ in range(3):
            pool.submit(wait)
        with hosts.turn(HOST, NONE, now=NOW):
            inside.set()
            time.sleep(0.1)
            raise SourceUnavailable("out of order")
    assert time.monotonic() - began < 10
    assert len(told) == 3
    assert all("left alone until" in str(error) for error in told)


def test_a_host_that_comes_back_gets_one_probe_from_many_threads() -> None:
    hosts = Hosts(Manners(0, 0, patience=Patience(1, 0.05)))
    fail(hosts)
    time.sleep(0.06)
    lock, probes, refusals = Lock(), 0, 0

    def work() -> None:
        nonlocal probes, refusals
        try:
            with hosts.turn(HOST, NONE, now=NOW) as turn:
                with lock:
                    probes += turn.probe
                time.sleep(0.2)
        except SourceUnavailable:
            with lock:
                refusals += 1

    together(8, work)
    assert (probes, refusals) == (1, 7)
