"""A sanctions list that changes between runs: counted once, whatever cuts a run short."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from forecaster.cycle.collecting import Tools, collect
from forecaster.cycle.declaring import declare
from forecaster.domain.observation import Missing, Observation, SeriesKey
from forecaster.domain.run import Run, RunStatus, Trigger
from forecaster.store import catalogue, observations, sightings
from forecaster.working import Working
from tests.collect.errands import answering
from tests.house import house
from tests.servers.sanctions import Name, Publisher, ofac

MONDAY = datetime(2026, 3, 2, 5, tzinfo=UTC)
KEY = SeriesKey("listings", "IRN-RUS")
BOTH = ("RUSSIA-EO14024", "IRAN-CON-ARMS-EO")
OLD = tuple(Name(number, f"OLD {number} LLC") for number in range(1, 11))
NEW = Name(50, "NEW LLC", programmes=BOTH)
LISTINGS = """\
title: Listings, {a}-{b}
role: posture
for_each: {dyad: [IRN-RUS]}
family: count
unit: listings
frequency: week
lag: 1 hour
collect:
  source: sanctions_list
  list: ofac_sdn
  searched: [programme]
  pace_seconds: 0
attribution: Nobody
license: {name: CC0, redistribution: "yes"}
"""


class Killed(BaseException):
    """What ends a process: nothing of ours catches it."""


@dataclass
class Days:
    """Runs the indicator day after day against a publisher."""

    working: Working
    tools: Tools
    publisher: Publisher
    now: datetime = MONDAY

    def run(self, *names: Name) -> Run:
        """Publish a list, and collect at five in the morning of the next day."""
        self.publisher.publish(ofac(*names))
        return self.again()

    def again(self) -> Run:
        with self.working.database.read() as session:
            definition = catalogue.get(session, "listings")
        run = collect(self.tools, definition, Trigger.SCHEDULE, now=self.now)
        self.now += timedelta(days=1)
        return run

    def seen(self) -> list[tuple[str, str, date]]:
        with self.working.database.read() as session:
            sieve = catalogue.get(session, "listings").sieve
            first, last = MONDAY.date(), self.now.date()
            found = sightings.seen_between(session, sieve, KEY.scope, first, last)
        return [(one.name, one.label, one.day) for one in found]

    def known(self) -> tuple[Observation, ...]:
        with self.working.database.read() as session:
            return observations.as_of(session, KEY, self.now)


@pytest.fixture
def days(tmp_path: Path, database_url: str) -> Iterator[Days]:
    root = tmp_path / "indicators"
    root.mkdir()
    (root / "listings.yml").write_text(LISTINGS)
    publisher = Publisher()
    with house(tmp_path, database_url, clock=lambda: MONDAY) as working:
        declare(working.database, working.roots, now=MONDAY)
        fetcher = answering(tmp_path, publisher)
        yield Days(working, replace(working.tools, fetcher=fetcher), publisher)


def fill_week(days: Days, *names: Name) -> None:
    """Collect unchanged lists until the week that began with the first one is over."""
    while days.now < MONDAY + timedelta(days=8):
        days.run(*names)


def test_a_week_of_lists_is_counted_once_it_is_over(days: Days) -> None:
    days.run(*OLD)
    days.run(*OLD, NEW)
    assert days.known() == ()
    fill_week(days, *OLD, NEW)
    [count] = days.known()
    assert count.value == 1
    assert count.details == {"listing": 1, "days_seen": 6}
    assert count.document is None


def test_a_listing_is_counted_once_however_often_it_comes_and_goes(days: Days) -> None:
    days.run(*OLD)
    days.run(*OLD, NEW)
    days.run(*OLD)
    days.run(*OLD, NEW)
    fill_week(days, *OLD, NEW)
    [count] = days.known()
    assert (count.value, count.details) == (1, {"listing": 1, "delisting": 1, "days_seen": 6})


def test_a_week_of_which_too_few_lists_are_known_is_incomplete(days: Days) -> None:
    days.run(*OLD)
    days.run(*OLD, NEW)
    days.now = MONDAY + timedelta(days=7)
    days.run(*OLD, NEW)
    [count] = days.known()
    assert (count.value, count.missing) == (None, Missing.INCOMPLETE)


def test_what_happened_while_the_service_was_away_is_found_when_it_is_back(days: Days) -> None:
    days.run(*OLD)
    days.now = MONDAY + timedelta(days=70)
    for _ in range(8):
        days.run(*OLD, NEW)
    assert [count.value for count in days.known()][-1] == 1


def test_a_broken_list_keeps_what_is_known_and_the_next_good_one_is_compared_with_the_last_good(
    days: Days,
) -> None:
    days.run(*OLD)
    assert days.run(*OLD[:3]).status is RunStatus.CHANGED
    days.publisher.files["SDN.CSV"] = b"<html>Sorry</html>"
    assert days.again().status is RunStatus.CHANGED
    del days.publisher.files["SDN.CSV"]
    assert days.again().status is RunStatus.UNAVAILABLE
    assert days.seen() == []
    assert days.run(*OLD, NEW).status is RunStatus.OK
    assert days.seen() == [("named 50", "listing", days.now.date() - timedelta(days=1))]


def test_a_run_that_is_cut_short_after_the_fetch_is_done_again_from_the_same_list(
    days: Days,
) -> None:
    days.run(*OLD)
    days.publisher.publish(ofac(*OLD, NEW))
    for number in range(1, 20):
        if not killed_before_commit(days, number):
            break
    assert number > 5, "a run has more commits than that: the kills did not come"
    days.now = MONDAY + timedelta(days=2)
    fill_week(days, *OLD, NEW)
    [count] = days.known()
    assert (count.value, count.details) == (1, {"listing": 1, "days_seen": 6})


def killed_before_commit(days: Days, number: int) -> bool:
    """Run on the second day, but die just before that many commits are through."""
    commits = 0

    def count(_connection: object) -> None:
        nonlocal commits
        commits += 1
        if commits == number:
            raise Killed

    event.listen(Engine, "commit", count)
    days.now = MONDAY + timedelta(days=1)
    try:
        days.again()
    except Killed:
        return True
    finally:
        event.remove(Engine, "commit", count)
    return False
