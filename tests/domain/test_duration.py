"""Spans of time as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from forecaster.domain.duration import Duration

adapter = TypeAdapter(Duration)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("1 day", timedelta(days=1)),
        ("2 weeks", timedelta(weeks=2)),
        ("36 hours", timedelta(hours=36)),
        ("15 minutes", timedelta(minutes=15)),
        ("0 days", timedelta(0)),
        ("P7D", timedelta(days=7)),
        (timedelta(days=3), timedelta(days=3)),
    ],
)
def test_a_duration_is_read(text: object, span: timedelta) -> None:
    assert adapter.validate_python(text) == span


@pytest.mark.parametrize(
    "text",
    ["7", "7 d", "a week", "-1 days", "1.5 days", "1  day", "1 day ", "\u0661 day", "99999 days"],
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="is not a duration, such as '7 days'"):
        adapter.validate_python(text)


@given(st.integers(0, 9999), st.sampled_from(["minute", "hour", "day", "week"]))
def test_a_duration_survives_its_json(number: int, unit: str) -> None:
    span = adapter.validate_python(f"{number} {unit}s")

    assert adapter.validate_json(adapter.dump_json(span)) == span
