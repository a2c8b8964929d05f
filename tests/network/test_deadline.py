"""A deadline belongs to a block of one thread, and to nothing else."""

import time
from threading import Thread

import pytest

from forecaster.network.deadline import left, within


def test_without_a_deadline_there_is_as_much_time_as_was_asked_for() -> None:
    assert left() is None
    assert left(3) == 3


def test_within_a_deadline_there_is_no_more_time_than_is_left() -> None:
    with within(10):
        assert 9 < (left() or 0) <= 10
        assert left(3) == 3
        assert 9 < (left(60) or 0) <= 10


def test_a_deadline_ends_with_its_block() -> None:
    with within(10), within(1):
        pass
    assert left() is None


def test_when_the_time_is_over_that_is_an_error() -> None:
    with within(0.01):
        time.sleep(0.02)
        with pytest.raises(TimeoutError, match="time for one attempt is over"):
            left()


def test_another_thread_has_its_own_time() -> None:
    found: list[float | None] = []
    with within(10):
        thread = Thread(target=lambda: found.append(left()))
        thread.start()
        thread.join()
    assert found == [None]
