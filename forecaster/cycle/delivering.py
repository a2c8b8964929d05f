"""Step 6: send what the outbox holds; what fails comes back later under the same id."""

import random
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime

import structlog

from forecaster.alert.backoff import next_attempt_after
from forecaster.alert.channel import Channel
from forecaster.alert.secrets import Vault
from forecaster.cycle.attempt import attempting
from forecaster.domain.webhook import Delivery
from forecaster.store import endpoints, outbox
from forecaster.store.database import Database

log = structlog.get_logger(__name__)

AT_ONCE = 16


class Courier:
    """Brings messages out, one at a time to each receiver, so that a slow one delays itself."""

    def __init__(
        self, database: Database, channel: Channel, vault: Vault, clock: Callable[[], datetime]
    ) -> None:
        """Keep what a delivery needs; nothing is sent yet."""
        self.database, self.channel, self.vault, self.clock = database, channel, vault, clock
        self.threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="deliver")
        self.under_way: dict[str, Future[None]] = {}

    def dispatch(self) -> int:
        """Set out to every receiver for whom something is due; return to how many."""
        with self.database.read() as session:
            waiting = outbox.waiting(session, self.clock())
        self.under_way = {name: way for name, way in self.under_way.items() if not way.done()}
        new = [name for name in waiting if name not in self.under_way]
        self.under_way |= {name: self.threads.submit(self._visit, name) for name in new}
        return len(new)

    def finish(self) -> None:
        """Wait until all who set out are back."""
        wait(self.under_way.values())

    def _visit(self, endpoint: str) -> None:
        """Deliver all that is due to one receiver, in order, until nothing is."""
        with attempting("deliver", endpoint=endpoint):
            while delivery := self._next(endpoint):
                self._send(delivery)

    def _next(self, endpoint: str) -> Delivery | None:
        with self.database.read() as session:
            return next(iter(outbox.due(session, self.clock(), 1, endpoint=endpoint)), None)

    def _send(self, delivery: Delivery) -> None:
        with self.database.read() as session:
            sealed = endpoints.sealed_secret(session, delivery.endpoint.id)

        result = self.channel.send(delivery, (self.vault.open(sealed),), now=self.clock())

        now = self.clock()
        pause = next_attempt_after(
            delivery.attempts + 1,
            jitter=random.random(),  # noqa: S311  (spreads retries; no secret depends on it)
            retry_after=result.retry_after,
        )
        retry_at = now + pause if result.retry and pause is not None else None
        with self.database.begin() as session:
            outbox.settle(session, delivery, result, now=now, retry_at=retry_at)
        tell = log.info if result.delivered else log.warning
        tell(
            "delivered" if result.delivered else "delivery_failed",
            message=delivery.message.id,
            endpoint=delivery.endpoint.id,
            status=result.status,
            error=result.error,
            retry_at=retry_at.isoformat() if retry_at else None,
        )
