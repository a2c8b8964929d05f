"""Arithmetic of periods: no gap, no overlap, and weeks that start on Monday."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from forecaster.domain.period import Frequency, Period

days = st.dates(date(1, 2, 1), date(9990, 1, 1))
frequencies = st.sampled_from(Frequency)
shifts = st.integers(-20, 20)
periods = st.builds(Period.containing, st.dates(date(1800, 1, 1), date(2200, 1, 1)), frequencies)


@given(days, frequencies)
def test_a_day_lies_in_the_period_that_contains_it(day: date, frequency: Frequency) -> None:
    period = Period.containing(day, frequency)

    assert period.start <= day <= period.last_day


@given(periods)
def test_the_next_period_starts_where_this_one_ends(period: Period) -> None:
    following = period.shift(1)

    assert following.start == period.last_day + timedelta(days=1)
    assert following.ordinal == period.ordinal + 1
    assert period.ends_at == datetime(
        following.start.year, following.start.month, following.start.day, tzinfo=UTC
    )


@given(periods)
def test_every_day_of_a_period_names_the_same_period(period: Period) -> None:
    assert Period.containing(period.start, period.frequency) == period
    assert Period.containing(period.last_day, period.frequency) == period


@given(periods)
def test_an_ordinal_gives_its_period_back(period: Period) -> None:
    assert Period.at(period.ordinal, period.frequency) == period


@given(periods, shifts, shifts)
def test_shifts_add_up(period: Period, one: int, other: int) -> None:
    assert period.shift(one).shift(other) == period.shift(one + other)


@given(periods, periods)
def test_periods_are_ordered_as_their_ordinals(one: Period, other: Period) -> None:
    moved = Period.containing(other.start, one.frequency)

    assert (one.start < moved.start) == (one.ordinal < moved.ordinal)


@given(periods, st.integers(0, 20))
def test_a_walk_visits_every_period_once(period: Period, length: int) -> None:
    walk = list(period.through(period.shift(length)))

    assert [each.ordinal for each in walk] == list(
        range(period.ordinal, period.ordinal + length + 1)
    )


def test_a_walk_backwards_visits_nothing() -> None:
    period = Period.containing(date(2024, 1, 1), Frequency.DAY)

    assert list(period.through(period.shift(-1))) == []


@given(days)
def test_weeks_start_on_monday(day: date) -> None:
    assert Period.containing(day, Frequency.WEEK).start.weekday() == 0


@pytest.mark.parametrize(
    ("frequency", "start", "last"),
    [
        (Frequency.DAY, date(2024, 2, 29), date(2024, 2, 29)),
        (Frequency.WEEK, date(2024, 2, 26), date(2024, 3, 3)),
        (Frequency.MONTH, date(2024, 2, 1), date(2024, 2, 29)),
        (Frequency.QUARTER, date(2024, 1, 1), date(2024, 3, 31)),
        (Frequency.YEAR, date(2024, 1, 1), date(2024, 12, 31)),
    ],
)
def test_the_leap_day_of_2024_lies_in(frequency: Frequency, start: date, last: date) -> None:
    period = Period.containing(date(2024, 2, 29), frequency)

    assert (period.start, period.last_day) == (start, last)
    assert str(period) == start.isoformat()


@pytest.mark.parametrize(
    ("frequency", "wrong", "proper"),
    [
        ("week", "2024-02-27", "2024-02-26"),
        ("month", "2024-02-02", "2024-02-01"),
        ("quarter", "2024-02-01", "2024-01-01"),
        ("year", "2024-02-01", "2024-01-01"),
    ],
)
def test_a_period_that_starts_elsewhere_is_refused(
    frequency: str, wrong: str, proper: str
) -> None:
    with pytest.raises(ValidationError, match=f"no {frequency} starts on {wrong}; {proper} does"):
        Period.model_validate({"frequency": frequency, "start": wrong})


def test_a_year_holds_whole_periods() -> None:
    assert {each.value: each.per_year for each in Frequency} == {
        "day": 365,
        "week": 52,
        "month": 12,
        "quarter": 4,
        "year": 1,
    }


def test_a_period_cannot_be_changed() -> None:
    period = Period.containing(date(2024, 1, 1), Frequency.DAY)

    with pytest.raises(ValidationError, match="frozen"):
        period.start = date(2024, 1, 2)  # type: ignore[misc]  # that is what is tried


def test_periods_can_be_keys() -> None:
    start = date(2024, 1, 1)

    assert len({Period.containing(start, frequency) for frequency in Frequency} | {
        Period.containing(start, Frequency.DAY)
    }) == 5  # fmt: skip
