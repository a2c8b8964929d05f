"""Cells of a table, as people write them → numbers and days."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from forecaster.domain.errors import SourceChanged
from forecaster.domain.period import Frequency

Cell = str | int | float | date | None

_LOOKS_PARTED = re.compile(r"[0-9][,. '\u00a0\u202f][0-9]")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})([T ].*)?|([0-9]{4})([0-9]{2})([0-9]{2})")


@dataclass(frozen=True)
class Numbers:
    """How a table writes numbers: its decimal sign, and what parts thousands."""

    decimal: str = "."
    thousands: str = ""

    def read(self, cell: Cell, place: str) -> float:
        """Return a finite number, or raise `SourceChanged` with what stands there instead."""
        number = self._of_text(cell, place) if isinstance(cell, str) else cell
        if number is None or isinstance(number, bool | date):
            raise SourceChanged(f"{place}: {cell!r} is not a number")
        if not math.isfinite(number):
            raise SourceChanged(f"{place}: {cell!r} is not a finite number")
        return float(number)

    def _of_text(self, text: str, place: str) -> float:
        found = self._pattern.fullmatch(text.strip())
        if found is None:
            hint = "; see 'thousands' and 'decimal'" if _LOOKS_PARTED.search(text) else ""
            raise SourceChanged(f"{place}: {text[:60]!r} is not a number{hint}")
        whole, fraction, power = found.groups(default="")
        if self.thousands:
            whole = whole.replace(self.thousands, "")
        return float(f"{whole}.{fraction or 0}{power}")

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        groups = rf"|[0-9]{{1,3}}(?:{re.escape(self.thousands)}[0-9]{{3}})+"
        whole = rf"[+-]?(?:[0-9]+{groups if self.thousands else ''})"
        return re.compile(rf"({whole})(?:{re.escape(self.decimal)}([0-9]*))?([eE][+-]?[0-9]+)?")


def read_day(cell: Cell, frequency: Frequency, pattern: str | None, place: str) -> date:
    """Return a day of the period that a cell names.

    Args:
        cell: 2026, 2026-Q1, 2026-03, 2026-W10 or 2026-03-04; it may not be coarser than a period.
        frequency: How long a period is.
        pattern: How dates are written instead, as for `strptime`.
        place: Where it stands, for the error.
    """
    if isinstance(cell, date):
        return cell
    text = str(cell).strip()
    try:
        if pattern is not None:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007  (a day, no moment)
        return _day(text, frequency)
    except ValueError as error:
        raise SourceChanged(f"{place}: {text[:60]!r} names no {frequency}: {error}") from error


def _day(text: str, frequency: Frequency) -> date:
    day = _DAY.fullmatch(text)
    if day is not None:
        year, month, number = (part for part in (*day.groups()[:3], *day.groups()[4:]) if part)
        return date(int(year), int(month), int(number))
    for pattern, read, finest in _FORMS:
        found = re.fullmatch(pattern, text, re.IGNORECASE)
        if found is not None:
            if frequency not in finest:
                raise ValueError("it is too coarse")
            return read(*(int(part) for part in found.groups()))
    raise ValueError("expected a date such as 2026-03-04; else declare 'date_format'")


_FORMS: tuple[tuple[str, Callable[..., date], frozenset[Frequency]], ...] = (
    (
        "([0-9]{4})-?([0-9]{2})",
        lambda year, month: date(year, month, 1),
        frozenset({Frequency.MONTH, Frequency.QUARTER, Frequency.YEAR}),
    ),
    (
        "([0-9]{4})-?Q([1-4])",
        lambda year, quarter: date(year, 3 * quarter - 2, 1),
        frozenset({Frequency.QUARTER, Frequency.YEAR}),
    ),
    (
        "([0-9]{4})-?W([0-9]{2})",
        lambda year, week: date.fromisocalendar(year, week, 1),
        frozenset({Frequency.WEEK}),
    ),
    ("([0-9]{4})", lambda year: date(year, 1, 1), frozenset({Frequency.YEAR})),
)
"""How a period may be named, its first day, and of which frequencies it is one or a part."""
