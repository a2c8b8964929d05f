"""Measure how fast export files of GDELT are read, against polars' bare read of the same bytes."""

import argparse
import io
import logging
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import structlog
from gdelt_world import START, Year, definition, house, packed, rows, served

from forecaster.collect.gdelt.acts import acts
from forecaster.collect.gdelt.export import File, read
from forecaster.collect.sources.gdelt_events import GdeltEvents, GdeltEventsOptions
from forecaster.cycle.collecting import collect
from forecaster.domain.run import Trigger

REAL = Path("shared/payloads/gdelt_v2_events/20191024143000.export.CSV")
ACTORS = frozenset((b"CHN", b"IRN", b"PRK", b"RUS"))
PAGE = 4096


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000, help="of the generated file")
    parser.add_argument("--megabytes", type=int, default=50, help="of the large one")
    parser.add_argument("--files", type=int, default=1_000, help="of the backfill")
    parser.add_argument("--repeat", type=int, default=15, help="of each reading; the best counts")
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))

    content = rows(asked.rows, START, 1)
    compare(f"generated, {asked.rows:,} rows", content, asked.repeat)
    beside = Path(__file__).parents[2] / REAL
    if beside.exists():
        compare(f"recorded, {REAL.name}", beside.read_bytes(), asked.repeat)
    large = content * max(1, asked.megabytes * 1_000_000 // len(content))
    compare(f"large, {len(large) / 1e6:.0f} MB", large, 2)
    memory(asked.files)


def compare(name: str, content: bytes, repeat: int) -> None:
    """Time reading, filtering and clustering of a file, and the bare read."""
    stored = packed("file", content, zipfile.ZIP_STORED)
    deflated = packed("file", content)
    ours, bare = best(lambda: seen(stored), repeat), best(lambda: bare_read(content), repeat)
    whole = best(lambda: seen(deflated), repeat)
    speed = len(content) / 1e6
    print(
        f"{name}: {ours * 1e3:.2f} ms, {speed / ours:.0f} MB/s; "
        f"polars' bare read {bare * 1e3:.2f} ms; ratio {ours / bare:.2f} (goal: 3 or less); "
        f"with unzipping {whole * 1e3:.2f} ms, ratio {whole / bare:.2f}"
    )


def seen(body: bytes) -> int:
    """Read a file, choose the reports of the core dyads, join them into acts; count these."""
    source = GdeltEvents(GdeltEventsOptions(quad_classes=(1, 2)))
    content = read(body, "file", 61, ACTORS)
    wanted = definition("http://127.0.0.1")
    reports, _ = source.see(wanted, File(START, "file"), content.rows)
    return len(acts(reports))


def bare_read(content: bytes) -> pl.DataFrame:
    """Read all columns as text."""
    return pl.read_csv(
        io.BytesIO(content),
        separator="\t",
        has_header=False,
        quote_char=None,
        infer_schema=False,
        encoding="utf8-lossy",
    )


def best(once: Callable[[], object], repeat: int) -> float:
    """Return the seconds of the quickest of several times."""
    seconds = []
    for _ in range(repeat):
        began = time.perf_counter()
        once()
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def memory(files: int) -> None:
    """Print how much memory a backfill takes after a tenth of its files, and after all."""
    year = Year(files, 50)
    resident: dict[int, int] = {}

    def watch(done: int, _: int | None) -> None:
        resident[done] = int(Path("/proc/self/statm").read_text().split()[1]) * PAGE

    with served(year) as url, tempfile.TemporaryDirectory() as folder:
        wanted = definition(url)
        with house(Path(folder), wanted) as tools:
            now = tools.clock()
            run = collect(
                tools, wanted, Trigger.BACKFILL, now=now, window=year.window, watch=watch
            )
    if run.error:
        sys.exit(run.error)
    early, late = resident[max(1, files // 10)], resident[files]
    print(
        f"memory: {early / 1e6:.1f} MB after {max(1, files // 10):,} files, "
        f"{late / 1e6:.1f} MB after {files:,}; ratio {late / early:.3f} (goal: flat)"
    )


if __name__ == "__main__":
    main()
