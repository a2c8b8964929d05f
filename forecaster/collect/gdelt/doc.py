"""The wire format of GDELT's DOC 2.0: timelines, lists of articles, errors in plain text."""

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, NamedTuple, TypeVar
from urllib.parse import urlencode

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from forecaster.domain.errors import SourceChanged, SourceUnavailable
from forecaster.domain.observation import Missing
from forecaster.domain.period import Period

FIRST_DAY = datetime(2017, 1, 1, tzinfo=UTC)
"""The service holds nothing older."""
LONGEST_QUERY = 250
"""Characters; the service refuses more as "too long"."""
MOST_ARTICLES = 250
"""An answer never lists more, however many there are."""

_WAIT = timedelta(minutes=1)  # twelve times the distance that the service asks for
_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|)')

T = TypeVar("T", bound=BaseModel)


def _in_utc(text: object) -> object:
    """Read `20260828T121500Z`; whatever else stands there, its type will refuse."""
    if not isinstance(text, str) or not text.endswith("Z"):
        return text
    return datetime.strptime(f"{text}+0000", "%Y%m%dT%H%M%SZ%z")


def _plain(text: str) -> str:
    """Return a text without what no database keeps: halves of characters, and NUL."""
    return text.encode(errors="replace").decode().replace("\0", "")


Moment = Annotated[datetime, BeforeValidator(_in_utc)]
Text = Annotated[str, AfterValidator(_plain)]


class _Wire(BaseModel):
    """What the service says; fields of which nobody knows yet do no harm."""

    model_config = ConfigDict(strict=True, extra="allow", allow_inf_nan=False, frozen=True)


class Point(_Wire):
    """One day (or hour) of a timeline; `norm`: how many articles of any kind were seen in it."""

    date: Moment
    value: float
    norm: float | None = Field(default=None, ge=0)


class Article(_Wire):
    """One article of a list."""

    url: Text = Field(min_length=1)
    title: Text
    seendate: Moment


class _Series(_Wire):
    data: tuple[Point, ...]


class _Timelines(_Wire):
    timeline: tuple[_Series, ...] = ()


class _Articles(_Wire):
    articles: tuple[Article, ...] = ()


class Read(NamedTuple):
    """Entries of an answer, and the names of their fields."""

    entries: tuple[Any, ...]
    fields: frozenset[str]


def address(base: str, query: str, mode: str, **parameters: str | int) -> str:
    """Return the address that asks for a query in a mode."""
    return f"{base}?" + urlencode({"query": query, "mode": mode, "format": "json"} | parameters)


def verify(body: bytes) -> None:
    """Raise what an answer means that is no JSON: errors come as plain text, with status 200."""
    text = body.decode("utf-8-sig", errors="replace").strip()
    if text.startswith("{") and text.endswith("}"):
        return
    said = f"GDELT answered {text[:200]!r}"
    if not text or text.startswith(("<", "{")):
        raise SourceUnavailable(f"{said} instead of a whole document")
    if "limit requests" in text.casefold():
        raise SourceUnavailable(said, retry_after=_WAIT)
    raise SourceChanged(f"{said} to the query; mend it under 'collect:'")


def timeline(body: bytes, url: str) -> Read:
    """Read the points of the only timeline, in their order; none if the service has none."""
    series = _parsed(body, url, _Timelines).timeline
    if len(series) > 1:
        raise SourceChanged(f"{url} answered {len(series)} timelines; expected one")
    points: dict[datetime, Point] = {}
    for point in series[0].data if series else ():
        if points.setdefault(point.date, point) != point:
            raise SourceChanged(f"{url} gives {point.date} twice, with different values")
    return _read([points[at] for at in sorted(points)])


class Day(NamedTuple):
    """One day of a timeline: the sum of its values and of their norms, over so many points."""

    value: float
    norm: float | None
    points: int


class Value(NamedTuple):
    """What a period of a timeline comes to; the fields of a `Reading`."""

    value: float | None = None
    base: float | None = None
    missing: Missing | None = None
    details: dict[str, float] | None = None


def by_day(points: Iterable[Point]) -> dict[date, Day]:
    """Add up the points of each day: in short spans the service gives hours."""
    days: defaultdict[date, list[Point]] = defaultdict(list)
    for point in points:
        days[point.date.date()].append(point)
    return {
        day: Day(
            math.fsum(point.value for point in each),
            None if any(point.norm is None for point in each) else _norms(each),
            len(each),
        )
        for day, each in days.items()
    }


def volume(days: Mapping[date, Day], whole: float | None, period: Period) -> Value:
    """Return the articles of a period as a share of all, in parts of `whole`; none: their count.

    n is the number of all articles. A period of which a day is not told is incomplete.
    """
    own, lacking = _of(days, period)
    if lacking:
        return Value(missing=lacking)
    count = math.fsum(day.value for day in own)
    norms = [day.norm for day in own if day.norm is not None]
    norm = math.fsum(norms)
    if len(norms) < len(own) or not 0 <= count <= norm:
        raise SourceChanged(f"{count:g} of {norm:g} articles in the period of {period}: no volume")
    if not norm:
        return Value(missing=Missing.INCOMPLETE)
    value = count if whole is None else count / norm * whole
    return Value(value, base=norm, details={"articles": count})


def tone(days: Mapping[date, Day], volumes: Mapping[date, Day], period: Period) -> Value:
    """Return the mean tone of a period's days, each weighted by its articles; n is their number.

    The service gives a tone of zero to a day without articles: it has no weight.
    """
    own, lacking = _of(days, period)
    weights, unweighed = _of(volumes, period)
    if lacking or unweighed:
        return Value(missing=lacking or unweighed)
    count = math.fsum(weight.value for weight in weights)
    if not count:
        return Value(missing=Missing.NOT_REPORTED)
    pairs = zip(own, weights, strict=True)
    tones = math.fsum(day.value / day.points * weight.value for day, weight in pairs)
    return Value(tones / count, base=count)


def _of(days: Mapping[date, Day], period: Period) -> tuple[list[Day], Missing | None]:
    """Return a period's days, or why they are not all there."""
    length = (period.last_day - period.start).days + 1
    wanted = [period.start + number * timedelta(days=1) for number in range(length)]
    own = [days[day] for day in wanted if day in days]
    if len(own) == length:
        return own, None
    return own, Missing.INCOMPLETE if days else Missing.NOT_REPORTED


def _norms(points: Iterable[Point]) -> float:
    return math.fsum(point.norm or 0 for point in points)


def articles(body: bytes, url: str) -> Read:
    """Read the articles of a list; an answer without a list has none."""
    return _read(_parsed(body, url, _Articles).articles)


def _read(entries: Sequence[BaseModel]) -> Read:
    names = (name for entry in entries for name in entry.model_fields_set)
    return Read(tuple(entries), frozenset(names))


def _parsed(body: bytes, url: str, kind: type[T]) -> T:
    """Parse an answer; titles in it may hold backslashes and signs that JSON does not allow."""
    text = body.decode("utf-8-sig", errors="replace")
    mended = _ESCAPE.sub(lambda found: found[0] if found[1] else r"\\", text)
    try:
        return kind.model_validate(_tuples(json.loads(mended, strict=False)))
    except json.JSONDecodeError as error:
        raise SourceChanged(f"{url} answered no JSON: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise SourceChanged(
            f"{url} answered in another shape: {where}: {first['msg']}, "
            f"found {str(first['input'])[:80]!r}"
        ) from error


def _tuples(value: Any) -> Any:
    """Turn lists into tuples, which strict types ask for."""
    if isinstance(value, dict):
        return {key: _tuples(each) for key, each in value.items()}
    return tuple(_tuples(each) for each in value) if isinstance(value, list) else value
