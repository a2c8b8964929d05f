"""A test in a YAML says what is given and what to expect, of one kind each."""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from forecaster.domain.example import Example, Given, Reply

OBSERVED = {"observations": [{"scope": "CHN-RUS", "period": "2026-02-23", "value": 2}]}
RUN = {"documents": {"https://example.org/*": "a"}}


def example(**fields: Any) -> Example:
    return Example.model_validate({"given": RUN, "expect": OBSERVED} | fields)


def test_a_text_a_zip_and_base64_become_bytes() -> None:
    packed = zipfile.ZipFile(io.BytesIO(Reply(zip={"a.csv": "x,y"}).body))

    assert packed.read("a.csv") == b"x,y"
    assert Reply(text="é").body == "é".encode()
    assert Reply(base64="//4A\nYQ==").body == b"\xff\xfe\x00a"
    assert Reply(status=404).body == b""


def test_the_same_zip_has_the_same_bytes() -> None:
    assert Reply(zip={"a": "1"}).body == Reply(zip={"a": "1"}).body


@pytest.mark.parametrize("reply", [{"text": "a", "zip": {}}, {"base64": "%"}, {"status": 99}])
def test_an_answer_has_one_good_body(reply: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Reply.model_validate(reply)


def test_one_address_may_answer_several_times() -> None:
    given = Given.model_validate({"documents": {"a": ["1", {"status": 404}], "b": "2"}})

    assert given.replies == {
        "a": (Reply(text="1"), Reply(status=404)),
        "b": (Reply(text="2"),),
    }


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (RUN, "run"),
        ({"files": {"ledger/a.csv": ""}}, "run"),
        ({"probabilities": {"busy": [0.5]}}, "alerts"),
        ({"values": [1, None]}, "alerts"),
        ({"series": {"other": {"2026-01-01": 3}}}, "series"),
    ],
)
def test_what_is_given_says_what_is_tried(given: dict[str, Any], kind: str) -> None:
    assert Given.model_validate(given).kind == kind


@pytest.mark.parametrize(
    "given",
    [
        {},
        RUN | {"values": [1]},
        {"series": {}, "values": [1]},
        {"probabilities": {"busy": [1.5]}},
        {"files": {"../a.csv": ""}},
        {"files": {"/ledger/a.csv": ""}},
        {"files": {"ledger/.a": ""}},
        {"files": {"other/a.csv": ""}},
    ],
)
def test_what_is_given_is_of_one_kind_and_stays_in_its_place(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Given.model_validate(given)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"expect": {"alerts": {"a": "firing"}}}, "what is given says nothing of alerts"),
        ({"given": {"values": [1]}}, "what is given says nothing of observations"),
        ({"expect": {}}, "expect 'observations' of what is given"),
        ({"expect": {"status": "changed"}}, "say 'now'"),
        ({"now": ["2026-03-05", "2026-03-04"]}, "the moments of 'now' follow one another"),
        ({"window": ["2026-03-05", "2026-03-05"]}, "the window ends before it begins"),
        ({"expect": {"observations": [{"period": "2026-01-01"}]}}, "either a 'value' or why"),
    ],
)
def test_a_test_that_cannot_be_run_says_why(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        example(**fields)


def test_days_and_moments_become_moments() -> None:
    tried = example(
        now=["2026-03-04", "2026-03-05T12:00:00Z"], window=["2026-03-01", "2026-03-04"]
    )

    day = datetime(2026, 3, 4, tzinfo=UTC)
    assert tried.moments == (day, day + timedelta(days=1, hours=12))
    assert tried.span == (day - timedelta(days=3), day)
    assert example().moments == ()
    assert example().span is None
