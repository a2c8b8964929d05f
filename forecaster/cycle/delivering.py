"""Step 6: send what the outbox holds; what fails comes back later under the same id."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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


def deliver(
    database: Database, channel: Channel, vault: Vault, *, clock: Callable[[], datetime]
) -> int:
    """Send all that is due, side by side; return how many deliveries were tried."""
    with database.read() as session:
        due = outbox.due(session, clock(), limit=256)
    if not due:
        return 0

    def attempt(delivery: Delivery) -> None:
        with attempting("deliver", message=delivery.message.id, endpoint=delivery.endpoint.id):
            _send(database, channel, vault, delivery, clock)

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="deliver") as threads:
        list(threads.map(attempt, due))
    return len(due)


def _send(
    database: Database,
    channel: Channel,
    vault: Vault,
    delivery: Delivery,
    clock: Callable[[], datetime],
) -> None:
    with database.read() as session:
        sealed = endpoints.sealed_secret(session, delivery.endpoint.id)

    result = channel.send(delivery, (vault.open(sealed),), now=clock())

    now = clock()
    wait = next_attempt_after(
        delivery.attempts + 1,
        jitter=random.random(),  # noqa: S311  (spreads retries; no secret depends on it)
        retry_after=result.retry_after,
    )
    retry_at = now + wait if result.retry and wait is not None else None
    with database.begin() as session:
        outbox.settle(session, delivery, result, now=now, retry_at=retry_at)
    log.info(
        "delivered" if result.delivered else "delivery_failed",
        message=delivery.message.id,
        endpoint=delivery.endpoint.id,
        status=result.status,
        error=result.error,
        retry_at=retry_at,
    )
