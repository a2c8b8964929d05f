"""Dates as sources write them → moments, and moments as sources want them written."""

import math
import re
from datetime import UTC, date, datetime
from typing import Annotated, NamedTuple

from pydantic import AfterValidator

from forecaster.domain.base import midnight
from forecaster.domain.errors import did_you_mean
from forecaster.domain.period import Frequency

_YEARS = range(1800, 2201)  # beyond them a date is a mistake, and arithmetic of periods ends
_PATTERNS = {
    "year": "%Y",
    "YYYYMM": "%Y%m",
    "YYYYMMDD": "%Y%m%d",
    "YYYYMMDDHH": "%Y%m%d%H",
    "iso": "%Y-%m-%d",
}
_SHAPES = {
    "year": r"[0-9]{4}",
    "YYYYMM": r"[0-9]{6}",
    "YYYYMMDD": r"[0-9]{8}",
    "YYYYMMDDHH": r"[0-9]{10}",
}
_UNITS = {"unix": 1, "unix_ms": 1_000}
_NAMES = ("iso", *_SHAPES, *_UNITS)
_PROBE = datetime(2024, 5, 17, 21, 43, 38, tzinfo=UTC)


class Moment(NamedTuple):
    """When a row is, and how long the span is that its date names."""

    at: datetime
    named: Frequency


def _check_format(text: str) -> str:
    """Return the name or pattern of a format, or say what is wrong with it."""
    if text in _NAMES:
        return text
    if "%" not in text:
        raise ValueError(
            f"{text!r} is neither a pattern such as '%d/%m/%Y' nor a format"
            f"{did_you_mean(text, _NAMES)}"
        )
    try:
        datetime.strptime(_PROBE.strftime(text), text)  # noqa: DTZ007  (a probe of the pattern)
    except (ValueError, re.error) as error:
        raise ValueError(f"{text!r} is no pattern of a date: {error}") from None
    if "%Y" not in text and "%y" not in text and "%c" not in text and "%x" not in text:
        raise ValueError(f"{text!r} names no year")
    return text


Format = Annotated[str, AfterValidator(_check_format)]
"""`iso`, `year`, `YYYYMM`, `YYYYMMDD`, `YYYYMMDDHH`, `unix`, `unix_ms`, or a `%` pattern."""


def read(given: object, written: str) -> Moment:
    """Read a date in one format; `ValueError` if it is not in it. Without a zone it is UTC."""
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise ValueError(  # noqa: TRY004  (what is wrong is the value)
            f"expected a date ({written}), found {given!r:.100}"
        )
    if written in _UNITS:
        return _of_epoch(given, written)
    text = str(given).strip()
    moment = _iso(text) if written == "iso" else _of_pattern(text, written)
    if moment is None or moment.at.year not in _YEARS:
        raise ValueError(f"{text[:100]!r} is no date in the format {written!r}")
    return moment


def write(at: datetime, written: str) -> str:
    """Write a moment as a source wants it in its request."""
    if written in _UNITS:
        return str(int(at.timestamp()) * _UNITS[written])
    return at.astimezone(UTC).strftime(_PATTERNS.get(written, written))


def _of_epoch(given: str | float, written: str) -> Moment:
    try:
        seconds = float(given) / _UNITS[written]
    except (ValueError, OverflowError):
        raise ValueError(f"{str(given)[:100]!r} is no number of {written}") from None
    first, last = (datetime(year, 1, 1, tzinfo=UTC) for year in (_YEARS[0], _YEARS[-1]))
    if not math.isfinite(seconds) or not first.timestamp() <= seconds < last.timestamp():
        other = "; is it in milliseconds (unix_ms)?" if written == "unix" else ""
        raise ValueError(f"{str(given)[:100]} as {written} lies in no year of this life{other}")
    return Moment(datetime.fromtimestamp(seconds, UTC), Frequency.DAY)


def _of_pattern(text: str, written: str) -> Moment | None:
    """Read by a pattern; digits alone must have the right number, which `strptime` overlooks."""
    if written in _SHAPES and not re.fullmatch(_SHAPES[written], text):
        return None
    pattern = _PATTERNS.get(written, written)
    try:
        at = datetime.strptime(text, pattern)  # noqa: DTZ007  (the zone follows)
    except ValueError:
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    if re.search(r"%[djUWVuwacxDF]", pattern):
        return Moment(at, Frequency.DAY)
    return Moment(at, Frequency.MONTH if re.search(r"%[mbB]", pattern) else Frequency.YEAR)


def _iso(text: str) -> Moment | None:
    """Read `2024`, `2024-05`, `2024-Q2`, `2024-W07`, `2024-05-17`, or a date with a time."""
    try:
        return _of_parts(text) or _of_datetime(text)
    except (ValueError, OverflowError):
        return None


def _of_parts(text: str) -> Moment | None:
    found = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2})|-?Q([1-4])|-?W([0-9]{2}))?", text)
    if found is None:
        return None
    year, month, quarter, week = (int(part) if part else None for part in found.groups())
    assert year is not None  # noqa: S101  (the pattern always has it)
    if week is not None:
        return Moment(midnight(date.fromisocalendar(year, week, 1)), Frequency.WEEK)
    if quarter is not None:
        return Moment(midnight(date(year, quarter * 3 - 2, 1)), Frequency.QUARTER)
    if month is not None:
        return Moment(midnight(date(year, month, 1)), Frequency.MONTH)
    return Moment(midnight(date(year, 1, 1)), Frequency.YEAR)


def _of_datetime(text: str) -> Moment | None:
    if not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        at = datetime.combine(at.date(), at.time(), UTC)
    return Moment(at.astimezone(UTC), Frequency.DAY)
