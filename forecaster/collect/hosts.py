"""Take turns at a host: requests to it keep their distance, whoever makes them."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock


@dataclass
class _Host:
    turn: Lock = field(default_factory=Lock)
    next_at: float = 0.0  # a moment of time.monotonic


@dataclass(frozen=True)
class Hosts:
    """The hosts that this process asks, shared by all its indicators."""

    known: defaultdict[str, _Host] = field(default_factory=lambda: defaultdict(_Host))

    @contextmanager
    def turn(self, host: str, pace: timedelta) -> Iterator[None]:
        """Wait until the host may be asked, and let the next one wait for `pace` from now."""
        entry = self.known[host]
        with entry.turn:
            time.sleep(max(0.0, entry.next_at - time.monotonic()))
            entry.next_at = time.monotonic() + pace.total_seconds()
        yield
