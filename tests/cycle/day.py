"""One day of the cycle, and one that is cut short by kill -9 just before its nth commit."""

import os
import signal
from datetime import datetime
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Engine

from forecaster.cycle.alerting import alert
from forecaster.cycle.collecting import collect
from forecaster.cycle.declaring import declare
from forecaster.cycle.delivering import Courier
from forecaster.cycle.forecasting import forecast
from forecaster.cycle.publishing import publish, publish_catalogue
from forecaster.domain.run import Trigger
from forecaster.store import catalogue, runs
from forecaster.working import Working
from tests.house import house

SURVIVED = 0


def live(working: Working) -> None:
    """Do all that a worker does in a day, once, in order."""
    now = working.now()
    with working.database.begin() as session:
        runs.interrupt_open(session, now=now)
    declare(working.database, working.roots, now=now)
    publish_catalogue(working.database, now=now)
    with working.database.read() as session:
        definitions = catalogue.current(session)
    for definition in (one for one in definitions if one.collect is not None):
        collect(working.tools, definition, Trigger.SCHEDULE, now=now)
    forecast(working.database, working.executor, code=working.code, now=now)
    alert(working.database, now=now)
    publish(working.database, now=now)
    deliver(working)


def deliver(working: Working) -> int:
    """Send all that is due, and wait until that is done; return to how many receivers."""
    courier = Courier(working.database, working.channel, working.vault, working.now)
    visited = courier.dispatch()
    courier.finish()
    courier.threads.shutdown()
    return visited


def die_before_commit(folder: Path, url: str, number: int, now: datetime) -> None:
    """Live a day, but be killed just before that many commits are through; run in a process."""
    commits = 0

    def count(_connection: object) -> None:
        nonlocal commits
        commits += 1
        if commits == number:
            os.kill(os.getpid(), signal.SIGKILL)

    with house(folder, url, clock=lambda: now) as working:
        event.listen(Engine, "commit", count)
        live(working)
