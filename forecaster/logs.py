"""Set up structured logs: events with named facts, for people or for machines."""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import Processor

_CHATTY = {
    "alembic": logging.WARNING,
    "apscheduler": logging.ERROR,  # a job that still runs is passed over, not news
    "httpcore": logging.WARNING,
    "httpx": logging.WARNING,
    "stamina": logging.ERROR,  # what a run could not reach stands in its outcome
    "uvicorn.access": logging.WARNING,
}


def configure(level: str | None, *, json: bool) -> None:
    """Send structlog's and the standard library's events to stderr in one form."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = _ToStderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(json=json),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level or ("WARNING" if sys.stderr.isatty() else "INFO"))
    for name, least in _CHATTY.items():
        logging.getLogger(name).setLevel(max(least, root.level))


def _renderers(*, json: bool) -> list[Processor]:
    if json:
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    return [
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    ]


class _ToStderr(logging.StreamHandler[TextIO]):
    """Writes to what stderr is at that moment: a progress bar may have taken its place."""

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, _stream: TextIO) -> None:
        """Keep to stderr whatever the library wants to set."""
