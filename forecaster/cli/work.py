"""`forecaster work`: collect, forecast, alert, publish and deliver on time."""

import logging
import os
import signal
import sys
import threading
from contextlib import suppress
from typing import Annotated

import typer

from forecaster.cli.options import DataDir, Indicators, settings_from


def work(
    data_dir: DataDir = None,
    indicators: Indicators = None,
    child: Annotated[bool, typer.Option("--child", hidden=True)] = False,  # noqa: FBT002  (a flag)
) -> None:
    """Run the worker alone: the cycle, on time. One lease decides which of several works.

    Example: FORECASTER_DATABASE_URL=postgresql://… forecaster work
    """
    from forecaster.cli.child import READY
    from forecaster.cli.progress import bars
    from forecaster.logs import configure
    from forecaster.worker import Worker
    from forecaster.working import open_working

    settings = settings_from(data_dir, indicators)
    configure(settings.log_level, json=settings.log_json)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if child:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends when its parent lets go
        threading.Thread(target=_stop_at_the_end_of_input, args=[stop], daemon=True).start()

    with open_working(settings) as working, bars() as (watch, close):

        def ready() -> None:
            close()
            if child:
                with suppress(BrokenPipeError):  # a parent that is gone is noticed elsewhere
                    sys.stdout.write(READY + "\n")
                    sys.stdout.flush()

        worker = Worker(working, stop=stop, watch=watch)
        worker.run(ready)
        close()
        working.executor.shutdown(cancel_futures=True)
        logging.shutdown()
        # What still waits for a source is cut off: a cut at any point loses nothing.
        os._exit(1 if worker.lost_lease else 0)


def _stop_at_the_end_of_input(stop: threading.Event) -> None:
    """Stop when the parent is gone, however it went: then this end of the pipe closes."""
    sys.stdin.read()
    stop.set()
