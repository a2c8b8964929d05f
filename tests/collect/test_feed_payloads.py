"""Feeds as they were recorded, read in place; and the header of the roll calls."""

import csv
import os
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from forecaster.collect.feeds.dates import read_date
from forecaster.collect.feeds.headlines import Sieve, headlines
from forecaster.collect.feeds.options import FeedOptions
from forecaster.collect.feeds.patterns import words_of
from forecaster.collect.feeds.syndication import check_whole, read_items
from forecaster.collect.lists.roll_calls import Columns
from forecaster.definitions.lookups import load_lookups
from forecaster.definitions.shipped import shipped_root
from forecaster.domain.errors import SourceUnavailable
from tests.collect.headlined import ONE, run, seen

pytestmark = pytest.mark.payloads

BESIDE = Path(__file__).parents[2].parent / "shared" / "payloads"
PAYLOADS = Path(os.environ.get("FORECASTER_PAYLOADS", BESIDE))
FEEDS = PAYLOADS / "rss"
COUNTS = {
    "adb_news.xml": 20,
    "bloomberg_markets_news.xml": 30,
    "cnbc_markets.xml": 30,
    "occrp_feed.xml": 60,
    "rbi_press.xml": 10,
    "state_dept_travel_advisories.trimmed1.xml": 1,
    "un_press.xml": 2,
}
LATER = datetime(2026, 9, 1, tzinfo=UTC)


def body(name: str) -> bytes:
    return (FEEDS / name).read_bytes()


@pytest.mark.parametrize(("name", "count"), COUNTS.items())
def test_every_item_of_a_recorded_feed_is_read_with_its_date(name: str, count: int) -> None:
    check_whole(body(name))
    items = read_items(body(name), name)
    assert len(items) == count
    for each in items:
        assert each.title
        assert each.link.startswith("https://")
        assert read_date(each.date, UTC), each.date


@pytest.mark.parametrize("name", COUNTS)
def test_every_item_has_a_name_of_its_own(name: str) -> None:
    options = FeedOptions.model_validate({"feeds": ["x"], "include": ["x"]})
    read = list(headlines(read_items(body(name), name), options, zone=UTC, now=LATER))
    names = {each.name for each in read if each is not None}
    assert len(names) == COUNTS[name]


@pytest.mark.parametrize("name", COUNTS)
def test_half_a_recorded_feed_is_known_to_be_cut_off(name: str) -> None:
    with pytest.raises(SourceUnavailable, match="cut off"):
        check_whole(body(name)[: len(body(name)) // 2])


def test_times_without_a_zone_are_those_of_the_feeds_own() -> None:
    first = read_items(body("rbi_press.xml"), "rbi")[0]
    assert first.date == "Thu, 09 Jul 2026 13:00:00"
    dated = read_date(first.date, ZoneInfo("Asia/Kolkata"))
    assert dated is not None
    assert dated.moment == datetime(2026, 7, 9, 7, 30, tzinfo=UTC)


def test_dates_without_a_time_are_days() -> None:
    [advisory] = read_items(body("state_dept_travel_advisories.trimmed1.xml"), "state")
    dated = read_date(advisory.date, ZoneInfo("America/New_York"))
    assert dated is not None
    assert (dated.day, dated.moment) == (date(2026, 8, 28), None)


def test_a_recorded_advisory_is_sighted_for_the_actor_that_it_names(tmp_path: Path) -> None:
    lookups = load_lookups((shipped_root(),)).lookups
    ran = run(
        tmp_path,
        {ONE: body("state_dept_travel_advisories.trimmed1.xml")},
        now=LATER,
        scopes=("CHN-IRN",),
        lookups=lookups.model_copy(update={"feeds": {"one": ONE}}),
        search=["title", "summary"],
        include=["{b}"],
        patterns={"level": "level [1-4]"},
        updates="count",
    )
    assert list(seen(ran)) == [("2026-08-28", "level", "one")]


def test_recorded_headlines_are_found_by_the_words_of_an_actor() -> None:
    options = FeedOptions.model_validate({"feeds": ["x"], "include": ["{b}"]})
    words = words_of(load_lookups((shipped_root(),)).lookups, names_only=False)
    sieve = Sieve.of(options, "CHN-IRN", words)
    items = read_items(body("bloomberg_markets_news.xml"), "bloomberg")
    read = headlines(items, options, zone=UTC, now=LATER)
    found = [each for each in read if each is not None and sieve.matched(each.text) is not None]
    assert 0 < len(found) < len(items)


def test_the_columns_of_the_digital_library_are_those_that_are_read() -> None:
    path = PAYLOADS / "un_digital_library" / "ga_voting.header.reconstructed.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    assert set(header) >= Columns().all
