"""What may stand in a query: moments, spans and durations; nothing unknown, nothing twice."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, TypeAlias

from fastapi import FastAPI, Request
from pydantic import AfterValidator, BeforeValidator, PlainValidator, WithJsonSchema

from forecaster.api.lookup import nearest
from forecaster.api.problems import Problem
from forecaster.domain.base import midnight
from forecaster.domain.duration import parse_duration

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)"
    r"(?:([Zz])|([+\- ])(\d{2}:\d{2}))?",
    re.ASCII,
)
_ISO_DURATION = re.compile(
    r"P(?:(\d{1,5})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,5})M)?)?", re.ASCII
)
_SHORT_DURATION = re.compile(r"(\d{1,5})(w|d|h|min)", re.ASCII)
_LONGEST_LAG = timedelta(days=36_525)
_UNITS = ("weeks", "days", "hours", "minutes")
_LETTERS = dict(zip(("w", "d", "h", "min"), _UNITS, strict=True))

Known: TypeAlias = Mapping[str, tuple[str, ...]]
"""The path of a route → the query parameters that it takes."""


def read_moment(text: str) -> date | datetime:
    """Read a date or an RFC 3339 time; a time needs its zone."""
    if _DAY.fullmatch(text):
        return date.fromisoformat(text)
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a date, 2024-03-01, or a time, 2024-03-01T12:00:00Z")
    day, clock, zulu, sign, offset = found.groups()
    if zulu is None and offset is None:
        raise ValueError(f"{text!r} does not say its zone; for UTC write {day}T{clock}Z")
    zone = "+00:00" if zulu else f"{sign.replace(' ', '+')}{offset}"  # in a query, + is a space
    try:
        return datetime.combine(
            date.fromisoformat(day), time.fromisoformat(clock + zone)
        ).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text!r} lies outside the calendar") from error


def read_span(text: str) -> tuple[datetime, datetime]:
    """Read `A..B`: two moments, both included, in their order."""
    first, dots, last = text.partition("..")
    if not dots:
        raise ValueError(f"{text!r} is not a span, such as 2024-01-01..2024-03-31")
    span = (first_moment(read_moment(first)), last_moment(read_moment(last)))
    if span[1] < span[0]:
        raise ValueError(f"the span {text!r} ends before it begins")
    return span


def read_lag(text: str) -> timedelta:
    """Read a duration of a century at most: `P7D`, `7d` or `7 days`."""
    lag = _duration(text)
    if lag is None:
        raise ValueError(f"{text!r} is not a duration, such as P7D, 7d, 36h or '7 days'")
    if lag > _LONGEST_LAG:
        raise ValueError(f"{text!r} is longer than a century")
    return lag


def read_day(text: str) -> str:
    """Check that a date is written as one, and not as a number of seconds."""
    if not _DAY.fullmatch(text):
        raise ValueError(f"{text!r} is not a date, such as 2024-03-01")
    return text


Day = Annotated[date, BeforeValidator(read_day)]
Moment = Annotated[
    date | datetime,
    PlainValidator(read_moment),
    WithJsonSchema({"type": "string", "examples": ["2024-03-01", "2024-03-01T12:00:00Z"]}),
]
Span = Annotated[
    str,  # a tuple would be taken for a parameter that may stand there more than once
    AfterValidator(lambda text: read_span(text) and text),
    WithJsonSchema({"type": "string", "examples": ["2024-01-01..2024-03-31"]}),
]
Lag = Annotated[
    timedelta,
    PlainValidator(read_lag),
    WithJsonSchema({"type": "string", "examples": ["P7D", "7d", "36h"]}),
]


def _duration(text: str) -> timedelta | None:
    if short := _SHORT_DURATION.fullmatch(text):
        return timedelta(**{_LETTERS[short[2]]: int(short[1])})
    iso = _ISO_DURATION.fullmatch(text)
    if iso and any(iso.groups()):
        amounts = (int(amount or 0) for amount in iso.groups())
        return timedelta(**dict(zip(_UNITS, amounts, strict=True)))
    try:
        worded = parse_duration(text)
    except ValueError:
        return None
    return worded if isinstance(worded, timedelta) else None


def first_moment(moment: date | datetime) -> datetime:
    """Return a time, or the first moment of a day."""
    return moment if isinstance(moment, datetime) else midnight(moment)


def last_moment(moment: date | datetime) -> datetime:
    """Return a time, or the last moment of a day."""
    if isinstance(moment, datetime):
        return moment
    return midnight(moment) + timedelta(days=1, microseconds=-1)


def settled(as_of: date | datetime, now: datetime) -> datetime:
    """Return the moment meant: a day means all of it that has passed; the future is refused."""
    if first_moment(as_of) > now:
        raise Problem(
            "invalid-request",
            f"as_of: {as_of.isoformat()} lies in the future; what will be known then is not known",
        )
    return min(last_moment(as_of), now)


def known_parameters(app: FastAPI) -> Known:
    """Say, from the OpenAPI document, which query parameters each path takes."""
    return {
        path: tuple(
            sorted(
                parameter["name"]
                for operation in operations.values()
                for parameter in operation.get("parameters", ())
                if parameter["in"] == "query"
            )
        )
        for path, operations in app.openapi()["paths"].items()
    }


async def known_parameters_only(request: Request) -> None:
    """Refuse a query parameter that the route does not take, or one that stands there twice."""
    if not request.url.query:
        return
    known: Known = request.app.state.known_parameters
    taken = known.get(request.scope["route"].path, ())
    counts = Counter(name for name, _ in request.query_params.multi_items())
    wrong = [
        {"in": "query", "name": name, "message": _objection(name, count, taken)}
        for name, count in counts.items()
        if name not in taken or count > 1
    ]
    if wrong:
        known_here = f"known here: {', '.join(taken)}" if taken else "none is known here"
        told = "; ".join(f"{one['name']!r} {one['message']}" for one in wrong)
        raise Problem("invalid-request", f"query parameter {told} ({known_here})", errors=wrong)


def _objection(name: str, count: int, taken: tuple[str, ...]) -> str:
    if name in taken:
        return f"stands there {count} times; once is enough"
    return f"is unknown{nearest(name, taken)}"
