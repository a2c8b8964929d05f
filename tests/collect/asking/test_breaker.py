"""A breaker opens after failures in a row, lets one probe through, and closes on success."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from forecaster.collect.asking.breaker import Breaker, Patience, State

PATIENCE = Patience(failures=3, rest_seconds=30, longest_rest_seconds=100)


def failing(times: int, address: str | None = None) -> Breaker:
    breaker = Breaker()
    for at in range(times):
        breaker = breaker.failed(at, PATIENCE, probe=False, address=address)
    return breaker


def test_a_few_failures_change_nothing() -> None:
    assert failing(2).state(9) is State.CLOSED


def test_three_failures_in_a_row_open_it_for_a_while() -> None:
    breaker = failing(3)
    assert breaker.state(31.9) is State.OPEN
    assert breaker.state(32) is State.HALF_OPEN


def test_a_success_between_them_starts_the_count_anew() -> None:
    breaker = failing(2).succeeded().failed(9, PATIENCE, probe=False)
    assert (breaker.state(9), breaker.since) == (State.CLOSED, 9)


def test_one_bad_address_asked_again_and_again_closes_no_host() -> None:
    assert failing(20, "http://x/a").state(99) is State.CLOSED


def test_three_bad_addresses_are_a_bad_host() -> None:
    breaker = Breaker()
    for address in "abc":
        breaker = breaker.failed(0, PATIENCE, probe=False, address=address)
    assert breaker.state(0) is State.OPEN


@pytest.mark.parametrize(("number", "seconds"), [(1, 30), (2, 60), (3, 100), (5000, 100)])
def test_each_rest_is_twice_as_long_up_to_a_cap(number: int, seconds: float) -> None:
    assert PATIENCE.rest(number) == seconds


def test_a_probe_that_says_nothing_leaves_room_for_the_next() -> None:
    probing = failing(3).admitted(40)
    assert probing.state(40) is State.PROBING
    assert probing.undecided(probe=True).state(40) is State.HALF_OPEN
    assert probing.undecided(probe=False).state(40) is State.PROBING


class Machine(RuleBasedStateMachine):
    """Any order of asking, ending and waiting, held against the words of the promise."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker, self.now = Breaker(), 0.0
        self.on_the_way: list[bool] = []  # for each who was let through: is it the probe?
        self.row = 0
        self.opened_at: float | None = None

    @rule(seconds=st.floats(0, 50))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @precondition(lambda self: self.breaker.state(self.now) in {State.CLOSED, State.HALF_OPEN})
    @rule()
    def go(self) -> None:
        self.on_the_way.append(self.breaker.state(self.now) is State.HALF_OPEN)
        self.breaker = self.breaker.admitted(self.now)

    @precondition(lambda self: self.on_the_way)
    @rule(data=st.data())
    def succeed(self, data: st.DataObject) -> None:
        self._back(data)
        self.breaker = self.breaker.succeeded()
        self.row, self.opened_at = 0, None
        self.on_the_way = [False for _ in self.on_the_way]
        assert self.breaker.state(self.now) is State.CLOSED

    @precondition(lambda self: self.on_the_way)
    @rule(data=st.data())
    def fail(self, data: st.DataObject) -> None:
        probe = self._back(data)
        before = self.breaker
        self.breaker = before.failed(self.now, PATIENCE, probe=probe)
        self.row += 1
        if before.rests == 0 and self.row >= PATIENCE.failures:
            self.opened_at = self.now
        if probe:
            assert self.breaker.state(self.now) is State.OPEN
            assert self.breaker.rests == before.rests + 1

    @precondition(lambda self: self.on_the_way)
    @rule(data=st.data())
    def say_nothing(self, data: st.DataObject) -> None:
        self.breaker = self.breaker.undecided(probe=self._back(data))

    def _back(self, data: st.DataObject) -> bool:
        return self.on_the_way.pop(data.draw(st.integers(0, len(self.on_the_way) - 1)))

    @invariant()
    def there_is_at_most_one_probe(self) -> None:
        assert sum(self.on_the_way) <= 1

    @invariant()
    def it_is_closed_until_enough_failed_in_a_row(self) -> None:
        closed = self.breaker.state(self.now) is State.CLOSED
        assert closed == (self.opened_at is None)

    @invariant()
    def no_rest_is_longer_than_the_cap(self) -> None:
        assert self.breaker.until - self.now <= PATIENCE.longest_rest_seconds


TestAnyOrder = Machine.TestCase
TestAnyOrder.settings = settings(max_examples=60, stateful_step_count=30)
