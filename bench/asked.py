"""What a benchmark is asked for on the command line: which series, and how much of each."""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import track
from series import Series, Window, real, simulated, some, windows


def parser(
    about: str | None, *, limit: int, origins: int, simulated: int
) -> argparse.ArgumentParser:
    """Make a parser of the options that choose series, with these defaults."""
    made = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = made.add_argument
    add("--csv", type=Path, help="a directory of CSVs: series, period, value")
    add("--only", nargs="+", metavar="SET", help="these data sets alone")
    add("--limit", type=int, default=limit, help="series of a real data set; 0: all")
    add("--origins", type=int, default=origins, help="windows of a series")
    add("--simulated", type=int, default=simulated, help="made series of each kind")
    add("--seed", type=int, default=1)
    made.set_defaults(holdout=False)
    return made


def with_holdout(made: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Let the last fifth of the shipped series be asked for: once, at the very end."""
    made.add_argument("--holdout", action="store_true", help="score that fifth, and nothing else")
    return made


def chosen(asked: argparse.Namespace) -> dict[str, list[Series]]:
    """Return the series to measure on, by data set, counts apart from what is continuous."""
    made = {} if asked.holdout else simulated(asked.simulated, asked.seed)
    sets = {**real(asked.csv, holdout=asked.holdout), **made}
    unknown = set(asked.only or ()) - set(sets)
    if unknown:
        raise SystemExit(
            f"no data set is called {', '.join(unknown)}; there are {', '.join(sets)}"
        )
    return _split(
        {
            name: told if name in made else some(told, asked.limit or len(told))
            for name, told in sets.items()
            if not asked.only or name in asked.only
        }
    )


def all_windows(sets: Mapping[str, list[Series]], origins: int) -> list[Window]:
    """Return the windows of all series."""
    return [window for told in sets.values() for one in told for window in windows(one, origins)]


def watched(todo: Sequence[Window]) -> Iterator[Window]:
    """Walk over windows, and show on a terminal how far."""
    hidden = not sys.stderr.isatty()
    return iter(track(todo, "windows", console=Console(stderr=True), disable=hidden))


def _split(sets: Mapping[str, list[Series]]) -> dict[str, list[Series]]:
    split: dict[str, list[Series]] = {}
    for name, told in sets.items():
        for one in told:
            label = f"{name}, counts" if one.is_count and not one.made else name
            split.setdefault(label, []).append(replace(one, group=label))
    return split
