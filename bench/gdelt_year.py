"""Measure a backfill of a year of GDELT's files from loopback, and that a kill loses nothing."""

import argparse
import hashlib
import logging
import multiprocessing
import random
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

import structlog
from gdelt_world import SLOT, START, Year, definition, house, served
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

from forecaster.cycle.collecting import collect
from forecaster.domain.run import Trigger
from forecaster.store import observations, sightings

YEAR = 35_040


def main() -> None:
    """Print how fast it went, and whether a kill changed the totals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=YEAR, help="of a quarter of an hour each")
    parser.add_argument("--rows", type=int, default=20, help="in each file")
    parser.add_argument("--kill-files", type=int, default=2_000, help="of the run that is killed")
    parser.add_argument("--seed", type=int, default=None, help="of the moment of the kill")
    asked = parser.parse_args()
    quiet()

    whole(Year(asked.files, asked.rows))
    killed(Year(asked.kill_files, asked.rows), random.Random(asked.seed))


def quiet() -> None:
    """Log errors alone."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


def whole(year: Year) -> None:
    """Backfill all files once."""
    with served(year) as url, tempfile.TemporaryDirectory() as folder:
        seconds = timed(Path(folder), url, year)
    total = year.files * year.rows
    print(
        f"backfill of {year.files:,} files, {total:,} rows: {seconds:.1f} s, "
        f"{total / seconds:,.0f} rows per second, {year.files / seconds:,.0f} files per second"
    )


def timed(folder: Path, url: str, year: Year) -> float:
    """Backfill, showing progress; return the seconds."""
    wanted = definition(url)
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    with house(folder, wanted) as tools, Progress(*columns) as progress:
        task = progress.add_task("files", total=year.files)
        began = time.perf_counter()
        run = collect(
            tools,
            wanted,
            Trigger.BACKFILL,
            now=tools.clock(),
            window=year.window,
            watch=lambda done, total: progress.update(task, completed=done, total=total),
        )
        seconds = time.perf_counter() - began
    if run.error:
        sys.exit(run.error)
    return seconds


def killed(year: Year, dice: random.Random) -> None:
    """Kill a backfill anywhere, resume it, and compare it with one that nothing befell."""
    with served(year) as url, tempfile.TemporaryDirectory() as folder:
        calm, shaken = Path(folder) / "calm", Path(folder) / "shaken"
        calm.mkdir()
        shaken.mkdir()
        backfill(calm, url, year)
        left = kill(shaken, url, year, dice)
        backfill(shaken, url, year)
        before, after = totals(calm, url), totals(shaken, url)
    if before != after:
        sys.exit(f"a kill after {left:,} files changed the totals: {before} and {after}")
    print(
        f"killed after {left:,} of {year.files:,} files and resumed: the same totals, "
        f"{after[0]:,} files, {after[1]:,} reports, {after[2]:,} values"
    )


def kill(folder: Path, url: str, year: Year, dice: random.Random) -> int:
    """Kill a backfill in a process of its own anywhere; return how many files it settled."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=backfill, args=(folder, url, year, theirs), daemon=True)
    process.start()
    last = dice.randint(1, year.files - 1)
    while ours.recv() < last:
        pass
    time.sleep(dice.uniform(0, 0.02))
    process.kill()
    process.join()
    return totals(folder, url)[0]


def backfill(folder: Path, url: str, year: Year, told: Connection | None = None) -> None:
    """Backfill all that is not yet settled, telling how many files are done."""
    quiet()
    wanted = definition(url)
    with house(folder, wanted) as tools:
        run = collect(
            tools,
            wanted,
            Trigger.BACKFILL,
            now=tools.clock(),
            window=year.window,
            watch=lambda done, _: told.send(done) if told else None,
        )
    if run.error:
        sys.exit(run.error)


def totals(folder: Path, url: str) -> tuple[int, int, int, str]:
    """Count files, reports and values of a house, and digest all of them."""
    wanted = definition(url)
    first, last = (moment.date() for moment in Year(YEAR, 0).window)
    with house(folder, wanted) as tools, tools.database.read() as session:
        slots = sightings.slots_between(session, wanted.sieve, START, START + YEAR * SLOT)
        reports = [
            seen
            for scope in wanted.scopes
            for seen in sightings.seen_between(session, wanted.sieve, scope, first, last)
        ]
        values = [
            (value.scope, value.period, value.value, value.missing, value.base)
            for key in wanted.keys
            for value in observations.versions(session, key)
        ]
    digest = hashlib.sha256(repr((slots, reports, values)).encode()).hexdigest()
    return len(slots), len(reports), len(values), digest


if __name__ == "__main__":
    main()
