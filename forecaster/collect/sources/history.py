"""The shipped series, and the operator's own, from `history/*.csv` beside the definitions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from pydantic import Field, field_validator

from forecaster.collect.source import Batch, Errand
from forecaster.collect.tables.table import Row, files_by_root, parse, rows
from forecaster.domain.actors import Scope
from forecaster.domain.base import Frozen
from forecaster.domain.coverage import Grade, grade_of
from forecaster.domain.errors import SourceChanged, did_you_mean
from forecaster.domain.for_each import fill
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Missing, Reading
from forecaster.domain.period import Frequency, Period

Placed = Sequence[tuple[str, Row]]
_COLUMNS = ("series", "scope", "frequency", "period_start", "value", "n")


class HistoryOptions(Frozen):
    """Which series of the files is meant."""

    series: str = Field(
        min_length=1, description="name in the column `series`; may hold {a} {b} {dyad} {actor}"
    )


class _Value(Frozen):
    """One row of a file."""

    series: str
    scope: Scope
    frequency: Frequency
    period_start: date
    value: float
    n: float | None = Field(ge=0)

    @field_validator("n", mode="before")
    @classmethod
    def _may_be_empty(cls, text: object) -> object:
        return None if text == "" else text

    @property
    def period(self) -> Period:
        """Return the period, if one starts on that day."""
        return Period(frequency=self.frequency, start=self.period_start)


@dataclass(frozen=True)
class History:
    """Gives a series as it lies in the files; a gap in it is a coded absence."""

    Options: ClassVar = HistoryOptions
    shipped: ClassVar = True
    options: HistoryOptions

    def collect(self, errand: Errand) -> Iterator[Batch]:
        """Give the whole series of every scope, within the coverage that is declared."""
        placed = [
            [row for path in files for row in rows(path, _COLUMNS)]
            for files in files_by_root(errand.roots, "history")
        ]
        readings: list[Reading] = []
        for scope in errand.definition.scopes:
            name = fill(self.options.series, scope)
            values = _values(placed, name, scope, errand.definition.frequency)
            readings += _with_gaps(errand.definition, scope, values)
        yield Batch(readings=tuple(readings), whole=True, done=1, total=1)


def _values(
    placed: Sequence[Placed], series: str, scope: str, frequency: Frequency
) -> dict[Period, _Value]:
    """Find the values of one series over one scope; a later root overrides by period."""
    named = [[found for found in root if found[1]["series"] == series] for root in placed]
    if not any(named):
        known = sorted({row["series"] for root in placed for _, row in root})
        raise SourceChanged(f"no series named {series!r}{did_you_mean(series, known)}")
    wanted = [[found for found in root if found[1]["scope"] == scope] for root in named]
    if not any(wanted):
        known = sorted({row["scope"] for root in named for _, row in root})
        raise SourceChanged(f"{series} has no rows of {scope}, only of {', '.join(known)}")

    values: dict[Period, _Value] = {}
    for root in wanted:
        values |= _of_one_root(root, series, scope, frequency)
    return values


def _of_one_root(
    wanted: Placed, series: str, scope: str, frequency: Frequency
) -> dict[Period, _Value]:
    """Read the values of one root; the same period may not have two."""
    values: dict[Period, _Value] = {}
    for place, (period, value) in parse(wanted, _read):
        if period.frequency != frequency:
            raise SourceChanged(
                f"{place}: {series} is by {period.frequency}, the definition by {frequency}"
            )
        if values.setdefault(period, value) != value:
            raise SourceChanged(f"{place}: {series} of {scope} has two values on {period}")
    return values


def _read(row: Row) -> tuple[Period, _Value]:
    value = _Value.model_validate(row)
    return value.period, value


def _with_gaps(
    definition: Definition, scope: str, values: dict[Period, _Value]
) -> Iterator[Reading]:
    """Walk from the first to the last period that the declared coverage holds."""
    ordered = sorted(values, key=lambda period: period.ordinal)
    for period in ordered[0].through(ordered[-1]):
        grade = grade_of(period, definition.coverage) if definition.coverage else Grade.FULL
        if grade is None:
            continue
        found = values.get(period)
        yield Reading(
            scope=scope,
            period=period,
            value=found.value if found else None,
            base=found.n if found else None,
            missing=None if found else Missing.NOT_REPORTED,
            grade=grade,
        )
