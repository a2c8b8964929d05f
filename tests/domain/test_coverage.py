"""Absence may be read only where somebody looked."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from forecaster.domain.coverage import Coverage, Grade, grade_of
from forecaster.domain.period import Frequency, Period

some_days = st.dates(date(2000, 1, 1), date(2030, 1, 1))


def span(since: str, until: str | None = None, grade: str = "full") -> Coverage:
    return Coverage.model_validate({"from": since, "to": until, "grade": grade})


def february() -> Period:
    return Period.containing(date(2024, 2, 10), Frequency.MONTH)


def test_a_period_is_covered_only_as_a_whole() -> None:
    assert span("2024-02-01", "2024-02-29").holds(february())
    assert not span("2024-02-02", "2024-02-29").holds(february())
    assert not span("2024-02-01", "2024-02-28").holds(february())


def test_a_span_without_an_end_goes_on() -> None:
    assert span("2024-02-01").holds(february().shift(1000))


def test_the_better_grade_counts() -> None:
    spans = (span("2024-01-01", grade="partial"), span("2024-02-01", "2024-02-29"))

    assert grade_of(february(), spans) is Grade.FULL
    assert grade_of(february().shift(1), spans) is Grade.PARTIAL
    assert grade_of(february().shift(-2), spans) is None
    assert grade_of(february(), ()) is None


def test_two_spans_that_share_a_period_out_do_not_cover_it() -> None:
    spans = (span("2024-02-01", "2024-02-14"), span("2024-02-15", "2024-02-29"))

    assert grade_of(february(), spans) is None


@given(some_days, some_days, some_days, st.sampled_from(Frequency))
def test_a_covered_period_lies_between_the_ends(
    one: date, other: date, day: date, frequency: Frequency
) -> None:
    since, until = sorted((one, other))
    period = Period.containing(day, frequency)

    covered = span(since.isoformat(), until.isoformat()).holds(period)

    assert covered == (since <= period.start and period.last_day <= until)


def test_a_span_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValidationError, match="ends on 2023-01-01, before it starts on 2024-"):
        span("2024-01-01", "2023-01-01")
