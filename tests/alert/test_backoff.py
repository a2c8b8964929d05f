"""When a delivery is tried again."""

from datetime import timedelta
from itertools import count, takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecaster.alert.backoff import next_attempt_after

JITTER = st.floats(0, 1, exclude_max=True)


def waits(jitter: float) -> list[timedelta]:
    tried = (next_attempt_after(attempts, jitter=jitter) for attempts in count(1))
    return [wait for wait in takewhile(lambda wait: wait is not None, tried) if wait]


def test_the_first_waits_are_seconds_and_the_last_hours() -> None:
    seconds = [wait.total_seconds() for wait in waits(0.5)]

    assert seconds[:4] == pytest.approx([5, 15, 45, 135])
    assert seconds[-1] == pytest.approx(6 * 3600)


def test_twenty_attempts_take_three_days_in_all() -> None:
    attempts = 1 + len(waits(0.5))

    assert attempts == 20
    assert timedelta(hours=66) < sum(waits(0.5), timedelta()) <= timedelta(days=3)


@given(JITTER, st.integers(1, 19))
def test_jitter_moves_a_wait_by_at_most_a_fifth(jitter: float, attempts: int) -> None:
    middle = next_attempt_after(attempts, jitter=0.5)
    wait = next_attempt_after(attempts, jitter=jitter)

    assert middle is not None
    assert wait is not None
    assert abs(wait - middle) <= middle * 0.2 + timedelta(microseconds=1)


def test_a_longer_wait_that_the_receiver_asks_for_is_kept() -> None:
    asked = timedelta(minutes=10)

    assert next_attempt_after(1, jitter=0.5, retry_after=asked) == asked


def test_a_shorter_wait_that_the_receiver_asks_for_hurries_nobody() -> None:
    assert next_attempt_after(9, jitter=0.5, retry_after=timedelta(1e-9)) == timedelta(hours=6)


def test_no_receiver_can_ask_for_more_than_a_day() -> None:
    asked = timedelta(days=400)

    assert next_attempt_after(1, jitter=0.0, retry_after=asked) == timedelta(days=1)


@given(st.integers(20, 10_000), JITTER)
def test_after_the_last_attempt_nothing_is_tried_again(attempts: int, jitter: float) -> None:
    assert next_attempt_after(attempts, jitter=jitter, retry_after=timedelta(seconds=1)) is None
