"""Values from a table of one's own: a CSV or Parquet file beside the definitions or in a store."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from forecaster.collect.endpoints import moments
from forecaster.collect.endpoints.numbers import NumberOptions
from forecaster.collect.source import Batch, Errand
from forecaster.collect.tables.files import fetched
from forecaster.collect.tables.tabular import Cell, Row, read_csv, read_parquet
from forecaster.collect.tables.tabular import Table as Sheet
from forecaster.domain.actors import dyad
from forecaster.domain.coverage import Grade, grade_of
from forecaster.domain.errors import SourceChanged
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Missing, Reading
from forecaster.domain.period import Frequency, Period

_LOCAL = r"([A-Za-z0-9_-][A-Za-z0-9_.-]*/)?[A-Za-z0-9_-][A-Za-z0-9_.-]*\.(csv|tsv|parquet|pq)"
_STORES = ("s3", "gs", "gcs", "az", "abfs", "abfss", "memory")
_UNPACKED = 4  # a Parquet file may unpack to so many times the bytes that a document may have


class TableOptions(NumberOptions):
    """Which file, and what its columns mean."""

    path: str = Field(
        min_length=1,
        max_length=500,
        description="a file beside the definitions, or in a folder there: tables/x.csv; or an "
        "object: s3://bucket/x.parquet",
    )
    format: Literal["auto", "csv", "parquet"] = Field(
        default="auto", description="auto: as the file's name ends"
    )
    value: str = Field(default="value", description="the column of the values")
    period: str = Field(default="period", description="the column of dates or periods")
    scope: str | None = Field(
        default="scope", description="the column of scopes; null: all rows are of the only one"
    )
    n: str | None = Field(default=None, description="the column of the base n of each value")
    known_at: str | None = Field(
        default=None, description="the column of the days on which the values were published"
    )
    where: Mapping[str, str] = Field(
        default={}, description="columns and what must stand in them: other rows are left out"
    )
    missing: tuple[str, ...] = Field(
        default=("", ".", "..", "NA", "N/A", "NaN", "nan", "null"),
        description="spellings that stand for no value, beside the nulls of Parquet",
    )
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: Literal["utf-8", "utf-16", "latin-1", "cp1252"] = "utf-8"
    date_format: moments.Format = Field(
        default="iso",
        description="how dates are written: iso, year, YYYYMM, YYYYMMDD, or such as %d.%m.%Y",
    )
    max_rows: int = Field(default=1_000_000, ge=1, le=10_000_000)

    @field_validator("path")
    @classmethod
    def _leads_to_a_file_of_ours(cls, path: str) -> str:
        scheme, found, _ = path.partition("://")
        if found and re.fullmatch(r"https?|ftp", scheme):
            raise ValueError("a table is no address on the web: use the source http_csv")
        if "::" in path or (found and scheme not in _STORES):
            raise ValueError(f"expected a file, or an object of {', '.join(_STORES)}")
        if not found and not re.fullmatch(_LOCAL, path):
            raise ValueError(
                "expected a .csv, .tsv, .parquet or .pq file beside the definitions, or in "
                "one folder there: tables/x.csv"
            )
        return path

    @property
    def is_parquet(self) -> bool:
        """Say whether the file is Parquet."""
        by_name = self.format == "auto" and self.path.endswith((".parquet", ".pq"))
        return self.format == "parquet" or by_name

    @property
    def columns(self) -> tuple[str, ...]:
        """List the columns that are read."""
        named = (self.period, self.value, self.scope, self.n, self.known_at, *self.where)
        return tuple(name for name in named if name is not None)


@dataclass(frozen=True)
class Table:
    """Gives what the file holds now; it is read again when it changes, and on schedule."""

    Options: ClassVar = TableOptions
    shipped: ClassVar = False
    options: TableOptions

    @property
    def watched(self) -> bool:
        """Say whether the file lies beside the definitions, where changes are noticed."""
        return "://" not in self.options.path

    def collect(self, errand: Errand) -> Iterator[Batch]:
        """Give all that the file holds of the scopes, with gaps as coded absences."""
        held = fetched(errand, self.options.path)
        sheet = self._sheet(errand, held.body)
        readings = self._readings(errand.definition, sheet)
        yield Batch(
            readings=tuple(readings),
            document=held.document,
            rows=len(sheet.rows),
            fields=frozenset(sheet.columns),
            whole=True,
            done=1,
            total=1,
        )

    def _sheet(self, errand: Errand, body: bytes) -> Sheet:
        options = self.options
        if options.is_parquet:
            limit = _UNPACKED * errand.fetch.limits.max_bytes
            return read_parquet(
                body, options.path, wanted=options.columns, most=options.max_rows, limit=limit
            )
        return read_csv(
            body,
            options.path,
            wanted=options.columns,
            delimiter=options.delimiter,
            encoding=options.encoding,
            most=options.max_rows,
        )

    def _readings(self, definition: Definition, sheet: Sheet) -> Iterator[Reading]:
        """Read the rows of each scope; one that has none at all is an error."""
        by_scope: dict[str, list[Reading]] = {scope: [] for scope in definition.scopes}
        for place, row in sheet.rows:
            if all(str(row[column]) == text for column, text in self.options.where.items()):
                scope = self._scope(definition, row, place)
                if scope in by_scope:
                    by_scope[scope] += self._reading(definition, scope, row, place)
        for scope, readings in by_scope.items():
            if not readings:
                raise SourceChanged(f"{self.options.path} has no row of {scope}")
            yield from readings
            yield from _gaps(definition, scope, {reading.period for reading in readings})

    def _scope(self, definition: Definition, row: Row, place: str) -> str:
        if self.options.scope is None:
            if len(definition.scopes) > 1:
                raise SourceChanged(f"{place}: which scope? name the column of scopes")
            return definition.scopes[0]
        name = str(row[self.options.scope]).strip()
        parts = name.split("-")
        return dyad(*parts) if len(parts) == 2 else name  # noqa: PLR2004  (two make a dyad)

    def _reading(
        self, definition: Definition, scope: str, row: Row, place: str
    ) -> Iterator[Reading]:
        """Give the row's reading, if the declared coverage holds its period."""
        options = self.options
        at = self._moment(row[options.period], definition.frequency, place)
        period = Period.containing(at.date(), definition.frequency)
        grade = grade_of(period, definition.coverage) if definition.coverage else Grade.FULL
        if grade is None:
            return
        value = self._number(row, options.value, place)
        base = self._number(row, options.n, place)
        if base is not None and base < 0:
            raise SourceChanged(f"{place}: n is {base:g}; expected none below 0")
        yield Reading(
            scope=scope,
            period=period,
            value=value,
            base=base,
            missing=Missing.NOT_REPORTED if value is None else None,
            grade=grade,
            known_at=self._known_at(row, place),
        )

    def _number(self, row: Row, column: str | None, place: str) -> float | None:
        if column is None:
            return None
        try:
            return self.options.number(row[column])
        except ValueError as error:
            raise SourceChanged(f"{place}: {error}") from error

    def _known_at(self, row: Row, place: str) -> datetime | None:
        column = self.options.known_at
        if column is None:
            return None
        return self._moment(row[column], Frequency.DAY, place)

    def _moment(self, cell: Cell, frequency: Frequency, place: str) -> datetime:
        """Read a cell that names a period; it may not be coarser than the definition's."""
        is_date = isinstance(cell, date)
        try:
            at, named = moments.read(
                str(cell) if is_date else cell, "iso" if is_date else self.options.date_format
            )
        except ValueError as error:
            raise SourceChanged(f"{place}: {error}; see 'date_format'") from error
        if named.per_year < frequency.per_year:
            raise SourceChanged(f"{place}: {cell!r} is too coarse: it names no {frequency}")
        return at


def _gaps(definition: Definition, scope: str, told: set[Period]) -> Iterator[Reading]:
    """Walk through the periods between the first and the last of which no row tells."""
    ordered = sorted(told, key=lambda period: period.ordinal)
    for period in ordered[0].through(ordered[-1]):
        grade = grade_of(period, definition.coverage) if definition.coverage else Grade.FULL
        if period not in told and grade is not None:
            yield Reading(scope=scope, period=period, missing=Missing.NOT_REPORTED, grade=grade)
