"""The dates that feeds bear, as they write them: with or without a zone, or even a time."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from types import MappingProxyType

_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
_ZONE = r"(?P<zone>[A-Za-z]{1,5}|(?:GMT|UTC)?[+-]\d{2}:?\d{2})(?:\s*\([^()]*\))?"
_WEEKDAY = r"(?:[A-Za-z]{3,9}\.?,?\s+)?"
_DAY, _MONTH, _YEAR = r"(?P<day>\d{1,2})", r"(?P<month>[A-Za-z]{3,9})\.?", r"(?P<year>\d{4})"
_FORMS = (
    re.compile(rf"{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)(?:[Tt ]\s*{_TIME}\s*(?:{_ZONE})?)?"),
    re.compile(rf"{_WEEKDAY}{_DAY}[ -]{_MONTH}[ -]{_YEAR}(?:,?\s+{_TIME}(?:\s*{_ZONE})?)?"),
    re.compile(rf"{_WEEKDAY}{_MONTH}\s+{_DAY},?\s+{_YEAR}(?:,?\s+{_TIME}(?:\s*{_ZONE})?)?"),
)
_LONGEST = 100
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_HOURS = MappingProxyType(
    dict.fromkeys(("Z", "UT", "UTC", "GMT"), 0)
    | {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
)
"""Zones that RFC 822 names → hours from UTC; what other letters mean is not agreed upon."""


@dataclass(frozen=True)
class Dated:
    """When something was published: a moment, or only a day."""

    day: date
    moment: datetime | None  # none: the source says no time


def read_date(text: str, zone: tzinfo) -> Dated | None:
    """Read a date as RFC 822, as ISO 8601 or with the month in front; none if it is no date.

    A time without a zone, or with letters that RFC 822 does not know, is of the zone given. The
    day of a moment is that of UTC; a day without a time stays the day that it is.
    """
    written = text.strip()[:_LONGEST]
    found = next((match for form in _FORMS if (match := form.fullmatch(written))), None)
    if found is None:
        return None
    try:
        day = date(int(found["year"]), _month(found["month"]), int(found["day"]))
        if found["hour"] is None:
            return Dated(day, None)
        hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
        clock = time(hour, minute, second, tzinfo=_zone(found["zone"], zone))
        moment = datetime.combine(day, clock).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return Dated(moment.date(), moment)


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTHS.index(text[:3].lower()) + 1


def _zone(text: str | None, declared: tzinfo) -> tzinfo:
    name = (text or "").upper()
    if name in _HOURS:
        return timezone(timedelta(hours=_HOURS[name]))
    if not re.search(r"\d", name):
        return declared
    sign = -1 if "-" in name else 1
    digits = re.sub(r"\D", "", name)
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))
