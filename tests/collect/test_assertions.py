"""What a definition asserts of its source, held against what a run read."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from forecaster.collect.assertions import (
    Volume,
    differences,
    doubt_of_volume,
    stale,
    weighed,
)
from forecaster.domain.assertions import Assertions
from forecaster.domain.errors import SourceChanged
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Missing, Reading
from forecaster.domain.period import Frequency, Period
from tests.collect.errands import define

JANUARY = Period.containing(date(2026, 1, 1), Frequency.MONTH)


def asserting(**assertions: Any) -> Definition:
    return define("history", {"series": "x"}, assertions=assertions)


def reading(value: float | None, **fields: Any) -> Reading:
    missing = Missing.NOT_REPORTED if value is None else None
    return Reading(scope="CHN-RUS", period=JANUARY, value=value, missing=missing, **fields)


def test_fewer_rows_than_the_minimum_fail_the_run() -> None:
    with pytest.raises(SourceChanged, match=r"9 rows were read; assertions\.rows\.min is 10"):
        doubt_of_volume(asserting(rows={"min": 10}), Volume(9, whole=False), before=None)


def test_more_rows_than_the_maximum_are_doubtful() -> None:
    doubt = doubt_of_volume(asserting(rows={"max": 10}), Volume(11, whole=False), before=None)
    assert doubt == "11 rows were read; assertions.rows.max is 10"


def test_as_many_rows_as_agreed_are_fine() -> None:
    definition = asserting(rows={"min": 10, "max": 10}, rows_change=0.2)
    assert doubt_of_volume(definition, Volume(10, whole=True), before=12) is None


@pytest.mark.parametrize(("rows", "before"), [(4, 10), (0, 1)])
def test_a_whole_table_that_shrank_by_half_fails_unless_told_otherwise(
    rows: int, before: int
) -> None:
    with pytest.raises(SourceChanged, match=r"it shrank by more than 0\.5"):
        doubt_of_volume(asserting(), Volume(rows, whole=True), before)
    assert doubt_of_volume(asserting(), Volume(rows, whole=False), before) is None


def test_a_table_that_grew_beyond_its_bound_is_doubtful() -> None:
    doubt = doubt_of_volume(asserting(rows_change=0.5), Volume(16, whole=True), before=10)
    assert doubt == "16 rows were read, 10 the last time (assertions.rows_change)"


def test_a_value_out_of_bounds_is_kept_and_marked() -> None:
    definition = asserting(values={"min": 0, "max": 100})
    low, fine, high = weighed(definition, [reading(-1), reading(0), reading(101)], None)
    assert low.value == -1
    assert low.doubtful == "-1 is less than assertions.values.min, 0"
    assert fine.doubtful is None
    assert high.doubtful == "101 is more than assertions.values.max, 100"


def test_a_doubt_of_the_run_marks_its_values_but_no_absence() -> None:
    first, absent, own = weighed(
        asserting(), [reading(1), reading(None), reading(1, doubtful="late")], "too many"
    )
    assert (first.doubtful, absent.doubtful, own.doubtful) == ("too many", None, "late")


def test_a_source_whose_newest_value_is_too_old_is_stale() -> None:
    definition = asserting(max_age="10 days")
    assert stale(definition, JANUARY, datetime(2026, 2, 11, tzinfo=UTC)) is None
    said = stale(definition, JANUARY, datetime(2026, 2, 12, tzinfo=UTC))
    assert said == (
        "the newest value is of the month of 2026-01-01; assertions.max_age is 10 days"
    )


def test_a_value_that_is_overdue_makes_its_source_stale() -> None:
    definition = asserting(overdue="3 days")  # with a lag of seven days
    due = datetime(2026, 3, 8, tzinfo=UTC)
    assert stale(definition, JANUARY, due + timedelta(days=3)) is None
    said = stale(definition, JANUARY, due + timedelta(days=3, seconds=1))
    assert said == "the month of 2026-02-01 was due on 2026-03-08; assertions.overdue is 3 days"


def test_a_source_without_any_value_is_not_called_stale() -> None:
    assert stale(asserting(max_age="1 day"), None, datetime(2026, 2, 12, tzinfo=UTC)) is None


def test_fields_that_came_and_went_are_named() -> None:
    assert differences(frozenset("abc"), frozenset("bcd")) == (
        "fields vanished: a",
        "new fields: d",
    )
    assert differences(frozenset("ab"), frozenset("ab")) == ()
    assert differences(None, frozenset("ab")) == ()


@pytest.mark.parametrize(
    "wrong", [{"rows": {"min": 2, "max": 1}}, {"values": {"min": 2, "max": 1}}]
)
def test_bounds_the_wrong_way_round_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="is less than min"):
        Assertions.model_validate(wrong)
