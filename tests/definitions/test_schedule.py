"""Five cron fields, in UTC, and what is said of wrong ones."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecaster.definitions.schedule import check_schedule, next_run
from forecaster.domain.indicator import Definition
from tests.collect.errands import define


def scheduled(schedule: str, **changes: object) -> Definition:
    return define("history", {"series": "x"}, schedule=schedule, **changes)


@pytest.mark.parametrize(
    ("schedule", "due"),
    [
        ("*/15 * * * *", datetime(2026, 3, 2, 6, 15, tzinfo=UTC)),
        ("0 6 * * *", datetime(2026, 3, 3, 6, 0, tzinfo=UTC)),
        ("1 6 * * *", datetime(2026, 3, 2, 6, 1, tzinfo=UTC)),
        ("0 6 * * MON", datetime(2026, 3, 9, 6, 0, tzinfo=UTC)),
        ("0 6 * * 7", datetime(2026, 3, 8, 6, 0, tzinfo=UTC)),
        ("0 0 L * *", datetime(2026, 3, 31, 0, 0, tzinfo=UTC)),
        ("0 0 29 2 *", datetime(2028, 2, 29, 0, 0, tzinfo=UTC)),
        ("every 5 minutes", datetime(2026, 3, 2, 6, 5, tzinfo=UTC)),
        ("every 6 hours", datetime(2026, 3, 2, 12, 0, tzinfo=UTC)),
        ("every 1 day", datetime(2026, 3, 3, 0, 0, tzinfo=UTC)),
        ("every 1 week", datetime(2026, 3, 9, 0, 0, tzinfo=UTC)),
    ],
)
def test_the_next_run_comes_after_now(now: datetime, schedule: str, due: datetime) -> None:
    check_schedule(schedule)

    assert next_run(scheduled(schedule), now) == due


def test_fields_are_read_in_utc_wherever_the_clock_stands(now: datetime) -> None:
    elsewhere = now.astimezone(timezone(timedelta(hours=9)))

    assert next_run(scheduled("30 6 * * *"), elsewhere) == datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
    assert next_run(scheduled("30 6 * * *"), elsewhere).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        ("60 * * * *", "'60' cannot be the minute (0-59)"),
        ("* 24 * * *", "'24' cannot be the hour (0-23)"),
        ("* * 32 * *", "'32' cannot be the day (1-31, or L for the last)"),
        ("* * * 13 *", "'13' cannot be the month (1-12 or JAN-DEC)"),
        ("* * * * 8", "'8' cannot be the weekday (0-7 or SUN-SAT)"),
        ("* * * * MON#1/2", "'MON#1/2' cannot be the weekday"),
        ("*/0 * * * *", "'*/0' cannot be the minute"),
        ("5-1 * * * *", "'5-1' cannot be the minute"),
        ("a * * * *", "'a' cannot be the minute"),
        ("\u0665 * * * *", "cannot be the minute"),
        ("99999999999999999999999999999999999999999 * * * *", "cannot be the minute"),
        ("@daily", "a schedule has five fields"),
        ("", "a schedule has five fields"),
        ("every 0 hours", "'every 0 hours' never ends"),
        ("every hour", "or reads 'every 6 hours'"),
        ("20 minutes after", "or '20 minutes after release'"),
        ("0 0 31 2 *", "no day has ever been '0 0 31 2 *'"),
        ("0 0 30 FEB *", "no day has ever been '0 0 30 FEB *'"),
    ],
)
def test_a_wrong_field_is_named(schedule: str, message: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011  (the message is compared below)
        check_schedule(schedule)

    assert message in str(refused.value)


@given(st.lists(st.text("0123456789*/,-#LWMONJA", min_size=1, max_size=5), min_size=5, max_size=5))
def test_what_passes_the_check_comes_due(fields: list[str]) -> None:
    schedule = " ".join(fields)
    try:
        check_schedule(schedule)
    except ValueError:
        return
    after = datetime(2026, 3, 2, tzinfo=UTC)
    assert next_run(scheduled(schedule), after) > after


@pytest.mark.parametrize(
    ("after", "due"),
    [
        # March ended in a night to Wednesday; a week later it is Wednesday again
        (datetime(2026, 4, 8, 14, 49, tzinfo=UTC), datetime(2026, 4, 8, 14, 50, tzinfo=UTC)),
        (datetime(2026, 4, 8, 14, 50, tzinfo=UTC), datetime(2026, 5, 13, 14, 50, tzinfo=UTC)),
    ],
)
def test_a_run_comes_so_long_after_each_release(after: datetime, due: datetime) -> None:
    monthly = scheduled(
        "20 minutes after release", lag={"after": "7 days", "on": "WED", "at": "14:30"}
    )
    assert next_run(monthly, after) == due


def test_a_long_lag_does_not_hide_the_next_release() -> None:
    yearly = scheduled("1 day after release", frequency="year", lag="400 days")
    after = datetime(2026, 3, 2, tzinfo=UTC)
    assert next_run(yearly, after) == datetime(2027, 2, 6, tzinfo=UTC)
