"""When to try a delivery again: soon at first, then ever later, for three days in all."""

from datetime import timedelta

_FIRST = timedelta(seconds=5)
_LONGEST = timedelta(hours=6)
_IN_ALL = timedelta(days=3)
_SPREAD = 0.2
_LONGEST_ASKED_FOR = timedelta(days=1)


def next_attempt_after(
    attempts: int, *, jitter: float, retry_after: timedelta | None = None
) -> timedelta | None:
    """Return how long to wait after so many failed attempts; none: give up.

    Waits triple from 5 seconds up to 6 hours until they add up to three days: twenty attempts.
    `jitter`, uniform over [0, 1), moves each wait by up to a fifth either way. A receiver's own
    `Retry-After` is kept where it is longer, up to a day, and then stretches the three days.
    """
    if sum((_wait(attempt) for attempt in range(1, attempts + 1)), timedelta()) > _IN_ALL:
        return None
    wait = _wait(attempts) * (1 + _SPREAD * (2 * jitter - 1))
    return max(wait, min(retry_after or timedelta(), _LONGEST_ASKED_FOR))


def _wait(attempt: int) -> timedelta:
    tripled: int = 3 ** min(attempt - 1, 10)  # bounded, as a power grows out of any clock
    return min(_FIRST * tripled, _LONGEST)
