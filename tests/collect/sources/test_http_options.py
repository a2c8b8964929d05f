"""What may stand under `collect:` of an endpoint, and what is refused with its place."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from forecaster.collect.sources.http_csv import HttpCsvOptions
from forecaster.collect.sources.http_json import HttpJsonOptions

BASIC: dict[str, Any] = {"url": "https://example.org/x", "date": "d", "value": "v"}
SINCE = {"history": "40 days", "params": {"from": "{since}"}}
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"value": None}, "'value' says where the value stands"),
    ({"date": None}, "'open_periods: true'"),
    ({"complete": 3}, "says nothing without 'how'"),
    ({"how": "median"}, "Input should be 'last'"),
    ({"date_format": "isoo"}, "did you mean 'iso'"),
    ({"date_format": "%m/%d"}, "names no year"),
    ({"date_format": "%Q %Y"}, "is no pattern of a date"),
    ({"thousands": "."}, "cannot part both"),
    ({"scale": 0}, "0 would make every value 0"),
    ({"url": "ftp://example.org"}, "is not an address"),
    ({"url": "https://{actor}.example.org/"}, "is not an address"),
    ({"url": "https://me:secret@example.org/"}, "is not an address"),
    ({"url": "https://example.org/{actr}"}, "did you mean 'actor'"),
    ({"params": {"q": "{untill}"}}, "did you mean 'until'"),
    ({"params": {"q": "{key:fr-ed}"}}, "a name is letters and digits"),
    ({"headers": {"X-Token": "abc"}}, "X-Token looks like a key, and a definition holds none"),
    ({"headers": {"Authorization": "Bearer abc"}}, "Authorization looks like a key"),
    ({"headers": {"Ocp-Apim-Subscription-Key": "1"}}, "looks like a key"),
    ({"params": {"api_key": "abc"}}, "api_key looks like a key"),
    ({"params": {"accessToken": "abc"}}, "accessToken looks like a key"),
    ({"url": "https://example.org/?x=1&apikey=abc"}, "apikey looks like a key"),
    ({"headers": {"Host": "other.example"}}, "Host is ours to say"),
    ({"headers": {"a b": "c"}}, "is not the name of a header"),
    ({"headers": {"Accept": "a\r\nX: y"}}, "printable ASCII alone"),
    ({"params": {"from": "{since}"}}, "need 'history: 90 days'"),
    ({"history": "40 days"}, "says nothing without {since}"),
    ({"how": "count"}, "only what was asked for can be zero"),
    ({"codes": {"CHN": ""}}, "is not the name of anything"),
    ({"codes": {"CHN": "{key:X}"}}, "is not the name of anything"),
    ({"scope": []}, "at least 1 item"),
    ({"pages": {"style": "page"}}, "need 'parameter'"),
    ({"pages": {"style": "offset", "parameter": "o", "next": "n"}}, "says nothing in the style"),
]
EXPRESSIONS: list[tuple[dict[str, Any], str]] = [
    ({"rows": "data["}, "not an expression of JMESPath"),
    ({"value": "lenght(x)"}, "no function lenght.*did you mean 'length'"),
    ({"value": "length(x, y)"}, "takes 1 arguments, not 2"),
    ({"value": "zip()"}, "takes at least 1 arguments, not 0"),
    ({"value": "x" * 501}, "1 to 500 characters, not 501"),
    ({"value": ""}, "1 to 500 characters, not 0"),
    ({"rows": "[@,@][] | " * 9 + "@"}, "would copy its input 512 times"),
    ({"rows": "to_string([@,@]) | " * 9 + "@"}, "would copy its input"),
    ({"error": "(" * 499 + "a"}, "not an expression|nested too deeply"),
    ({"value": "a.{since}"}, "stands for nothing here"),
    ({"pages": {"style": "next_link", "next": "a["}}, "not an expression of JMESPath"),
]


@pytest.mark.parametrize(("options", "said"), REFUSED)
@pytest.mark.parametrize("kind", [HttpJsonOptions, HttpCsvOptions])
def test_what_cannot_be_meant_is_refused(
    kind: type[HttpJsonOptions | HttpCsvOptions], options: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        kind.model_validate(BASIC | options)


@pytest.mark.parametrize(("options", "said"), EXPRESSIONS)
def test_a_wrong_expression_is_refused_before_there_are_data(
    options: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        HttpJsonOptions.model_validate(BASIC | options)


@pytest.mark.parametrize(
    "options",
    [
        {
            "params": {
                "api_key": "{key:FRED}",
                "keyword": "x",
                "market": "1",
                "token_id[]": "{key:A}",
            }
        },
        {"headers": {"Authorization": "Token {key:METACULUS}"}},
        {"params": {"from": "{since}"}, "history": "40 days", "how": "count", "value": None},
        {"rows": "a[?b == '{actor}'].{date: c, value: d} | [0:9]"},
        {"value": "from_json(prices)[0]", "scope": ["[0]", '"{a}"']},
        {"date_format": "%d.%m.%y", "decimal": ",", "thousands": "."},
    ],
)
def test_what_can_be_meant_is_accepted(options: dict[str, Any]) -> None:
    assert HttpJsonOptions.model_validate(BASIC | options)


def test_a_fault_is_told_with_its_place() -> None:
    with pytest.raises(ValidationError) as raised:
        HttpJsonOptions.model_validate(BASIC | {"value": "a["})
    [error] = raised.value.errors()
    assert [fault.at for fault in error["ctx"]["error"].faults] == [("value",)]


@pytest.mark.parametrize("kind", [HttpJsonOptions, HttpCsvOptions])
def test_every_option_is_explained(kind: type[HttpJsonOptions | HttpCsvOptions]) -> None:
    guide = (Path(__file__).parents[3] / "docs" / "endpoints.md").read_text("utf-8")
    unsaid = [
        name for name in kind.model_fields if f"`{name}`" not in guide and f"`{name}:" not in guide
    ]
    assert unsaid == []
