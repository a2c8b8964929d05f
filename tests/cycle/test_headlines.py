"""Headlines over days and restarts: what was seen before is not counted twice."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forecaster.cycle.collecting import collect
from forecaster.cycle.declaring import declare
from forecaster.cycle.reparsing import reparse
from forecaster.domain.observation import Missing, Observation, SeriesKey
from forecaster.domain.run import RunStatus, Trigger
from forecaster.store import catalogue, observations
from tests.collect.headlined import item, rss
from tests.house import house
from tests.servers.gdelt import Answer, Gdelt, gdelt

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEY = SeriesKey("visits", "CHN-RUS")
VISITS = """\
title: Visits in headlines, {a}-{b}
role: display
for_each: {dyad: [CHN-RUS]}
family: count
unit: headlines
frequency: week
lag: 1 hour
attribution: The news
license: {name: tests, redistribution: "yes"}
collect: {source: feed, feeds: [news], include: ["{a}", "{b}"], patterns: {visit: visits}}
"""
ACTORS = "CHN: [China]\nRUS: [Russia]\n"


@pytest.fixture
def server() -> Iterator[Gdelt]:
    with gdelt() as running:
        yield running


@pytest.fixture
def root(tmp_path: Path, server: Gdelt) -> Path:
    lookups = tmp_path / "indicators" / "lookups"
    lookups.mkdir(parents=True)
    (lookups / "actors.yml").write_text(ACTORS)
    (lookups / "feeds.yml").write_text(f"news: {{url: {server.url}/news.xml, publisher: News}}\n")
    (tmp_path / "indicators" / "visits.yml").write_text(VISITS)
    return tmp_path


def live(root: Path, url: str, now: datetime) -> tuple[RunStatus, tuple[Observation, ...]]:
    """Start the service, collect once, and stop it again."""
    with house(root, url, clock=lambda: now) as working:
        declare(working.database, working.roots, now=now)
        with working.database.read() as session:
            definition = catalogue.get(session, "visits")
        ended = collect(working.tools, definition, Trigger.SCHEDULE, now=now)
        with working.database.read() as session:
            return ended.status, observations.as_of(session, KEY, now)


def day(number: int) -> datetime:
    return MONDAY + timedelta(days=number)


def test_items_seen_before_are_not_counted_twice_across_restarts(
    root: Path, database_url: str, server: Gdelt
) -> None:
    items = [item(f"Russia visits China {number}", date=day(number)) for number in range(7)]
    for number in range(7):
        server.answer("news.xml", Answer(rss(*items[max(0, number - 2) : number + 1])))
        assert live(root, database_url, day(number)) == (RunStatus.OK, ())
        live(root, database_url, day(number) + timedelta(hours=3))

    _, [week] = live(root, database_url, day(7))

    assert week.value == 7
    assert week.details == {"pattern:visit": 7, "feed:news": 7}


def test_an_item_that_comes_late_revises_its_week(
    root: Path, database_url: str, server: Gdelt
) -> None:
    server.answer("news.xml", Answer(rss(item("Russia visits China", date=day(1)))))
    for number in range(8):
        live(root, database_url, day(number))
    late = item("China visits Russia", date=day(6))
    server.answer("news.xml", Answer(rss(late)))

    _, [week] = live(root, database_url, day(8))

    assert week.value == 2


def test_a_week_of_silence_is_missing_and_the_error_names_the_feed(
    root: Path, database_url: str, server: Gdelt
) -> None:
    server.answer("news.xml", Answer(rss(item("Russia visits China", date=day(0)))))
    live(root, database_url, day(0))
    server.answer("news.xml", Answer(b"<html>Just a moment</html>"))
    for number in range(1, 7):
        status, _ = live(root, database_url, day(number))
        assert status is RunStatus.CHANGED

    _, [week] = live(root, database_url, day(7))

    assert week.missing is Missing.INCOMPLETE


def test_an_item_without_a_date_stays_on_the_day_on_which_it_was_first_seen(
    root: Path, database_url: str, server: Gdelt
) -> None:
    server.answer("news.xml", Answer(rss(item("Russia visits China", date=None))))
    for number in range(15):
        _, known = live(root, database_url, day(number))

    assert [week.value for week in known] == [1, 0]
    assert [week.doubtful is not None for week in known] == [True, False]


def test_reading_the_archive_again_counts_the_same(
    root: Path, database_url: str, server: Gdelt
) -> None:
    items = [item(f"Russia visits China {number}", date=None) for number in range(7)]
    for number in range(7):
        server.answer("news.xml", Answer(rss(*items[max(0, number - 2) : number + 1])))
        live(root, database_url, day(number))
    _, before = live(root, database_url, day(7))

    with house(root, database_url, clock=lambda: day(8)) as working:
        with working.database.read() as session:
            definition = catalogue.get(session, "visits")
        again = reparse(working.tools, definition, now=day(8))
        with working.database.read() as session:
            after = observations.as_of(session, KEY, day(8))

    assert (again.status, again.new, again.revised) == (RunStatus.OK, 0, 0)
    assert [week.value for week in before] == [7]
    assert after == before
