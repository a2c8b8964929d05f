"""Take turns at a host: keep a distance, few at once, and leave it alone when it asks or fails."""

import math
import random
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Condition, Lock

from forecaster.collect.asking.breaker import Breaker, Patience, State
from forecaster.domain.errors import CollectError, SourceUnavailable

_LONGEST_BUSY_SECONDS = 86_400.0


@dataclass(frozen=True)
class Manners:
    """How a host is asked, by all indicators of this process together.

    Attributes:
        distance_seconds: From the start of one request to the start of the next, at least.
        jitter_seconds: And up to so much more, by chance.
        at_once: Requests on their way at the same time.
        longest_turn_seconds: A turn that takes longer to come is given up.
        longest_wait_seconds: A wait that the host asks for is waited up to this, else reported.
        patience: When a failing host is left alone, and for how long.
    """

    distance_seconds: float = 0.1
    jitter_seconds: float = 0.1
    at_once: int = 2
    longest_turn_seconds: float = 120
    longest_wait_seconds: float = 10
    patience: Patience = field(default_factory=Patience)


@dataclass
class Turn:
    """One's turn at a host.

    Attributes:
        probe: It was let through to see whether the host is back.
        address: Set by who asks once the host itself has answered: trouble from then on is of
            this address alone.
    """

    probe: bool
    address: str | None = None


@dataclass
class _Host:
    name: str
    changed: Condition = field(default_factory=Condition)
    queue: deque[object] = field(default_factory=deque)
    active: int = 0
    next_at: float = 0.0
    busy_until: float = 0.0
    breaker: Breaker = field(default_factory=Breaker)
    last: str = ""


@dataclass(frozen=True)
class Hosts:
    """The hosts that this process asks; who asks one waits here for a turn.

    `clock` gives seconds that only ever grow, and `wait` waits for a change, at most so long.
    """

    manners: Manners = field(default_factory=Manners)
    clock: Callable[[], float] = time.monotonic
    wait: Callable[[Condition, float], object] = Condition.wait
    chance: Callable[[], float] = random.random
    known: dict[str, _Host] = field(default_factory=dict, repr=False)
    lock: Lock = field(default_factory=Lock, repr=False)

    @contextmanager
    def turn(self, host: str, pace: timedelta, *, now: datetime) -> Iterator[Turn]:
        """Wait until the host may be asked; what the block raises says how the host does.

        Args:
            host: Its scheme, name and port.
            pace: How long after this turn begins the next one waits at least.
            now: What the wall's clock says, for the messages.

        Raises:
            SourceUnavailable: It is being left alone, or no turn came in time.
        """
        entry = self._entry(host)
        turn = self._enter(entry, pace, now)
        settle: Callable[[_Host, Turn], None] = self._undecided
        try:
            yield turn
            settle = self._succeeded
        except SourceUnavailable as error:
            settle = self._failure(error)
            raise
        except CollectError:
            settle = self._succeeded  # the host answers; what it says is another matter
            raise
        finally:
            with entry.changed:
                entry.active -= 1
                settle(entry, turn)
                entry.changed.notify_all()

    def _entry(self, host: str) -> _Host:
        with self.lock:
            return self.known.setdefault(host, _Host(host))

    def _enter(self, entry: _Host, pace: timedelta, now: datetime) -> Turn:
        """Queue until it is one's turn, or until it is clear that there will be none."""
        me = object()
        with entry.changed:
            began = self.clock()
            entry.queue.append(me)
            try:
                while (wait := self._wait_for(entry, me, now)) > 0:
                    left = began + self.manners.longest_turn_seconds - self.clock()
                    if left <= 0 or (math.isfinite(wait) and wait > left):
                        raise SourceUnavailable(self._no_turn(entry))
                    self.wait(entry.changed, min(wait, left))
                return self._taken(entry, pace)
            finally:
                entry.queue.remove(me)
                entry.changed.notify_all()

    def _wait_for(self, entry: _Host, me: object, now: datetime) -> float:
        """Return how long to wait at least: 0 if one may go, infinity if others come first."""
        at = self.clock()
        state = entry.breaker.state(at)
        if state is State.PROBING:
            raise SourceUnavailable(f"{self._since(entry, now)}; it is being tried just now")
        if state is State.OPEN:
            rest = timedelta(seconds=entry.breaker.until - at)
            raise SourceUnavailable(
                f"{self._since(entry, now)}; it is left alone until {_clock_face(now + rest)}",
                retry_after=rest,
            )
        busy = entry.busy_until - at
        if busy > self.manners.longest_wait_seconds:
            rest = timedelta(seconds=busy)
            raise SourceUnavailable(
                f"{entry.name} asked to be left alone until {_clock_face(now + rest)}",
                retry_after=rest,
            )
        if entry.queue[0] is not me or entry.active >= self.manners.at_once:
            return math.inf
        return max(entry.next_at - at, busy)

    def _taken(self, entry: _Host, pace: timedelta) -> Turn:
        at, manners = self.clock(), self.manners
        distance = max(manners.distance_seconds, pace.total_seconds())
        entry.next_at = at + distance + manners.jitter_seconds * self.chance()
        entry.active += 1
        probe = entry.breaker.state(at) is State.HALF_OPEN
        entry.breaker = entry.breaker.admitted(at)
        return Turn(probe)

    def _since(self, entry: _Host, now: datetime) -> str:
        began = now - timedelta(seconds=self.clock() - entry.breaker.since)
        return (
            f"{entry.name} has failed since {_clock_face(began)}, "
            f"{entry.breaker.failures} times in a row (the last time: {entry.last})"
        )

    def _no_turn(self, entry: _Host) -> str:
        return (
            f"no turn at {entry.name} within {self.manners.longest_turn_seconds:g} seconds: "
            f"{len(entry.queue) - 1} others wait"
        )

    def _undecided(self, entry: _Host, turn: Turn) -> None:
        entry.breaker = entry.breaker.undecided(probe=turn.probe)

    def _succeeded(self, entry: _Host, _turn: Turn) -> None:
        entry.breaker = entry.breaker.succeeded()

    def _failure(self, error: SourceUnavailable) -> Callable[[_Host, Turn], None]:
        def settle(entry: _Host, turn: Turn) -> None:
            entry.last = str(error)
            if error.retry_after is not None:  # it answers, and says when
                seconds = min(error.retry_after.total_seconds(), _LONGEST_BUSY_SECONDS)
                entry.busy_until = max(entry.busy_until, self.clock() + seconds)
                self._succeeded(entry, turn)
                return
            entry.breaker = entry.breaker.failed(
                self.clock(), self.manners.patience, probe=turn.probe, address=turn.address
            )

        return settle


def _clock_face(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
