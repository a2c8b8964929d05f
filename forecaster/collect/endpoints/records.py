"""Rows of any table → readings: dated, valued, placed in a scope, one for each period."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from forecaster.collect.endpoints import moments
from forecaster.collect.endpoints.numbers import NumberOptions
from forecaster.collect.source import Errand
from forecaster.domain.coverage import Grade, grade_of
from forecaster.domain.errors import SourceChanged
from forecaster.domain.faults import Fault, refuse
from forecaster.domain.observation import Missing, Reading
from forecaster.domain.period import Period

_A_DAY = timedelta(days=1)  # the date of a row may be that of a place east of Greenwich
How = Literal["last", "first", "mean", "sum", "count", "max", "min"]


class RecordOptions(NumberOptions):
    """Where in a row its date, value and scope stand, and what several rows of a period give."""

    date: str | None = Field(
        default=None, description="where the date stands; without it a row is of the day it is had"
    )
    date_format: moments.Format = Field(
        default="iso",
        description="iso, year, YYYYMM, YYYYMMDD, YYYYMMDDHH, unix, unix_ms, or a pattern such "
        "as '%d/%m/%Y'",
    )
    value: str | None = Field(default=None, description="where the value stands")
    n: str | None = Field(default=None, description="where the size of a share's base stands")
    distinct: str | None = Field(
        default=None, description="where a row's identity stands: rows that share it are one"
    )
    how: How | None = Field(
        default=None,
        description="what several rows of one period give; without it there may be only one",
    )
    complete: int | None = Field(
        default=None, ge=1, description="rows of a whole period; with fewer it is incomplete"
    )
    open_periods: bool = Field(
        default=False, description="whether periods that are not over yet are given, too"
    )
    future: Literal["refuse", "ignore"] = Field(
        default="refuse", description="what to do with rows of days to come"
    )

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        refuse(
            Fault("'value' says where the value stands; only 'how: count' needs none")
            if self.value is None and self.how != "count"
            else None,
            Fault("rows without a 'date' are of the open period: 'open_periods: true'")
            if self.date is None and not self.open_periods
            else None,
            Fault("says nothing without 'how'", ("complete",))
            if self.complete is not None and self.how is None
            else None,
        )
        return self


@dataclass(frozen=True)
class Record:
    """What stands in one row, still as the source wrote it."""

    place: str
    page: int
    scope: str
    date: object = None
    value: object = None
    n: object = None
    identity: object = None


@dataclass(frozen=True)
class Span:
    """Which moments a run asks for; the end is excluded. None: as far as there are rows."""

    since: datetime | None
    until: datetime

    def holds(self, at: datetime) -> bool:
        """Say whether a row of that moment was asked for."""
        return (self.since is None or self.since <= at) and at < self.until


@dataclass(frozen=True)
class _Row:
    place: str
    page: int
    at: datetime
    value: float | None
    n: float | None


def readings(
    options: RecordOptions, errand: Errand, span: Span, records: Iterable[Record], scopes: set[str]
) -> dict[int, list[Reading]]:
    """Read the records of some scopes; the readings stand under the page they come from.

    Raises:
        SourceChanged: A row cannot be read, or a period has two values.
    """
    table: dict[str, dict[Period, list[_Row]]] = {scope: defaultdict(list) for scope in scopes}
    last_page = 0
    for record in _distinct(options, records):
        last_page = max(last_page, record.page)
        period, row = _row(options, errand, record)
        if period is not None and span.holds(row.at):
            table[record.scope][period].append(row)

    found: dict[int, list[Reading]] = defaultdict(list)
    for scope in (scope for scope in errand.definition.scopes if scope in scopes):
        rows = table[scope]
        if options.how == "count":
            rows = {period: rows.get(period, []) for period in _asked(errand, span)} | rows
        for period in sorted(rows, key=lambda period: period.ordinal):
            grade = _grade(errand, period)
            if grade is not None and _is_due(options, errand, period):
                page = rows[period][-1].page if rows[period] else last_page
                found[page].append(_reading(options, scope, period, rows[period], grade))
    return found


def _distinct(options: RecordOptions, records: Iterable[Record]) -> Iterator[Record]:
    """Walk through the records, those that share an identity once: as they came first."""
    seen: set[tuple[str, str]] = set()
    for record in records:
        if options.distinct is not None:
            if record.identity is None:
                raise SourceChanged(f"{record.place}: nothing stands at {options.distinct!r}")
            name = (record.scope, str(record.identity))
            if name in seen:
                continue
            seen.add(name)
        yield record


def _row(options: RecordOptions, errand: Errand, record: Record) -> tuple[Period | None, _Row]:
    """Read one record; no period if it is of a day to come that is ignored."""
    frequency = errand.definition.frequency
    try:
        at = errand.now
        if options.date is not None:
            at, named = moments.read(record.date, options.date_format)
            if named.per_year < frequency.per_year:
                raise ValueError(  # noqa: TRY301  (said with the place, as what others say)
                    f"{record.date!r} names a {named}, but the definition is by {frequency}"
                )
        value = options.number(record.value) if options.value is not None else None
        base = options.number(record.n) if options.n is not None else None
        if base is not None and base < 0:
            raise ValueError(f"{base:g} is not the size of a base")  # noqa: TRY301  (as above)
    except ValueError as error:
        raise SourceChanged(f"{record.place}: {error}") from error
    period = Period.containing(at.astimezone(UTC).date(), frequency)
    if at >= errand.now + _A_DAY:
        if options.future == "refuse":
            raise SourceChanged(
                f"{record.place}: {at:%Y-%m-%d} is still to come; 'future: ignore' leaves it out"
            )
        return None, _Row(record.place, record.page, at, value, base)
    return period, _Row(record.place, record.page, at, value, base)


def _asked(errand: Errand, span: Span) -> Iterator[Period]:
    """Walk through the periods that lie wholly in what was asked for."""
    assert span.since is not None  # noqa: S101  (what counts rows asks from {since})
    frequency = errand.definition.frequency
    first = Period.containing(span.since.date(), frequency)
    last = Period.containing(span.until.date(), frequency)
    yield from (period for period in first.through(last) if period.ends_at <= span.until)


def _grade(errand: Errand, period: Period) -> Grade | None:
    spans = errand.definition.coverage
    return grade_of(period, spans) if spans else Grade.FULL


def _is_due(options: RecordOptions, errand: Errand, period: Period) -> bool:
    """Say whether a period is over; several rows are waited for until all could be known."""
    if options.open_periods:
        return True
    if options.how is None:
        return period.ends_at <= errand.now
    return errand.definition.known_at(period) <= errand.now


def _reading(
    options: RecordOptions, scope: str, period: Period, rows: Sequence[_Row], grade: Grade
) -> Reading:
    """Make one reading of the rows of a period."""
    value, base, missing = _value(options, scope, period, rows)
    details = None if options.how in {None, "count"} else {"rows": float(len(rows))}
    return Reading(
        scope=scope,
        period=period,
        value=value,
        base=base,
        missing=missing,
        grade=grade,
        details=details,
    )


def _value(
    options: RecordOptions, scope: str, period: Period, rows: Sequence[_Row]
) -> tuple[float | None, float | None, Missing | None]:
    present = [row for row in rows if row.value is not None or options.value is None]
    if options.complete is not None and len(present) < options.complete:
        return None, None, Missing.INCOMPLETE
    if options.how == "count":
        return float(len(present)), None, None
    if options.how is None:
        _refuse_two(scope, period, rows)
    if not present:
        return None, None, Missing.NOT_REPORTED
    if options.how == "sum" and len(present) < len(rows):
        return None, None, Missing.INCOMPLETE
    ordered = sorted(present, key=lambda row: row.at)
    try:
        value = _AGGREGATES[options.how or "last"]([row.value or 0.0 for row in ordered])
    except OverflowError as error:
        raise SourceChanged(f"{scope}, {period}: {error}") from error
    return value, _base(options.how, ordered), None


def _base(how: How | None, ordered: Sequence[_Row]) -> float | None:
    """Return the base of the row that is given, or the sum of those of the rows together."""
    if how in {None, "last"}:
        return ordered[-1].n
    if how == "first":
        return ordered[0].n
    bases = [row.n for row in ordered if row.n is not None]
    whole = how in {"mean", "sum"} and len(bases) == len(ordered)
    return math.fsum(bases) if whole else None


_AGGREGATES: Mapping[str, Callable[[Sequence[float]], float]] = {
    "last": lambda values: values[-1],
    "first": lambda values: values[0],
    "mean": lambda values: math.fsum(values) / len(values),
    "sum": math.fsum,
    "max": max,
    "min": min,
}


def _refuse_two(scope: str, period: Period, rows: Sequence[_Row]) -> None:
    """Raise if rows of one period differ: which of them holds is not for us to guess."""
    first, *others = rows
    for other in others:
        if (first.value, first.n) != (other.value, other.n):
            raise SourceChanged(
                f"{scope}, {period.frequency} of {period}: {first.value} ({first.place}) and "
                f"{other.value} ({other.place}); say under 'how' what several rows give"
            )
