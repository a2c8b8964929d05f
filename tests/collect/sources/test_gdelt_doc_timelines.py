"""The volume and the tone of the news, by closed periods."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from forecaster.domain.coverage import Grade
from forecaster.domain.observation import Missing, Reading
from tests.collect.doc import Doc, timeline, written

MONDAY = date(2026, 2, 23)
WEEK = [1, 2, 3, 4, 5, 6, 7]
DAY = timedelta(days=1)
WINDOW = (datetime(2026, 2, 25, tzinfo=UTC), datetime(2026, 2, 26, tzinfo=UTC))


def value(reading: Reading) -> tuple[Any, ...]:
    return (reading.value, reading.base, reading.missing)


def only(doc: Doc, **options: Any) -> Reading:
    """Return the value of the only week of a window."""
    ran = doc.run(window=WINDOW, **options)
    assert ran.error is None
    [batch] = ran.batches
    [reading] = batch.readings
    assert reading.period.start == MONDAY
    return reading


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, 28 / 7000),
        ({"measure": "share"}, 28 / 7000),
        ({"measure": "count"}, 28),
        ({"changes": {"family": "share", "whole": 1_000_000}}, 4000),
    ],
)
def test_a_week_is_a_share_of_all_articles_or_a_count(
    tmp_path: Path, options: dict[str, Any], expected: float
) -> None:
    reading = only(Doc(tmp_path, timelinevolraw=timeline(MONDAY, WEEK)), **options)
    assert value(reading) == (pytest.approx(expected), 7000, None)
    assert reading.details == {"articles": 28}


def test_a_window_is_asked_for_by_its_first_and_last_second(tmp_path: Path) -> None:
    doc = Doc(tmp_path, timelinevolraw=timeline(MONDAY, WEEK))
    only(doc)
    assert doc.asked == [
        {
            "query": "(China OR Chinese) Russia (cooperation OR alliance)",
            "mode": "timelinevolraw",
            "format": "json",
            "startdatetime": "20260223000000",
            "enddatetime": "20260301235959",
        }
    ]


def test_a_name_of_two_words_is_quoted(tmp_path: Path) -> None:
    doc = Doc(tmp_path, timelinevolraw=timeline(MONDAY, WEEK))
    doc.run(window=WINDOW, changes={"for_each": {"dyad": ["PRK-RUS"]}})
    assert doc.asked[0]["query"].startswith('"North Korea" Russia ')


def test_a_scheduled_run_asks_for_the_newest_weeks_and_leaves_the_open_one_out(
    tmp_path: Path,
) -> None:
    doc = Doc(tmp_path, timelinevolraw=timeline(MONDAY - 14 * DAY, [1] * 24))
    [batch] = doc.run().batches
    starts = [str(reading.period) for reading in batch.readings]
    assert starts == ["2026-02-09", "2026-02-16", "2026-02-23"]
    assert doc.asked[0]["timespan"] == "24d"
    assert (batch.rows, batch.fields) == (24, {"date", "value", "norm"})
    assert (batch.done, batch.total) == (1, 1)


def test_a_week_whose_lag_is_not_over_is_open(tmp_path: Path) -> None:
    doc = Doc(tmp_path, timelinevolraw=timeline(MONDAY, WEEK))
    assert doc.run(window=WINDOW, changes={"lag": "7 days"}).batches == []
    assert doc.asked == []


def test_nothing_older_than_the_service_is_asked_for(tmp_path: Path) -> None:
    first = date(2017, 1, 2)
    doc = Doc(tmp_path, timelinevolraw=timeline(first, [1] * 14))
    window = (datetime(2016, 12, 1, tzinfo=UTC), datetime(2017, 1, 10, tzinfo=UTC))
    [batch] = doc.run(window=window).batches
    assert [str(reading.period) for reading in batch.readings] == ["2017-01-02", "2017-01-09"]
    assert doc.asked[0]["startdatetime"] == "20170102000000"


def test_hours_are_summed_up_to_days(tmp_path: Path) -> None:
    hours = [
        {"date": f"{MONDAY + day * DAY:%Y%m%d}T{hour:02}0000Z", "value": 1, "norm": 100}
        for day in range(7)
        for hour in range(24)
    ]
    assert value(only(Doc(tmp_path, timelinevolraw=written(hours)))) == (0.01, 16_800, None)


def test_points_out_of_order_twice_or_of_the_future_change_nothing(tmp_path: Path) -> None:
    points = [
        {"date": f"{MONDAY + day * DAY:%Y%m%d}T000000Z", "value": 1, "norm": 100}
        for day in (6, 5, 4, 3, 2, 1, 0, 0, 900)
    ]
    assert value(only(Doc(tmp_path, timelinevolraw=written(points)))) == (0.01, 700, None)


@pytest.mark.parametrize(
    ("answer", "missing"),
    [
        (timeline(MONDAY, WEEK[:6]), Missing.INCOMPLETE),
        (timeline(MONDAY - 7 * DAY, WEEK), Missing.INCOMPLETE),
        (timeline(MONDAY, [0] * 7, [0] * 7), Missing.INCOMPLETE),
        (written([]), Missing.NOT_REPORTED),
        ("{}", Missing.NOT_REPORTED),
    ],
)
def test_what_was_not_told_is_no_zero(tmp_path: Path, answer: str, missing: Missing) -> None:
    reading = only(Doc(tmp_path, timelinevolraw=answer))
    assert value(reading) == (None, None, missing)


def test_a_week_without_an_article_is_a_zero_if_others_were_seen(tmp_path: Path) -> None:
    assert value(only(Doc(tmp_path, timelinevolraw=timeline(MONDAY, [0] * 7)))) == (0, 7000, None)


def test_a_week_is_as_well_covered_as_declared(tmp_path: Path) -> None:
    doc = Doc(tmp_path, timelinevolraw=timeline(MONDAY - 14 * DAY, [1] * 24))
    coverage = [{"from": "2026-02-16", "grade": "partial"}]
    [batch] = doc.run(changes={"coverage": coverage}).batches
    assert [reading.grade for reading in batch.readings] == [Grade.PARTIAL] * 2


def test_a_tone_is_weighed_by_the_articles_of_each_day(tmp_path: Path) -> None:
    doc = Doc(
        tmp_path,
        timelinetone=timeline(MONDAY, [-2.0, 0, 0, 0, 0, 0, 4.0], [None] * 7),
        timelinevolraw=timeline(MONDAY, [3, 0, 0, 0, 0, 0, 1]),
    )
    assert value(only(doc, mode="timelinetone")) == (-0.5, 4, None)
    assert [asked["mode"] for asked in doc.asked] == ["timelinetone", "timelinevolraw"]


@pytest.mark.parametrize(
    ("volumes", "missing"),
    [([0] * 7, Missing.NOT_REPORTED), ([1] * 6, Missing.INCOMPLETE)],
)
def test_without_articles_there_is_no_tone(
    tmp_path: Path, volumes: list[int], missing: Missing
) -> None:
    tones = timeline(MONDAY, [0.0] * 7, [None] * 7)
    doc = Doc(tmp_path, timelinetone=tones, timelinevolraw=timeline(MONDAY, volumes))
    assert value(only(doc, mode="timelinetone")) == (None, None, missing)
