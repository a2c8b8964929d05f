"""Run the cycle on time; the only file that knows the scheduler."""

import hashlib
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from ulid import ULID

from forecaster.collect.asking.retention import prune
from forecaster.collect.source import WatchedSource
from forecaster.cycle.alerting import alert
from forecaster.cycle.attempt import attempting
from forecaster.cycle.catching_up import catch_up
from forecaster.cycle.collecting import collect, open_source
from forecaster.cycle.declaring import declare
from forecaster.cycle.delivering import Courier
from forecaster.cycle.forecasting import forecast
from forecaster.cycle.publishing import publish, publish_catalogue
from forecaster.cycle.watching import fingerprint, is_data
from forecaster.definitions.schedule import next_run
from forecaster.domain.indicator import Definition, Status
from forecaster.domain.run import RunStatus, Trigger
from forecaster.store import catalogue, leases, runs
from forecaster.working import Working

log = structlog.get_logger(__name__)

Watch = Callable[[str, int, int | None], None]
"""Told which stage has done how many of how many."""

LEASE = timedelta(seconds=15)
SPREAD = timedelta(seconds=30)
"""Indicators of one schedule are asked for at moments of their own within this span."""

_ADVANCE_SECONDS = 60
_LAST_STEP_SECONDS = 20
_FIRST_RETRY, _LONGEST_RETRY = timedelta(minutes=5), timedelta(hours=6)
_JOB_DEFAULTS = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
_POOLS = {"default": 64, "cycle": 8}
"""Threads: to wait for sources, many of which may hang; and for the service's own work."""


class OnSchedule(BaseTrigger):  # type: ignore[misc]  # the scheduler ships no types
    """Fires at the moments that a definition's schedule names, each a little later by its id."""

    def __init__(self, definition: Definition) -> None:
        """Keep the definition, and settle by how much it is later."""
        self.definition = definition
        share = int.from_bytes(hashlib.sha256(definition.id.encode()).digest()[:4]) / 2**32
        self.later = SPREAD * share

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """Return the next moment after the last one, or after now."""
        after = (previous or now).astimezone(UTC)
        return next_run(self.definition, after - self.later) + self.later


class Worker:
    """One worker: a lease, a schedule, and the steps of the cycle."""

    def __init__(self, working: Working, *, stop: Event, watch: Watch) -> None:
        """Keep what the worker works with; nothing runs yet."""
        self.working, self.stop, self.watch = working, stop, watch
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{ULID()}"
        self.scheduler = BackgroundScheduler(
            timezone=UTC,
            job_defaults=_JOB_DEFAULTS,
            executors={name: ThreadPoolExecutor(size) for name, size in _POOLS.items()},
        )
        self.one_at_a_time = Lock()
        self.news: SimpleQueue[str] = SimpleQueue()
        self.advancing = Thread(target=self._advance_on_news, name="advance", daemon=True)
        self.being_asked: set[str] = set()
        self.failures: dict[str, int] = {}
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
        self._every(LEASE.total_seconds() / 3, self._keep_lease)
        self._every(1, self._deliver)
        self.scheduler.start()
        try:
            self._first_day()
            if not self.stop.is_set():
                self._keep_on()
                ready()
            self.stop.wait()
        finally:
            self.news.put("")  # whoever waits for news sees that it is over
            if self.advancing.is_alive():
                self.advancing.join(_LAST_STEP_SECONDS)
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
        self._every(2, self._watch_files)
        self._every(timedelta(hours=1).total_seconds(), self._tidy)
        self.advancing.start()

    def _every(self, seconds: float, work: Callable[[], None]) -> None:
        self.scheduler.add_job(work, "interval", seconds=seconds, executor="cycle")

    def _schedule(self) -> None:
        """Give every definition in force its job; a source that is new here is asked at once."""
        wanted = {
            definition.id: definition for definition in self._catalogue() if _is_asked(definition)
        }
        for job in self.scheduler.get_jobs():
            if job.id.startswith("collect:") and job.id.removeprefix("collect:") not in wanted:
                job.remove()
        for definition in wanted.values():
            job = self.scheduler.get_job(f"collect:{definition.id}")
            if job is not None and job.args[1] == definition.digest:
                continue
            self.scheduler.add_job(
                self._collect,
                OnSchedule(definition),
                args=[definition.id, definition.digest],
                id=f"collect:{definition.id}",
                replace_existing=True,
            )
            if not _from_files(definition):
                self._ask(definition.id, at=self.working.now())

    def _ask(self, indicator: str, *, at: datetime) -> None:
        """Ask a source once, beside its schedule."""
        self.scheduler.add_job(
            self._collect,
            "date",
            run_date=at,
            args=[indicator, None],
            id=f"ask:{indicator}",
            replace_existing=True,
        )

    def _collect(self, indicator: str, on_schedule: str | None) -> None:
        """Collect one indicator, unless that is going on already."""
        if indicator in self.being_asked:
            return
        self.being_asked.add(indicator)
        try:
            with attempting("collect", indicator=indicator):
                self._look(indicator, on_time=on_schedule is not None)
        finally:
            self.being_asked.discard(indicator)
        self.news.put(indicator)

    def _look(self, indicator: str, *, on_time: bool) -> None:
        with self.working.database.read() as session:
            definition = catalogue.get(session, indicator)
        if not _is_asked(definition):
            return  # it was paused since this was planned
        run = catch_up(self.working.tools, definition, now=self.working.now(), on_time=on_time)
        if run.status is RunStatus.UNAVAILABLE:
            self._try_again(definition)
        else:
            self.failures.pop(indicator, None)

    def _try_again(self, definition: Definition) -> None:
        """Ask again before the next scheduled moment, each time after twice the wait."""
        failed = self.failures.get(definition.id, 0)
        self.failures[definition.id] = failed + 1
        at = self.working.now() + min(_FIRST_RETRY * 2 ** min(failed, 10), _LONGEST_RETRY)
        if at < next_run(definition, self.working.now()):
            self._ask(definition.id, at=at)

    def _advance_on_news(self) -> None:
        """Go through the rest of the cycle whenever there are news, and once in a minute."""
        while not self.stop.is_set():
            news = self._gathered_news()
            if not self.stop.is_set():
                self.advance(only=news or None)

    def _gathered_news(self) -> list[str]:
        """Wait for an indicator that was collected, and name all that were; none after a while."""
        news: set[str] = set()
        with suppress(Empty):
            news.add(self.news.get(timeout=_ADVANCE_SECONDS))
            while True:
                news.add(self.news.get_nowait())
        return sorted(news)

    def _collect_files(self, definitions: Sequence[Definition]) -> None:
        """Read those of some definitions that come from files, shipped or one's own."""
        local = [each for each in definitions if _is_asked(each) and _from_files(each)]
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
            data_changed = any(is_data(name) for name, _, _ in files ^ self.files)
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

    def _tidy(self) -> None:
        with attempting("tidy the archive"):
            root = self.working.tools.fetcher.archive.root
            freed = prune(root, self.working.retention, now=self.working.now())
            if freed:
                log.info("archive_tidied", freed_bytes=freed)

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


def _is_asked(definition: Definition) -> bool:
    return definition.collect is not None and definition.status is not Status.PAUSED


def _from_files(definition: Definition) -> bool:
    source = open_source(definition)
    return source.shipped or (isinstance(source, WatchedSource) and source.watched)
