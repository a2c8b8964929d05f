"""Readings that cannot be are refused before they are remembered."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from forecaster.collect.check import checked
from forecaster.domain.errors import SourceChanged
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Missing, Reading
from forecaster.domain.period import Frequency, Period

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
WEEK = Period(frequency=Frequency.WEEK, start=date(2026, 2, 23))


def definition(**changes: Any) -> Definition:
    fields = {
        "id": "patrols",
        "title": "Patrols",
        "role": "operational",
        "unit": "patrols per week",
        "frequency": "week",
        "for_each": {"dyad": ["CHN-RUS"]},
        "collect": {"source": "history"},
        "attribution": "Nobody",
        "license": {"name": "CC0", "redistribution": "yes"},
    }
    return Definition.model_validate(fields | changes)


def reading(value: float | None = 1.0, **changes: Any) -> Reading:
    return Reading(**({"scope": "CHN-RUS", "period": WEEK, "value": value} | changes))


def test_good_readings_come_back_as_they_are() -> None:
    readings = [reading(), reading(scope="CHN-RUS", period=WEEK.shift(-1))]
    assert checked(definition(), iter(readings), now=NOW) == tuple(readings)


def test_the_period_that_is_running_may_be_read() -> None:
    assert checked(definition(), [reading(period=WEEK.shift(1))], now=NOW)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (reading(period=WEEK.shift(2)), "2026-03-09: 1.0 lies in the future"),
        (reading(scope="CHN-PRK"), "scope that was not asked for; those are CHN-RUS"),
        (
            reading(period=Period(frequency=Frequency.MONTH, start=date(2026, 2, 1))),
            "is of a month",
        ),
        (
            Reading.model_construct(
                scope="CHN-RUS", period=WEEK, value=float("nan"), missing=None
            ),
            "nan is not a finite number",
        ),
    ],
)
def test_what_cannot_be_is_refused(wrong: Reading, reason: str) -> None:
    with pytest.raises(SourceChanged, match=reason):
        checked(definition(), [reading(period=WEEK.shift(-1)), wrong], now=NOW)


@pytest.mark.parametrize("value", [-0.1, 1.1])
def test_a_share_lies_between_nothing_and_the_whole(value: float) -> None:
    with pytest.raises(SourceChanged, match=f"week of 2026-02-23: {value} is not a share of 1"):
        checked(definition(family="share"), [reading(value)], now=NOW)


def test_a_share_is_measured_by_the_whole_that_was_declared() -> None:
    assert checked(definition(family="share", whole=1000), [reading(999.0)], now=NOW)


def test_a_count_is_not_negative() -> None:
    with pytest.raises(SourceChanged, match=r"week of 2026-02-23: -1\.0 is not a count"):
        checked(definition(family="count"), [reading(-1.0)], now=NOW)


def test_a_missing_value_belongs_to_every_family() -> None:
    missing = reading(None, missing=Missing.NOT_REPORTED)
    assert checked(definition(family="count"), [missing], now=NOW) == (missing,)


def test_one_period_cannot_have_two_values() -> None:
    with pytest.raises(SourceChanged, match=r"2\.0 stands there twice, the other time as 1\.0"):
        checked(definition(), [reading(1.0), reading(2.0)], now=NOW)


def test_the_same_value_twice_is_no_contradiction() -> None:
    assert len(checked(definition(), [reading(), reading()], now=NOW)) == 2


def test_two_vintages_of_one_period_are_no_contradiction() -> None:
    vintages = [reading(float(day), known_at=datetime(2026, 3, day, tzinfo=UTC)) for day in (1, 2)]
    assert checked(definition(), vintages, now=NOW) == tuple(vintages)
