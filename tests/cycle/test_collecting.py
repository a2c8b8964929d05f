"""What a run keeps: observations once, sightings once, and a row that says how it ended."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forecaster.cycle.collecting import collect
from forecaster.cycle.declaring import declare
from forecaster.domain.observation import Missing, Observation, SeriesKey
from forecaster.domain.run import Run, RunStatus, Trigger
from forecaster.store import catalogue, observations, sightings
from forecaster.working import Working
from tests.house import house
from tests.servers.gdelt import Answer, Gdelt, gdelt, row

DAY = datetime(2026, 3, 2, tzinfo=UTC)
KEY = SeriesKey("reports", "CHN-RUS")
REPORTS = """\
title: Reports, {{a}}-{{b}}
role: operational
for_each: {{dyad: [CHN-RUS]}}
family: count
unit: reports
frequency: day
lag: 1 hour
attribution: Nobody
license: {{name: CC0, redistribution: "yes"}}
collect:
  source: gdelt_events
  base_url: {url}
  feeds: [english]
  codes: ["05"]
"""


@pytest.fixture
def server() -> Iterator[Gdelt]:
    """Run a GDELT that has published every slot of a day, one report of CHN-RUS in each hour."""
    with gdelt() as server:
        for slot in range(96):
            at = DAY + timedelta(minutes=15 * slot)
            told = row(place=str(slot), url=f"https://example.org/{slot}")
            rows = [row(one="USA"), told] if slot % 4 == 0 else [row(one="USA")]
            server.publish(at, rows)
        yield server


@pytest.fixture
def working_at(
    tmp_path: Path, database_url: str, server: Gdelt
) -> Iterator[Callable[[datetime], Working]]:
    """Open the same house at any moment."""
    moment = [DAY]
    root = tmp_path / "indicators"
    root.mkdir()
    (root / "reports.yml").write_text(REPORTS.format(url=server.url))
    with house(tmp_path, database_url, clock=lambda: moment[0]) as working:
        declare(working.database, working.roots, now=DAY)

        def at(now: datetime) -> Working:
            moment[0] = now
            return working

        yield at


def run(working: Working, trigger: Trigger = Trigger.SCHEDULE) -> Run:
    with working.database.read() as session:
        definition = catalogue.get(session, "reports")
    window = (DAY, DAY + timedelta(days=1)) if trigger is Trigger.BACKFILL else None
    return collect(working.tools, definition, trigger, now=working.now(), window=window)


def known(working: Working) -> tuple[Observation, ...]:
    with working.database.read() as session:
        return observations.as_of(session, KEY, working.now())


def test_a_day_is_counted_once_it_is_over(working_at: Callable[[datetime], Working]) -> None:
    working = working_at(DAY + timedelta(hours=23, minutes=50))
    assert run(working, Trigger.BACKFILL).status is RunStatus.OK
    assert known(working) == ()

    run(working_at(DAY + timedelta(days=1, hours=2)))
    (count,) = known(working)
    assert count.value == 24


def test_collecting_again_doubles_nothing(working_at: Callable[[datetime], Working]) -> None:
    working = working_at(DAY + timedelta(days=1, hours=2))
    assert run(working, Trigger.BACKFILL).new == 1
    again = run(working, Trigger.BACKFILL)
    assert (again.new, again.revised) == (0, 0)


def test_a_backfilled_count_is_known_a_lag_after_its_day_and_marked(
    working_at: Callable[[datetime], Working],
) -> None:
    working = working_at(DAY + timedelta(days=2))
    run(working, Trigger.BACKFILL)
    (count,) = known(working)
    assert count.known_at == DAY + timedelta(days=1, hours=1)
    assert count.pseudo


def test_a_day_of_which_too_little_was_seen_is_missing_not_zero(
    working_at: Callable[[datetime], Working], server: Gdelt
) -> None:
    for slot in range(48):
        at = DAY + timedelta(minutes=15 * slot)
        server.answer(f"{at:%Y%m%d%H%M%S}.export.CSV.zip", Answer(status=404))
    working = working_at(DAY + timedelta(days=2))
    run(working, Trigger.BACKFILL)
    (count,) = known(working)
    assert count.value is None
    assert count.missing is Missing.INCOMPLETE


def test_a_source_that_cannot_be_reached_is_unavailable_and_keeps_what_was_known(
    working_at: Callable[[datetime], Working], server: Gdelt
) -> None:
    working = working_at(DAY + timedelta(days=1, hours=2))
    run(working, Trigger.BACKFILL)
    before = known(working)
    server.answer("lastupdate.txt", Answer(status=503, headers={"Retry-After": "3600"}))

    ended = run(working)

    assert ended.status is RunStatus.UNAVAILABLE
    assert ended.error
    assert known(working) == before


def test_other_options_count_afresh(
    working_at: Callable[[datetime], Working], tmp_path: Path
) -> None:
    working = working_at(DAY + timedelta(days=1, hours=2))
    run(working, Trigger.BACKFILL)
    path = tmp_path / "indicators" / "reports.yml"
    path.write_text(path.read_text().replace('["05"]', '["19"]'))
    declare(working.database, working.roots, now=working.now())

    run(working_at(DAY + timedelta(days=1, hours=3)), Trigger.BACKFILL)

    (count,) = known(working)
    assert count.value == 0
    with working.database.read() as session:
        definition = catalogue.get(session, "reports")
        assert not sightings.owed(session, definition.sieve)
