"""Tables of other people, CSV or Parquet, whole files in memory → rows of plain cells."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from forecaster.collect.cells import Cell
from forecaster.domain.errors import SourceChanged, SourceUnavailable, did_you_mean

Row = Mapping[str, Cell]

_PARQUET = b"PAR1"


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

    Raises:
        SourceChanged: It is damaged, too big, or has a column of another kind.
    """
    if not (body.startswith(_PARQUET) and body.endswith(_PARQUET)):
        raise SourceChanged(f"{name} is no whole Parquet file; it begins {body[:8]!r}")
    try:
        columns = tuple(pl.read_parquet_schema(io.BytesIO(body)))
        check_columns(columns, wanted, name)
        frame = pl.read_parquet(
            io.BytesIO(body),
            columns=list(dict.fromkeys(wanted)),
            n_rows=most + 1,
            memory_map=False,
        )
        _check_size(frame, name, most=most, limit=limit)
        cells = frame.rows(named=True)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise SourceChanged(f"{name} cannot be read as Parquet: {error}") from error
    rows = [
        (f"{name}, row {number}", {key: _cell(cell, name) for key, cell in row.items()})
        for number, row in enumerate(cells, start=1)
    ]
    return Table(columns, rows)


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


def _check_size(frame: pl.DataFrame, name: str, *, most: int, limit: int) -> None:
    """Refuse what would not fit as plain values: one stored text may stand in every row."""
    _check_count(frame.height, name, most)
    lengths = [column.str.len_bytes() for column in frame.select(pl.col(pl.String))]
    texts = sum(int(length.sum()) for length in lengths)
    if frame.estimated_size() + texts > limit:
        raise SourceChanged(f"{name} unpacks to more than {limit:,} bytes")


def _cell(cell: Any, place: str) -> Cell:  # a Parquet file may hold anything
    if isinstance(cell, Decimal):
        return float(cell)
    if isinstance(cell, datetime):
        return cell.date()
    if cell is None or isinstance(cell, str | int | float | date):
        return cell
    raise SourceChanged(f"{place} holds a {type(cell).__name__}; expected text, numbers or dates")
