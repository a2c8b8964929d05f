"""Run the cycle on time; the only file that knows the scheduler."""

import os
import socket
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Lock

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from ulid import ULID

from forecaster.collect.source import WatchedSource
from forecaster.cycle.alerting import alert
from forecaster.cycle.attempt import attempting
from forecaster.cycle.collecting import collect, open_source
from forecaster.cycle.declaring import declare
from forecaster.cycle.delivering import Courier
from forecaster.cycle.forecasting import forecast
from forecaster.cycle.publishing import publish, publish_catalogue
from forecaster.definitions.schedule import next_run
from forecaster.domain.indicator import Definition
from forecaster.domain.run import Trigger
from forecaster.store import catalogue, leases, runs
from forecaster.working import Working

log = structlog.get_logger(__name__)

Watch = Callable[[str, int, int | None], None]
"""Told which stage has done how many of how many."""

LEASE = timedelta(seconds=15)
_DATA = (".csv", ".tsv", ".parquet", ".pq")
_TABLES = tuple(f"{folder}*{ending}" for folder in ("", "*/") for ending in _DATA)
_JOB_DEFAULTS = {"coalesce": True, "max_instances": 1, "misfire_grace_time": 3600}


class Cron(BaseTrigger):  # type: ignore[misc]  # the scheduler ships no types
    """Fires at the moments that a definition's schedule names."""

    def __init__(self, schedule: str) -> None:
        """Keep the schedule's five fields."""
        self.schedule = schedule

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """Return the next moment after the last one, or after now."""
        return next_run(self.schedule, (previous or now).astimezone(UTC))


class Worker:
    """One worker: a lease, a schedule, and the steps of the cycle."""

    def __init__(self, working: Working, *, stop: Event, watch: Watch) -> None:
        """Keep what the worker works with; nothing runs yet."""
        self.working, self.stop, self.watch = working, stop, watch
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{ULID()}"
        self.scheduler = BackgroundScheduler(timezone=UTC, job_defaults=_JOB_DEFAULTS)
        self.one_at_a_time = Lock()
        self.files: frozenset[tuple[str, int, int]] = frozenset()
        self.courier = Courier(working.database, working.channel, working.vault, working.now)
        self.lost_lease = False

    def run(self, ready: Callable[[], None]) -> None:
        """Wait for the lease, do the first day with its progress shown, then keep the schedule."""
        if not self._hold_lease():
            log.warning("standing_by", why="another worker holds the lease; this one waits for it")
            while not self._hold_lease():
                if self.stop.wait(LEASE.total_seconds() / 3):
                    return
        self.scheduler.add_job(self._keep_lease, "interval", seconds=LEASE.total_seconds() / 3)
        self.scheduler.add_job(self._deliver, "interval", seconds=1)
        self.scheduler.start()
        try:
            self._first_day()
            if not self.stop.is_set():
                self._keep_on()
                ready()
            self.stop.wait()
        finally:
            self.scheduler.shutdown(wait=False)
            with self.working.database.begin() as session:
                leases.release(session, "worker", self.holder)

    def _first_day(self) -> None:
        working = self.working
        with working.database.begin() as session:
            runs.interrupt_open(session, now=working.now())
        self.files = fingerprint(working.roots)
        declare(working.database, working.roots, now=working.now())
        publish_catalogue(working.database, now=working.now())
        self._collect_files(self._catalogue())
        self.advance()

    def _keep_on(self) -> None:
        """Put everything on the schedule."""
        self._schedule()
        add = self.scheduler.add_job
        add(self._watch_files, "interval", seconds=2)
        add(self.advance, "interval", seconds=60, id="advance")

    def _schedule(self) -> None:
        """Give every definition in force its job; live sources are asked at once, too."""
        wanted = {definition.id: definition for definition in self._catalogue()}
        for job in self.scheduler.get_jobs():
            if job.id.startswith("collect:") and job.id.removeprefix("collect:") not in wanted:
                job.remove()
        for definition in wanted.values():
            job = self.scheduler.get_job(f"collect:{definition.id}")
            if job is not None and job.args[1] == definition.digest:
                continue
            at_once = {} if _from_files(definition) else {"next_run_time": self.working.now()}
            self.scheduler.add_job(
                self._collect,
                Cron(definition.collect.schedule),
                args=[definition.id, definition.digest],
                id=f"collect:{definition.id}",
                replace_existing=True,
                **at_once,
            )

    def _collect(self, indicator: str, _digest: str) -> None:
        with attempting("collect", indicator=indicator):
            with self.working.database.read() as session:
                definition = catalogue.get(session, indicator)
            collect(self.working.tools, definition, Trigger.SCHEDULE, now=self.working.now())
        self.advance(only=[indicator])

    def _collect_files(self, definitions: Sequence[Definition]) -> None:
        """Read those of some definitions that come from files, shipped or one's own."""
        local = [definition for definition in definitions if _from_files(definition)]
        for done, definition in enumerate(local, start=1):
            with attempting("collect", indicator=definition.id):
                collect(self.working.tools, definition, Trigger.SCHEDULE, now=self.working.now())
            self.watch("history", done, len(local))

    def _watch_files(self) -> None:
        """Where a file came, changed or went, put what it says in force."""
        files = fingerprint(self.working.roots)
        if files == self.files:
            return
        with attempting("declare"):
            changes = declare(self.working.database, self.working.roots, now=self.working.now())
            publish_catalogue(self.working.database, now=self.working.now())
            data_changed = any(name.endswith(_DATA) for name, _, _ in files ^ self.files)
            concerned = {*changes.added, *changes.changed}
            self._collect_files(
                [each for each in self._catalogue() if data_changed or each.id in concerned]
            )
            self._schedule()
            self.advance()
            self.files = files

    def advance(self, only: list[str] | None = None) -> None:
        """Forecast, alert and publish whatever is new, one after the other."""
        working = self.working
        with self.one_at_a_time:
            with attempting("forecast"):
                forecast(
                    working.database,
                    working.executor,
                    code=working.code,
                    now=working.now(),
                    only=only,
                    watch=self._watch_forecasts,
                    stop=self.stop.is_set,
                )
            with attempting("alert"):
                alert(working.database, now=working.now())
            with attempting("publish"):
                publish(working.database, now=working.now())

    def _watch_forecasts(self, done: int, total: int) -> None:
        """Show the progress of a long round, and publish what it has so far."""
        self.watch("forecasts", done, total)
        if done % 10 == 0:
            publish(self.working.database, now=self.working.now())

    def _deliver(self) -> None:
        with attempting("deliver"):
            self.courier.dispatch()

    def _hold_lease(self) -> bool:
        with self.working.database.begin() as session:
            token = leases.acquire(
                session, "worker", self.holder, now=self.working.now(), ttl=LEASE
            )
        return token is not None

    def _keep_lease(self) -> None:
        if not self._hold_lease():
            log.error("lease_lost", why="another worker has taken over; this one stops")
            self.lost_lease = True
            self.stop.set()

    def _catalogue(self) -> tuple[Definition, ...]:
        with self.working.database.read() as session:
            return catalogue.current(session)


def fingerprint(roots: tuple[Path, ...]) -> frozenset[tuple[str, int, int]]:
    """Name every definition and data file with its size and time of change."""
    found = set()
    for root in roots:
        for pattern in ("*.yml", "*.yaml", *_TABLES):
            for path in root.glob(pattern):
                with attempting("look at a file", path=str(path)):
                    fact = path.stat()
                    found.add((str(path), fact.st_size, fact.st_mtime_ns))
    return frozenset(found)


def _from_files(definition: Definition) -> bool:
    source = open_source(definition)
    return source.shipped or (isinstance(source, WatchedSource) and source.watched)
