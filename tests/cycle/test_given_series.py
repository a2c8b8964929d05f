"""A test of a composed definition gives series in short, and is told what it forgot."""

from datetime import date

import pytest

from forecaster.cycle.trying import failures
from forecaster.domain.example import Example
from forecaster.domain.indicator import Definition
from tests.domain.test_compose import definition

Series = dict[str, dict[str, float | None]]

RATIO = {"ratio": ["acts", "displays"]}
QUARTER = {"ratio": [{"indicator": "acts", "aggregate": "sum"}, "displays"]}


def said(declared: Definition, series: Series, **expected: object) -> list[str]:
    example = Example.model_validate(
        {"given": {"series": series}, "expect": {"observations": [expected]}}
    )
    return [fault.message for fault in failures(declared, example)]


def test_a_value_stands_for_the_periods_up_to_the_next_day_that_is_named() -> None:
    series: Series = {
        "acts": {"2024-01-01": 6, "2024-04-01": 8, "2024-05-01": 9},
        "displays": {"2024-01-01": 2, "2024-05-01": None},
    }

    assert said(definition(compose=RATIO), series, period=date(2024, 3, 1), value=3, n=2) == []
    assert said(definition(compose=RATIO), series, period=date(2024, 4, 1), value=4) == []
    missing = {"period": date(2024, 5, 1), "missing": "not_reported"}
    assert said(definition(compose=RATIO), series, **missing) == []


def test_shorter_periods_are_told_by_the_days_that_are_given() -> None:
    series: Series = {
        "acts": {"2024-01-01": 1, "2024-02-01": 2, "2024-03-01": 3},
        "displays": {"2024-01-01": 2},
    }
    declared = definition(compose=QUARTER, frequency="quarter")

    assert said(declared, series, period=date(2024, 1, 1), value=3) == []


@pytest.mark.parametrize(
    ("series", "complaint"),
    [
        ({"acts": {"2024-01-01": 6}}, "no values of displays over WORLD are given"),
        (
            {"acts": {"2024-01-01": 6}, "display": {"2024-01-01": 6}},
            "made is not composed of 'display'; did you mean 'displays'?",
        ),
    ],
)
def test_what_is_not_given_or_not_asked_for_is_told(series: Series, complaint: str) -> None:
    assert complaint in said(definition(compose=RATIO), series, period=date(2024, 1, 1), value=1)


def test_series_are_given_to_what_is_composed_alone() -> None:
    collected = definition(compose=None, collect={"source": "history"})

    (complaint,) = said(collected, {"acts": {"2024-01-01": 6}}, period=date(2024, 1, 1), value=1)

    assert complaint == "series are given to what is composed; made has a source"
