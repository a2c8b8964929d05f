"""Ask 500 indicators' sources on 50 hosts, a tenth of them bad; say how late the healthy ones are.

    python bench/many_hosts.py [--indicators 500] [--hosts 50] [--bad 5] [--interval 60]
                               [--intervals 3] [--threads 64]

Every host is a port of a server in a process of its own. The bad ones fail, hang, drip or limit
the rate, in turn. Every indicator runs the service's own way from the schedule to the database:
APScheduler's pool of threads, `cycle.collecting`, the fetcher with all its manners. An interval is
late by the time from when a run was due until one that began since then ended well. The goal: no
healthy indicator is ever late by more than one interval.
"""

import argparse
import asyncio
import logging
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from threading import Lock
from typing import ClassVar

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from pydantic import BaseModel, ConfigDict

from forecaster.collect.asking.archive import Archive
from forecaster.collect.asking.client import new_client
from forecaster.collect.asking.fetch import Fetcher
from forecaster.collect.source import Batch, Errand
from forecaster.cycle.collecting import Tools, collect
from forecaster.cycle.declaring import declare
from forecaster.definitions.lookups import KeptLookups
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Reading
from forecaster.domain.period import Frequency, Period
from forecaster.domain.run import RunStatus, Trigger
from forecaster.store import catalogue
from forecaster.store.database import Database
from forecaster.store.migrating import migrate

BAD = ("fails", "hangs", "drips", "limits")
GOAL_INTERVALS = 1.0
CLOCKS_DIFFER_SECONDS = 0.05

INDICATOR = """\
title: Number {number}
role: context
unit: of it
frequency: day
collect: {{source: bench_number, url: "{url}", schedule: "0 * * * *"}}
attribution: nobody
license: {{name: none, redistribution: "yes"}}
"""


class Number:
    """A source that is registered as anybody's may be: one address, one number."""

    shipped: ClassVar[bool] = False

    class Options(BaseModel):
        """Where the number stands."""

        model_config = ConfigDict(extra="forbid", frozen=True)

        url: str

    def __init__(self, options: Options) -> None:
        """Keep the options."""
        self.options = options

    def collect(self, errand: Errand) -> Iterator[Batch]:
        """Read the number of yesterday."""
        fetched = errand.fetch.get(self.options.url)
        period = Period.containing(errand.now.date(), Frequency.DAY).shift(-1)
        [scope] = errand.definition.scopes
        reading = Reading(scope=scope, period=period, value=float(fetched.body))
        yield Batch(readings=(reading,), document=fetched.document, rows=1, done=1, total=1)


async def serve(manners: Sequence[str]) -> None:
    """Open a port for each of some manners, print their numbers, and answer for ever."""

    async def answer(
        manner: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                await behave(manner, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    servers = [
        await asyncio.start_server(
            lambda reader, writer, manner=manner: answer(manner, reader, writer), "127.0.0.1", 0
        )
        for manner in manners
    ]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await asyncio.Event().wait()


async def behave(manner: str, writer: asyncio.StreamWriter) -> None:
    """Answer one request, well or badly."""
    if manner == "hangs":
        await asyncio.sleep(3600)
    writer.write({"fails": b"HTTP/1.1 500 No\r\n", "limits": b"HTTP/1.1 429 No\r\n"}.get(
        manner, b"HTTP/1.1 200 OK\r\n"
    ))  # fmt: skip
    while manner == "drips":
        writer.write(b"X-Drip: drop\r\n")
        await writer.drain()
        await asyncio.sleep(0.5)
    if manner == "limits":
        writer.write(b"Retry-After: 3600\r\n")
    writer.write(b"Content-Length: 2\r\n\r\n42")
    await writer.drain()


@dataclass
class Record:
    """When which runs began and ended, and how; the first ones are due at `start`."""

    start: float
    lock: Lock = field(default_factory=Lock)
    runs: defaultdict[str, list[tuple[float, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    ends: Counter[str] = field(default_factory=Counter)

    def add(self, indicator: str, began: float, status: RunStatus) -> None:
        """Write down one run; only those that ended well are looked at again."""
        with self.lock:
            self.ends[status] += 1
            if status is RunStatus.OK:
                self.runs[indicator].append((began, time.monotonic()))

    def lateness(self, indicator: str, due: float, end: float) -> float:
        """Return how many seconds after it was due a run ended well, as far as is known."""
        good = [ended for began, ended in self.runs[indicator] if began >= due]
        return min(good, default=end) - due


@contextmanager
def hosts(manners: Sequence[str]) -> Iterator[list[int]]:
    """Run the server in a process of its own; give its ports."""
    command = [sys.executable, __file__, "--serve", *manners]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603  (ourselves)
        try:
            assert server.stdout is not None  # noqa: S101  (as was asked for above)
            yield [int(port) for port in server.stdout.readline().split()]
        finally:
            server.terminate()


def register(folder: Path) -> None:
    """Put the source among the installed plug-ins, as a package on the path would."""
    metadata = folder / "bench_number-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: bench-number\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text(
        "[forecaster.sources]\nbench_number = many_hosts:Number\n"
    )
    sys.path[:0] = [str(folder), str(Path(__file__).parent)]


@contextmanager
def firing(
    tools: Tools, definitions: Sequence[Definition], asked: argparse.Namespace
) -> Iterator[Record]:
    """Run every indicator at each interval, all at the same moment, and record how that goes."""
    first = datetime.now(UTC) + timedelta(seconds=asked.interval)
    record = Record(start=time.monotonic() + asked.interval - CLOCKS_DIFFER_SECONDS)

    def run(definition: Definition) -> None:
        began = time.monotonic()
        run = collect(tools, definition, Trigger.SCHEDULE, now=tools.clock())
        record.add(definition.id, began, run.status)

    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(asked.threads)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 3600},
    )
    for definition in definitions:
        scheduler.add_job(
            run, "interval", [definition], seconds=asked.interval, next_run_time=first
        )
    scheduler.start()
    time.sleep(max(0, (first - datetime.now(UTC)).total_seconds()))
    try:
        yield record
    finally:
        scheduler.shutdown(wait=True)


def report(record: Record, healthy: Sequence[str], due: Sequence[float], interval: float) -> None:
    """Print how late the healthy indicators were, in intervals."""
    end = time.monotonic()
    late = sorted(
        record.lateness(indicator, moment, end) / interval
        for indicator in healthy
        for moment in due
    )
    p99 = late[int(0.99 * (len(late) - 1))]
    met = "met" if late[-1] <= GOAL_INTERVALS else "MISSED"
    ends = ", ".join(f"{count} {how}" for how, count in sorted(record.ends.items()))
    print(f"{len(healthy)} indicators on healthy hosts, {len(due)} intervals of {interval:g} s")
    print(f"runs ended: {ends}")
    print(
        f"a healthy indicator was late by (in intervals): median {late[len(late) // 2]:.3f}, "
        f"p99 {p99:.3f}, most {late[-1]:.3f}"
    )
    print(f"goal: never by more than {GOAL_INTERVALS:g}: {met}")


def declared(
    folder: Path, database: Database, ports: Sequence[int], count: int
) -> list[Definition]:
    """Write a definition for each indicator, spread over the hosts, and put all in force."""
    root = folder / "indicators"
    root.mkdir()
    for number in range(count):
        url = f"http://127.0.0.1:{ports[number % len(ports)]}/{number}"
        text = INDICATOR.format(number=number, url=url)
        (root / f"i{number}-on-{number % len(ports)}.yml").write_text(text)
    declare(database, (root,), now=datetime.now(UTC))
    with database.read() as session:
        return list(catalogue.current(session))


def measure(asked: argparse.Namespace) -> None:
    """Make hosts, definitions and a database, run, and print what came of it."""
    manners = [*islice(cycle(BAD), asked.bad), *["well"] * (asked.hosts - asked.bad)]
    with (
        tempfile.TemporaryDirectory() as name,
        new_client("bench", allow_private=True) as client,
        ExitStack() as firing_ends_last,
        hosts(manners) as ports,
    ):
        folder = Path(name)
        register(folder)
        url = f"sqlite:///{folder / 'bench.db'}"
        migrate(url)
        database = Database(url)
        fetcher = Fetcher(client, Archive(folder / "archive"), lambda: datetime.now(UTC))
        definitions = declared(folder, database, ports, asked.indicators)
        tools = Tools(database, fetcher, (), fetcher.now, KeptLookups(()))
        record = firing_ends_last.enter_context(firing(tools, definitions, asked))
        time.sleep(asked.interval * asked.intervals)
        due = [record.start + number * asked.interval for number in range(asked.intervals)]
        healthy = [each for each in definitions if int(each.id.rpartition("-")[2]) >= asked.bad]
        report(record, [each.id for each in healthy], due, asked.interval)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--indicators", type=int, default=500)
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--bad", type=int, default=5, help="how many of the hosts are bad")
    parser.add_argument("--interval", type=float, default=60, help="seconds")
    parser.add_argument("--intervals", type=int, default=3)
    parser.add_argument("--threads", type=int, default=64)
    parser.add_argument("--serve", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        asyncio.run(serve(asked.serve))
        return
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a job that still runs is no news
    measure(asked)


if __name__ == "__main__":
    main()
