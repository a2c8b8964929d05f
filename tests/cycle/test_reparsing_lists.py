"""Lists and tables are read again as they were then, not as they lie there now."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forecaster.cycle.collecting import Tools, collect
from forecaster.cycle.declaring import declare
from forecaster.cycle.reparsing import reparse
from forecaster.domain.observation import SeriesKey
from forecaster.domain.run import RunStatus, Trigger
from forecaster.store import catalogue, observations
from forecaster.working import Working
from tests.collect.errands import answering
from tests.house import house
from tests.servers.sanctions import Name, Publisher, ofac

MONDAY = datetime(2026, 3, 2, 5, tzinfo=UTC)
TABLE = """\
title: Calls, {a}-{b}
role: display
for_each: {dyad: [CHN-RUS]}
family: count
unit: calls per week
frequency: week
lag: 1 day
attribution: Nobody
license: {name: CC0, redistribution: "yes"}
collect: {source: table, path: tables/calls.csv, scope: null}
"""
LISTINGS = """\
title: Listings, {a}-{b}
role: posture
for_each: {dyad: [IRN-RUS]}
family: count
unit: listings
frequency: day
lag: 1 hour
attribution: Nobody
license: {name: CC0, redistribution: "yes"}
collect: {source: sanctions_list, list: ofac_sdn, searched: [programme], pace_seconds: 0}
"""
OLD = tuple(Name(number, f"OLD {number} LLC") for number in range(1, 11))
NEW = Name(50, programmes=("RUSSIA-EO14024", "IFSR"))


@pytest.fixture
def working(tmp_path: Path, database_url: str) -> Iterator[Working]:
    root = tmp_path / "indicators"
    (root / "tables").mkdir(parents=True)
    (root / "calls.yml").write_text(TABLE)
    (root / "listings.yml").write_text(LISTINGS)
    with house(tmp_path, database_url, clock=lambda: MONDAY) as working:
        declare(working.database, working.roots, now=MONDAY)
        yield working


def values(working: Working, indicator: str, scope: str) -> list[float | None]:
    with working.database.read() as session:
        known = observations.as_of(
            session, SeriesKey(indicator, scope), MONDAY + timedelta(days=30)
        )
    return [each.value for each in known]


def run(working: Working, tools: Tools, indicator: str, now: datetime) -> None:
    with working.database.read() as session:
        definition = catalogue.get(session, indicator)
    assert collect(tools, definition, Trigger.SCHEDULE, now=now).status is RunStatus.OK


def again(working: Working, tools: Tools, indicator: str) -> tuple[RunStatus, int]:
    with working.database.read() as session:
        definition = catalogue.get(session, indicator)
    found = reparse(tools, definition, now=MONDAY + timedelta(days=20))
    return found.status, found.new + found.revised


def test_a_table_is_read_again_as_it_was(working: Working, tmp_path: Path) -> None:
    table = tmp_path / "indicators" / "tables" / "calls.csv"
    table.write_text("period,value\n2026-02-16,3\n")
    run(working, working.tools, "calls", MONDAY)
    table.write_text("period,value\n2026-02-16,99\n")
    assert again(working, working.tools, "calls") == (RunStatus.OK, 0)
    assert values(working, "calls", "CHN-RUS") == [3]


def test_lists_are_compared_again_each_with_the_one_before_it(
    working: Working, tmp_path: Path
) -> None:
    publisher = Publisher()
    tools = replace(working.tools, fetcher=answering(tmp_path, publisher))
    for day, names in enumerate([OLD, (*OLD, NEW), (*OLD, NEW), OLD]):
        publisher.publish(ofac(*names))
        run(working, tools, "listings", MONDAY + timedelta(days=day))
    publisher.files.clear()
    before = values(working, "listings", "IRN-RUS")
    assert before == [None, 1, 0]
    done = again(working, tools, "listings")
    assert (done, values(working, "listings", "IRN-RUS")) == ((RunStatus.OK, 1), [*before, 0])
