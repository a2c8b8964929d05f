"""Articles are asked for day by day and counted once, however often they are copied."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from forecaster.domain.coverage import Grade
from forecaster.domain.observation import Missing
from forecaster.domain.period import Frequency, Period
from tests.collect.doc import NOW, Doc, article, counted, defined, listed

DAILY = {"frequency": "day"}
YESTERDAY = Period(frequency=Frequency.DAY, start=date(2026, 3, 3))
WINDOW = (datetime(2026, 3, 3, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC))
LONG = "Two neighbours agree on joint drills at sea"


def tallied(folder: Path, *articles: dict[str, str], **options: Any) -> Any:
    """Collect yesterday's articles and count them."""
    ran = Doc(folder, artlist=listed(*articles)).run("artlist", window=WINDOW, changes=DAILY)
    assert ran.error is None
    return counted(defined("artlist", DAILY, **options), ran, YESTERDAY)


def test_each_closed_day_is_asked_for_once(tmp_path: Path) -> None:
    doc = Doc(tmp_path, artlist=listed(article()))
    ran = doc.run("artlist", window=WINDOW)
    assert ran.slots == {"CHN-RUS/2026-03-03": True}
    assert doc.run("artlist", window=WINDOW, visited=tuple(ran.slots)).batches == []
    assert [asked | {"query": ""} for asked in doc.asked] == [
        {
            "query": "",
            "mode": "artlist",
            "format": "json",
            "maxrecords": "250",
            "sort": "datedesc",
            "startdatetime": "20260303000000",
            "enddatetime": "20260303235959",
        }
    ]


def test_a_scheduled_run_asks_for_the_days_that_it_remembers(tmp_path: Path) -> None:
    slots = Doc(tmp_path, artlist=listed(article())).run("artlist").slots
    assert [*slots] == [f"CHN-RUS/2026-{day}" for day in ("02-26", "02-27", "02-28")] + [
        f"CHN-RUS/2026-03-0{day}" for day in (1, 2, 3)
    ]


def test_a_day_is_not_asked_for_before_its_articles_are_indexed(tmp_path: Path) -> None:
    doc = Doc(tmp_path, artlist=listed(article()))
    early = NOW.replace(hour=2)
    assert doc.run("artlist", window=WINDOW, now=early).batches == []


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ({}, {"url": "https://b.example.com/x"}, 1),
        ({}, {"url": "https://b.example.com/x", "title": f"{LONG.upper()}! - The Site"}, 1),
        ({}, {"url": "https://b.example.com/x", "title": "Two neighbours quarrel at sea"}, 2),
        ({"title": "Live news"}, {"url": "https://b.example.com/x", "title": "Live news"}, 2),
        ({}, {"url": "http://www.a.example.org:80/news/1/", "title": "Another headline here"}, 1),
    ],
)
def test_copies_of_an_article_count_once(
    tmp_path: Path, one: dict[str, str], other: dict[str, str], count: int
) -> None:
    other = {"url": "https://a.example.org/news/1", **other}
    reading = tallied(tmp_path, article(**one), article(**other))
    assert reading.value == count


def test_each_address_counts_where_the_definition_says_so(tmp_path: Path) -> None:
    copies = [article(f"https://{site}.com/x") for site in ("a", "b", "b", "c")]
    reading = tallied(tmp_path, *copies, deduplicate="url")
    assert reading.value == 3
    assert reading.details == {"articles": 3, "outlets": 3, "outlet_share": 1}


def test_a_day_without_articles_is_a_zero(tmp_path: Path) -> None:
    doc = Doc(tmp_path, artlist="{}")
    ran = doc.run("artlist", window=WINDOW, changes=DAILY)
    reading = counted(defined("artlist", DAILY), ran, YESTERDAY)
    assert (reading.value, reading.grade, reading.details) == (
        0,
        Grade.FULL,
        {"articles": 0, "outlets": 0},
    )


def test_a_full_answer_makes_a_lower_bound(tmp_path: Path) -> None:
    many = [article(f"https://a.com/{number}", f"{number}") for number in range(250)]
    assert tallied(tmp_path, *many[:249]).grade is Grade.FULL
    reading = tallied(tmp_path, *many)
    assert (reading.value, reading.grade) == (250, Grade.PARTIAL)


def test_a_week_of_which_a_day_was_not_asked_for_is_incomplete(tmp_path: Path) -> None:
    ran = Doc(tmp_path, artlist=listed(article())).run("artlist", window=WINDOW)
    week = Period(frequency=Frequency.WEEK, start=date(2026, 3, 2))
    assert counted(defined("artlist"), ran, week).missing is Missing.INCOMPLETE


def test_an_article_of_the_future_is_left_out(tmp_path: Path) -> None:
    reading = tallied(tmp_path, article(), article("https://b.com/1", "x", "20260401T000000Z"))
    assert reading.value == 1


def test_titles_that_are_no_proper_json_do_no_harm(tmp_path: Path) -> None:
    text = listed(article(title="AT")).replace("AT", "it\\'s a \\x \t \\ud800 \\u0000 day")
    doc = Doc(tmp_path, artlist=text.encode().replace(b"day", b"\xffday"))
    ran = doc.run("artlist", window=WINDOW)
    assert ran.error is None
    assert len(ran.sightings) == 1
