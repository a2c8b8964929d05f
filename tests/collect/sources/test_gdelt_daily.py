"""GDELT 1.0 comes by the day: for history, in files that no list names."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from forecaster.collect.asking.fetch import Fetcher
from forecaster.domain.errors import SourceChanged, SourceUnavailable
from tests.collect.runs import Ran, run
from tests.servers.gdelt import DAILY, ENGLISH, Answer, Gdelt, row

NOON = datetime(2014, 11, 25, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FIRST = NOON.replace(hour=0) - 2 * DAY

Runs = Callable[..., Ran]


def story(day: str = "20141122", **changes: Any) -> str:
    return row(day, feed=DAILY, **changes)


@pytest.fixture
def daily(server: Gdelt, fetcher: Fetcher) -> Runs:
    """Run the source on the days of GDELT 1.0, at noon unless told otherwise."""

    def at_noon(**options: Any) -> Ran:
        options = {"feeds": [DAILY], "now": NOON, **options}
        return run(server, fetcher, daily_url=f"{server.url}/events", **options)

    return at_noon


def test_a_backfill_reads_every_day_of_its_window(server: Gdelt, daily: Runs) -> None:
    names = [server.publish_day(FIRST + back * DAY, [story()]) for back in (-2, -1, 0)]

    ran = daily(window=(FIRST - DAY, FIRST + DAY))
    assert list(ran.slots) == names[1:]
    assert ran.days == {date(2014, 11, 22)}
    assert ran.error is None
    assert [(batch.rows, batch.slots[0].size) for batch in ran.batches] == [(1, 1), (1, 1)]


def test_a_day_that_is_not_over_has_no_file(server: Gdelt, daily: Runs) -> None:
    ran = daily(window=(FIRST, NOON + 10 * DAY))
    assert ran.error is None
    assert [name for name, _ in server.requests] == [
        "20141123.export.CSV.zip",
        "20141124.export.CSV.zip",
    ]


def test_a_window_that_starts_at_noon_starts_with_the_next_day(server: Gdelt, daily: Runs) -> None:
    daily(window=(FIRST + DAY / 2, FIRST + 2 * DAY))
    assert [name for name, _ in server.requests] == ["20141124.export.CSV.zip"]


def test_a_scheduled_run_reads_yesterday_and_the_days_it_missed(
    server: Gdelt, daily: Runs
) -> None:
    names = [server.publish_day(FIRST + back * DAY, [story()]) for back in (-1, 0, 1)]
    assert list(daily().slots) == names[2:]
    assert list(daily(visited=(names[0],)).slots) == names[1:]


@pytest.mark.parametrize(("age", "settled"), [(2, {}), (5, {"20141123.export.CSV.zip": False})])
def test_a_day_may_come_late_but_not_for_ever(
    daily: Runs, age: int, settled: dict[str, bool]
) -> None:
    ran = daily(window=(FIRST, FIRST + DAY), now=FIRST + DAY + age * DAY)
    assert (ran.slots, ran.error) == (settled, None)


def test_the_columns_of_gdelt_2_are_a_change(server: Gdelt, daily: Runs) -> None:
    server.publish_day(FIRST, [row("20141122", feed=ENGLISH)])
    error = daily(window=(FIRST, FIRST + DAY)).error
    assert isinstance(error, SourceChanged)
    assert "1 of 1 rows have not 58 columns" in str(error)


def test_a_truncated_day_stays_unvisited(server: Gdelt, daily: Runs) -> None:
    name = server.publish_day(FIRST, [story()])
    server.answer(name, Answer(server.answers[name][0].body[:-20]))

    ran = daily(window=(FIRST, FIRST + DAY))
    assert ran.slots == {}
    assert isinstance(ran.error, SourceUnavailable)
