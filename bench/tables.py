"""Print tables of plain text, and what was wanted beside what was measured."""

from collections.abc import Sequence
from typing import NamedTuple


class Verdict(NamedTuple):
    """One target: what is measured, on what, what is wanted, the figure, whether it is met."""

    what: str
    where: str
    wanted: str
    figure: str
    met: bool | None
    """None: there was nothing to measure it on."""


def show(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under their header, the first column to the left, the others to the right."""
    widths = [max(len(row[place]) for row in (header, *rows)) for place in range(len(header))]
    print(f"\n{title}")
    for row in (header, ["-" * width for width in widths], *rows):
        cells = [
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


def judge(verdicts: Sequence[Verdict]) -> None:
    """Print every target with its figure, met or not."""
    word = {True: "met", False: "NOT MET", None: "not measured"}
    rows = [(one.what, one.where, one.wanted, one.figure, word[one.met]) for one in verdicts]
    show("Targets", ("what", "on", "wanted", "measured", ""), rows)
