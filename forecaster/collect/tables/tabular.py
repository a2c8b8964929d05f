"""Tables of other people, CSV or Parquet, whole files in memory → rows of plain cells."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from forecaster.domain.errors import SourceChanged, SourceUnavailable, did_you_mean

Cell = str | int | float | date | None
Row = Mapping[str, Cell]

_PARQUET = b"PAR1"
_PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Table:
    """A table that was read: the names of all its columns, and its rows with their places."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[str, Row]]


def read_csv(
    body: bytes, name: str, *, wanted: Sequence[str], delimiter: str, encoding: str, most: int
) -> Table:
    """Read these columns of a CSV file with a header; a row of another length is an error.

    Raises:
        SourceUnavailable: It is empty or ends in the midst of a row: it may still be written.
        SourceChanged: It is no such table.
    """
    text = _decoded(body, name, encoding)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [column.strip() for column in next(reader, [])]
        check_columns(header, wanted, name)
        chosen = [(column, header.index(column)) for column in dict.fromkeys(wanted)]
        rows = [
            (place, {column: cells[at] for column, at in chosen})
            for place, cells in _whole_rows(reader, name, len(header), ended=text.endswith("\n"))
        ]
    except csv.Error as error:
        said = f"{name}:{reader.line_num}: {error}"
        cut_off = "unexpected end of data" in str(error)
        raise (SourceUnavailable(said) if cut_off else SourceChanged(said)) from error
    _check_count(len(rows), name, most)
    return Table(tuple(header), rows)


def read_parquet(body: bytes, name: str, *, wanted: Sequence[str], most: int, limit: int) -> Table:
    """Read these columns of a Parquet file; what it unpacks to may have so many bytes.

    Another process reads it: a damaged file may kill its reader, whatever that would catch.

    Raises:
        SourceChanged: It is damaged, too big, or has a column of another kind.
    """
    if not (body.startswith(_PARQUET) and body.endswith(_PARQUET)):
        raise SourceChanged(f"{name} is no whole Parquet file; it begins {body[:8]!r}")
    asked = json.dumps({"wanted": list(dict.fromkeys(wanted)), "most": most, "limit": limit})
    reader = [sys.executable, "-I", "-m", "forecaster.collect.tables.parquet", asked]
    try:
        done = subprocess.run(  # noqa: S603  (our own module, and no shell)
            reader, input=body, capture_output=True, timeout=_PATIENCE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise SourceChanged(f"{name} takes over {_PATIENCE_SECONDS} s to read") from error
    if done.returncode != 0:
        raise SourceChanged(f"{name} cannot be read as Parquet: it killed its reader")
    told = json.loads(done.stdout)
    check_columns(told.get("columns", wanted), wanted, name)
    if "error" in told:
        raise SourceChanged(f"{name} {told['error']}")
    rows = [
        (f"{name}, row {number}", {key: _cell(cell) for key, cell in row.items()})
        for number, row in enumerate(told["rows"], start=1)
    ]
    return Table(tuple(told["columns"]), rows)


def check_columns(columns: Sequence[str], wanted: Sequence[str], name: str) -> None:
    """Raise unless every wanted column is there, and once."""
    for column in wanted:
        if columns.count(column) > 1:
            raise SourceChanged(f"{name} has {columns.count(column)} columns named {column!r}")
        if column not in columns:
            hint = did_you_mean(column, columns)
            raise SourceChanged(f"{name} has no column {column!r}{hint}")


def _whole_rows(
    reader: Iterator[list[str]], name: str, width: int, *, ended: bool
) -> Iterator[tuple[str, list[str]]]:
    """Walk through the rows that are not blank, each with its place."""
    for number, cells in enumerate(reader, start=2):
        place = f"{name}, row {number}"
        if cells and len(cells) != width:
            said = f"{place}: {len(cells)} columns; expected {width}"
            cut_off = len(cells) < width and not ended and next(reader, None) is None
            raise SourceUnavailable(f"{said}; cut off?") if cut_off else SourceChanged(said)
        if cells:
            yield place, cells


def _decoded(body: bytes, name: str, encoding: str) -> str:
    if not body.strip():
        raise SourceUnavailable(f"{name} is empty")
    if body.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        raise SourceChanged(f"{name} is a web page instead; it begins {body.lstrip()[:60]!r}")
    try:
        text = body.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        raise SourceChanged(f"{name} is not {encoding}: {error}") from error
    if "\0" in text:
        raise SourceChanged(f"{name} holds null characters; expected CSV in {encoding}")
    return text


def _check_count(count: int, name: str, most: int) -> None:
    if count > most:
        raise SourceChanged(f"{name} has more than {most:,} rows; see max_rows")


def _cell(cell: Any) -> Cell:
    """Take a cell as the reader told it: dates come in a list."""
    return date.fromisoformat(cell[0]) if isinstance(cell, list) else cell
