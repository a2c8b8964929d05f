"""The wire format of UN Comtrade's data/v1: who reports what, and when an answer is whole."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from forecaster.domain.errors import SourceChanged, SourceUnavailable

M49 = MappingProxyType(
    {
        "ARE": 784,
        "BLR": 112,
        "CHN": 156,
        "DEU": 276,
        "HKG": 344,
        "IND": 699,
        "IRN": 364,
        "JPN": 392,
        "KAZ": 398,
        "KGZ": 417,
        "KOR": 410,
        "PRK": 408,
        "RUS": 643,
        "TUR": 792,
        "USA": 842,
        "VNM": 704,
    }
)
"""ISO 3166 alpha-3 → M49 as UN Comtrade lists it, at comtradeplus.un.org/ListOfReferences.

Two are not the plain M49: India reports as 699, the United States (with Puerto Rico) as 842.
"""

_NEEDED = ("period", "reporterCode", "partnerCode", "flowCode", "cmdCode", "primaryValue")
_MOST_DOLLARS = 1e15  # more than the world trades in a year


class Line(NamedTuple):
    """What one row is of: flow X is an export, M an import."""

    period: str
    reporter: int
    partner: int
    flow: str
    code: str


@dataclass(frozen=True)
class Answer:
    """The values of an answer in US dollars, the number of its rows, and their fields."""

    values: Mapping[Line, float]
    rows: int
    fields: frozenset[str]


def read(body: bytes, name: str, most: int) -> Answer:
    """Return what an answer says; that it says nothing is normal.

    Raises:
        SourceUnavailable: The quota is used up.
        SourceChanged: An error, another shape, two values of the same line, or as many rows as
            one answer may have: the rest is cut off.
    """
    answer = _parsed(body, name)
    _refuse_errors(answer, name)
    rows = answer.get("data")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SourceChanged(f"{name} has no list 'data'; its fields are {', '.join(answer)}")
    if len(rows) >= most:
        raise SourceChanged(
            f"{name} holds {len(rows)} rows, as many as one answer may: ask for fewer commodities"
        )
    values: dict[Line, float] = {}
    for row in rows:
        line, value = _line(row, name)
        if values.setdefault(line, value) != value:
            raise SourceChanged(f"{name}: {line} is {values[line]:g} and also {value:g}")
    return Answer(values, len(rows), frozenset().union(*rows))


def check_whole(body: bytes, name: str) -> None:
    """Refuse to keep what is no answer; one that was cut off may come whole the next time."""
    try:
        _parsed(body, name)
    except SourceChanged as error:
        if not body or (body.lstrip().startswith(b"{") and not body.rstrip().endswith(b"}")):
            raise SourceUnavailable(f"{name} is cut off after {len(body)} bytes") from error
        raise


def _parsed(body: bytes, name: str) -> dict[str, Any]:
    def refuse(constant: str) -> float:
        raise SourceChanged(f"{name} holds {constant}, which is no number")

    try:
        answer = json.loads(body, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise SourceChanged(f"{name} is no JSON ({error}); it begins {body[:60]!r}") from error
    if not isinstance(answer, dict):
        raise SourceChanged(f"{name} is no JSON object; it begins {body[:60]!r}")
    return answer


def _refuse_errors(answer: Mapping[str, Any], name: str) -> None:
    said = answer.get("error") or answer.get("message")
    if said:
        text = f"{name} says {str(said)[:200]!r}"
        again = re.search(r"quota|rate limit", text, re.IGNORECASE)
        raise SourceUnavailable(text) if again else SourceChanged(text)


def _line(row: Mapping[str, Any], name: str) -> tuple[Line, float]:
    absent = [field for field in _NEEDED if row.get(field) is None]
    if absent:
        raise SourceChanged(f"{name}: a row without {', '.join(absent)}")
    period, reporter, partner, flow, code, value = (row[field] for field in _NEEDED)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= value <= _MOST_DOLLARS:
        raise SourceChanged(f"{name}: primaryValue is {value!r}, no value in dollars")
    return Line(str(period), reporter, partner, str(flow), str(code)), float(value)
