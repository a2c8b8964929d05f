"""A moment by which everything that one request does must be over."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_DEADLINE: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Give what this thread does with the network inside the block so many seconds in all.

    A connection outlives its request and serves the next one, so that the deadline belongs to
    neither the connection nor the client.
    """
    token = _DEADLINE.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _DEADLINE.reset(token)


def left(most: float | None = None) -> float | None:
    """Return how many seconds are left, at most so many; none, if nobody set a deadline.

    Raises:
        TimeoutError: The time is over.
    """
    deadline = _DEADLINE.get()
    if deadline is None:
        return most
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("the time for one attempt is over")
    return seconds if most is None else min(seconds, most)
