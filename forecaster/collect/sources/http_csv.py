"""Any CSV endpoint: rows, dates and values are found by the names of columns."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Self

from pydantic import Field, field_validator, model_validator

from forecaster.collect.asking.fetch import Fetched
from forecaster.collect.endpoints.body import refuse_page
from forecaster.collect.endpoints.endpoint import EndpointOptions
from forecaster.collect.endpoints.gather import Cell, gather
from forecaster.collect.endpoints.request import Request
from forecaster.collect.source import Batch, Errand
from forecaster.domain.errors import CollectError, SourceChanged, SourceUnavailable, did_you_mean
from forecaster.domain.faults import Fault, refuse

_MOST_SHOWN = 20


class HttpCsvOptions(EndpointOptions):
    """What is asked, and where in the table it stands; places are names of columns."""

    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: str = Field(default="utf-8", description="how the file is written: latin-1, cp1251")
    skip: int = Field(default=0, ge=0, le=100, description="lines before the header")
    columns: tuple[str, ...] | None = Field(
        default=None, min_length=1, description="names of the columns of a file without a header"
    )
    where: Mapping[str, str] = Field(
        default={}, description="only rows that have these values in these columns"
    )

    @field_validator("encoding")
    @classmethod
    def _is_an_encoding(cls, encoding: str) -> str:
        try:
            "a".encode(encoding)
        except (LookupError, ValueError):
            raise ValueError(f"{encoding[:100]!r} is no encoding of text") from None
        return encoding

    @model_validator(mode="after")
    def _is_a_table(self) -> Self:
        faults = []
        if self.pages is not None and self.pages.reads_bodies:
            faults.append(Fault("a table says nothing of its pages: page or offset", ("pages",)))
        if self.delimiter in '"\r\n' or self.delimiter == self.decimal == ",":
            faults.append(Fault(f"{self.delimiter!r} cannot part columns", ("delimiter",)))
        if self.columns is not None and len(set(self.columns)) < len(self.columns):
            faults.append(Fault("each column needs a name of its own", ("columns",)))
        refuse(*faults)
        return self


@dataclass(frozen=True)
class HttpCsv:
    """Gives the values of a CSV endpoint, request by request."""

    Options: ClassVar = HttpCsvOptions
    shipped: ClassVar = False
    options: HttpCsvOptions

    def collect(self, errand: Errand) -> Iterator[Batch]:
        """Give what the endpoint has on every scope."""
        return gather(
            self.options,
            errand,
            lambda fetched, request: read(self.options, fetched, request),
            verify=refuse_page,
        )


@dataclass(frozen=True)
class CsvPage:
    """One table: its columns, the rows that are meant with their lines, and how many it has."""

    fetched: Fetched
    columns: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    size: int

    @property
    def fields(self) -> frozenset[str]:
        """Return the names of the columns."""
        return frozenset(self.columns)

    def find(self, expression: str) -> object:
        """Refuse: a table has no place that an expression could find."""
        raise SourceChanged(f"{expression!r} is looked for in a table, which has only rows")

    def cells(self) -> Iterator[tuple[str, Cell]]:
        """Walk through the rows; a cell is what stands in a column."""
        for line, row in self.rows:
            place = f"{self.fetched.document.url}:{line}"
            yield place, partial(self._cell, row)

    def absent(self, place: str) -> str | None:
        """Say nothing: that a column is missing is said with the first row."""
        del place
        return None

    def _cell(self, row: Mapping[str, str], name: str) -> str:
        if name not in row:
            raise SourceChanged(f"{self.fetched.document.url}: {_no_column(name, self.columns)}")
        return row[name]


def read(options: HttpCsvOptions, fetched: Fetched, _: Request) -> CsvPage:
    """Read a table.

    Raises:
        SourceChanged: Another encoding, no table, or not the columns that were expected.
        SourceUnavailable: It was cut off.
    """
    url = fetched.document.url
    lines = io.StringIO(_text(options, fetched), newline="")
    for _line in range(options.skip):
        lines.readline()
    reader = csv.reader(lines, delimiter=options.delimiter, strict=True)
    rows = []
    try:
        columns = options.columns or tuple(name.strip() for name in next(reader, ()))
        _check_columns(options, columns, url)
        for row in reader:
            if row and any(cell.strip() for cell in row):
                line = options.skip + reader.line_num
                if len(row) != len(columns):
                    raise _odd(row, columns, f"{url}:{line}", is_cut=_is_cut(fetched, lines))
                rows.append((line, dict(zip(columns, row, strict=True))))
    except csv.Error as error:
        said = f"{url}:{options.skip + reader.line_num}: {error}"
        if "end of data" in str(error):
            raise SourceUnavailable(f"{said}: the table was cut off") from error
        raise SourceChanged(said) from error
    kept = [(line, row) for line, row in rows if options.where.items() <= row.items()]
    return CsvPage(fetched, columns, tuple(kept), len(rows))


def _text(options: HttpCsvOptions, fetched: Fetched) -> str:
    encoding = "utf-8-sig" if codecs.lookup(options.encoding).name == "utf-8" else options.encoding
    try:
        return fetched.body.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceChanged(
            f"{fetched.document.url} is not in {options.encoding}: {error.reason} at byte "
            f"{error.start}; name its encoding under 'encoding'"
        ) from error


def _check_columns(options: HttpCsvOptions, columns: tuple[str, ...], url: str) -> None:
    """Raise unless the columns that are known without a scope are there, each once."""
    if len(set(columns)) < len(columns):
        raise SourceChanged(f"{url}: two columns bear one name: {', '.join(columns)}")
    places = [options.date, options.value, options.n, options.distinct, *(options.scope or ())]
    named = [place for place in places if place is not None and "{" not in place]
    for name in [*named, *options.where]:
        if name not in columns:
            raise SourceChanged(f"{url}: {_no_column(name, columns)}")


def _odd(row: list[str], columns: tuple[str, ...], place: str, *, is_cut: bool) -> CollectError:
    """Return what a row of another length means."""
    said = f"{place}: {len(row)} columns; expected {len(columns)}"
    if is_cut and len(row) < len(columns):
        return SourceUnavailable(f"{said}: the table was cut off")
    return SourceChanged(said)


def _is_cut(fetched: Fetched, lines: io.StringIO) -> bool:
    """Say whether the line that was read last is the last one, and does not end."""
    return lines.tell() >= len(lines.getvalue()) and not fetched.body.endswith((b"\n", b"\r"))


def _no_column(name: str, columns: tuple[str, ...]) -> str:
    shown = ", ".join(columns[:_MOST_SHOWN])
    near = did_you_mean(name, columns)
    hint = near if "mean" in near else ""
    return f"there is no column {name!r}, only {shown}{hint}"
