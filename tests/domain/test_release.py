"""When a source publishes: a lag, a day of the week, a time of day."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from forecaster.domain.release import Release

MONDAY = datetime(2024, 3, 4, tzinfo=UTC)  # a week has just ended
ENDS = st.integers(0, 350_000).map(lambda hours: MONDAY + timedelta(hours=hours))


def test_without_a_day_it_is_the_lag_alone() -> None:
    assert Release(after=timedelta(days=2)).moment(MONDAY) == datetime(2024, 3, 6, tzinfo=UTC)


def test_weekly_on_wednesday_three_days_late_is_the_wednesday_of_next_week() -> None:
    release = Release(after=timedelta(days=3), on="WED", at="14:30")
    assert release.moment(MONDAY) == datetime(2024, 3, 13, 14, 30, tzinfo=UTC)


def test_a_day_that_is_reached_in_time_counts() -> None:
    release = Release(after=timedelta(days=2), on="WED")
    assert release.moment(MONDAY) == datetime(2024, 3, 6, tzinfo=UTC)


def test_a_time_of_day_that_has_passed_is_that_of_the_next_day() -> None:
    release = Release(after=timedelta(hours=15), at="14:30")
    assert release.moment(MONDAY) == datetime(2024, 3, 5, 14, 30, tzinfo=UTC)


def test_a_day_whose_time_has_passed_is_that_of_the_next_week() -> None:
    release = Release(after=timedelta(hours=15), on="MON", at="14:30")
    assert release.moment(MONDAY) == datetime(2024, 3, 11, 14, 30, tzinfo=UTC)


@given(ENDS, st.integers(0, 400), st.sampled_from(["MON", "THU", "SUN"]))
def test_it_comes_within_a_week_of_the_lag_and_never_before(
    end: datetime, hours: int, day: str
) -> None:
    release = Release.model_validate({"after": timedelta(hours=hours), "on": day, "at": "23:59"})
    late = release.moment(end) - (end + release.after)
    assert timedelta(0) <= late < timedelta(days=8)
    assert f"{release.moment(end):%a}".upper() == day


@pytest.mark.parametrize("wrong", [{"at": "24:00"}, {"at": "9:00"}, {"on": "WEDNESDAY"}])
def test_what_no_clock_or_week_has_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Release.model_validate(wrong)
