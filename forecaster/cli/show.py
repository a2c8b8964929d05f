"""Print tables for people and JSON for machines."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

Row = Mapping[str, object]


def rows(
    title: str,
    found: Sequence[Row],
    *,
    as_json: bool,
    empty: str,
    shown: Sequence[str] | None = None,
) -> None:
    """Print rows of one shape: one JSON list, or a table of all fields or of those shown."""
    if as_json:
        print(json.dumps(found, default=str, indent=2))  # noqa: T201  (what was asked for)
        return
    console = Console()
    if not found:
        console.print(empty)
        return
    table = Table(title=title, title_justify="left", header_style="bold", box=SIMPLE)
    for name in shown or found[0]:
        table.add_column(
            name.replace("_", " "), no_wrap=name in {"series", "method", "scope", "id"}
        )
    for row in found:
        table.add_row(*(_text(row[name]) for name in shown or found[0]))
    console.print(table)


def age(moment: datetime | None, now: datetime) -> str:
    """Say how long ago, in the largest unit that fits."""
    if moment is None:
        return "never"
    seconds = int((now - moment).total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{max(seconds, 0)} s"


def _text(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
