"""Measure a backfill of a year of GDELT's files from loopback, and that a kill loses nothing."""

import argparse
import hashlib
import logging
import multiprocessing
import random
import sys
import tempfile
import time
from pathlib import Path

import structlog
from gdelt_world import Year, definition, house, served
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
        seconds = backfill(calm, url, year)
        left = kill(shaken, url, year, seconds * dice.uniform(0.1, 0.9))
        backfill(shaken, url, year)
        before, after = totals(calm, url), totals(shaken, url)
    if before != after:
        sys.exit(f"a kill after {left:,} files changed the totals: {before} and {after}")
    print(
        f"killed after {left:,} of {year.files:,} files and resumed: the same totals, "
        f"{after[0]:,} files, {after[1]:,} reports, {after[2]:,} values"
    )


def kill(folder: Path, url: str, year: Year, seconds: float) -> int:
    """Begin a backfill in a process of its own and kill it; return how many files it settled."""
    spawn = multiprocessing.get_context("spawn")
    process = spawn.Process(target=backfill, args=(folder, url, year), daemon=True)
    process.start()
    wait = time.monotonic() + 60
    while not (folder / "archive").exists() and time.monotonic() < wait:
        time.sleep(0.01)
    process.join(seconds)
    process.kill()
    process.join()
    return totals(folder, url)[0]


def backfill(folder: Path, url: str, year: Year) -> float:
    """Backfill all that is not yet settled; return the seconds."""
    quiet()
    wanted = definition(url)
    with house(folder, wanted) as tools:
        began = time.perf_counter()
        run = collect(tools, wanted, Trigger.BACKFILL, now=tools.clock(), window=year.window)
        if run.error:
            sys.exit(run.error)
        return time.perf_counter() - began


def totals(folder: Path, url: str) -> tuple[int, int, int, str]:
    """Count files, reports and values of a house, and digest the values."""
    wanted = definition(url)
    with house(folder, wanted) as tools, tools.database.read() as session:
        slots = sightings.visited(session, wanted.sieve)
        values = [
            version for key in wanted.keys for version in observations.versions(session, key)
        ]
        reports = sum(int((value.details or {}).get("reports", 0)) for value in values)
    known = sorted((v.scope, str(v.period), str(v.value), str(v.base)) for v in values)
    return len(slots), reports, len(values), hashlib.sha256(repr(known).encode()).hexdigest()[:12]


if __name__ == "__main__":
    main()
