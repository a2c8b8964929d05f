"""Go on with the next when one fails: the one place that catches everything, and records it."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

log = structlog.get_logger(__name__)


@contextmanager
def attempting(what: str, **facts: object) -> Iterator[None]:
    """Run a block; if it fails, log what was tried and with what, and let the caller go on."""
    try:
        yield
    except Exception:  # the job wrapper: a failure of one must not stop the others
        log.exception("attempt_failed", what=what, **facts)
