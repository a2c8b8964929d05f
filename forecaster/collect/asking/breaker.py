"""Leave a host alone that fails: open after some failures, then one probe at a time. Pure."""

from dataclasses import dataclass, replace
from enum import StrEnum

_DOUBLINGS = 30  # more would make no difference, only large numbers


class State(StrEnum):
    """Whether a host may be asked."""

    CLOSED = "closed"  # yes
    OPEN = "open"  # no, not before a moment
    HALF_OPEN = "half_open"  # by one, to see whether it is back
    PROBING = "probing"  # no, that one is on its way


@dataclass(frozen=True)
class Patience:
    """How many failures in a row are borne, and how long the host rests after that.

    Attributes:
        failures: So many open the breaker.
        rest_seconds: The first rest; each that follows is twice as long.
        longest_rest_seconds: But no longer than this.
    """

    failures: int = 3
    rest_seconds: float = 30
    longest_rest_seconds: float = 900

    def rest(self, number: int) -> float:
        """Return how long the nth rest in a row lasts."""
        doubled = self.rest_seconds * 2.0 ** min(number - 1, _DOUBLINGS)
        return min(self.longest_rest_seconds, doubled)


@dataclass(frozen=True)
class Breaker:
    """What is known of a host that failed; moments are of any clock that runs steadily.

    Attributes:
        silences: Failures in a row that concern the whole host.
        troubled: Addresses that failed in that row, while the host itself answered; each counts
            once, so that one bad address, asked again and again, closes no host.
        since: When the row began.
        rests: How many rests there were since; at 0 the breaker is closed.
        until: When the last rest ends.
        probing: The one probe after it is on its way.
    """

    silences: int = 0
    troubled: frozenset[str] = frozenset()
    since: float = 0.0
    rests: int = 0
    until: float = 0.0
    probing: bool = False

    @property
    def failures(self) -> int:
        """Count the failures in a row."""
        return self.silences + len(self.troubled)

    def state(self, now: float) -> State:
        """Say whether the host may be asked now."""
        if self.rests == 0:
            return State.CLOSED
        if self.probing:
            return State.PROBING
        return State.OPEN if now < self.until else State.HALF_OPEN

    def admitted(self, now: float) -> "Breaker":
        """Return what is known once somebody is let through."""
        return replace(self, probing=self.state(now) is State.HALF_OPEN)

    def failed(
        self, now: float, patience: Patience, *, probe: bool, address: str | None = None
    ) -> "Breaker":
        """Return what is known after a failure: of one address only, or of the whole host."""
        row = replace(
            self,
            silences=self.silences + (address is None),
            troubled=self.troubled | ({address} if address is not None else set()),
            since=self.since if self.failures else now,
        )
        due = probe if self.rests else row.failures >= patience.failures
        if not due:
            return row
        rests = self.rests + 1
        return replace(row, rests=rests, until=now + patience.rest(rests), probing=False)

    def succeeded(self) -> "Breaker":
        """Return what is known after the host answered: nothing against it."""
        return Breaker()

    def undecided(self, *, probe: bool) -> "Breaker":
        """Return what is known after an attempt that says nothing about the host."""
        return replace(self, probing=False) if probe else self
