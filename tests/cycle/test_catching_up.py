"""After downtime a source is asked as `on_missed` says, and the run tells what was missed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from forecaster.cycle.catching_up import Plan, catch_up, plan
from forecaster.domain.indicator import Definition
from forecaster.domain.run import Run, RunStatus, Trigger
from forecaster.store import catalogue, runs
from forecaster.working import Working
from tests.collect.errands import define
from tests.cycle.conftest import Clock

HOUR = timedelta(hours=1)
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def hourly(on_missed: str) -> Definition:
    collect = {"source": "history", "options": {"series": "x"}, "schedule": "0 * * * *"}
    return define("history", {}, collect=collect | {"on_missed": on_missed})


def ran(at: datetime) -> Run:
    return Run(id=1, indicator="tried", trigger=Trigger.SCHEDULE, status=RunStatus.OK, began_at=at)


def planned(on_missed: str, last: datetime | None, **changes: Any) -> Plan:
    run = ran(last) if last else None
    return plan(hourly(on_missed), run, run, **({"now": NOON, "on_time": True} | changes))


@pytest.mark.parametrize("policy", ["backfill", "latest", "skip"])
def test_a_source_that_was_never_asked_has_missed_nothing(policy: str) -> None:
    assert planned(policy, None) == Plan(ask=True)


@pytest.mark.parametrize("policy", ["backfill", "latest", "skip"])
def test_a_run_on_time_has_missed_nothing(policy: str) -> None:
    assert planned(policy, NOON - HOUR) == Plan(ask=True)


def test_the_newest_is_asked_for_and_the_missed_are_counted() -> None:
    assert planned("latest", NOON - 5 * HOUR) == Plan(ask=True, missed=4)


def test_all_that_was_missed_is_asked_for() -> None:
    since = NOON - 5 * HOUR
    assert planned("backfill", since) == Plan(ask=True, missed=4, window=(since, NOON))


def test_a_backfill_reaches_back_to_the_last_run_that_went_well() -> None:
    last, good = ran(NOON - 3 * HOUR), ran(NOON - 9 * HOUR)
    found = plan(hourly("backfill"), last, good, now=NOON, on_time=True)
    assert found.window == (NOON - 9 * HOUR, NOON)


def test_what_is_to_be_skipped_waits_for_its_next_moment() -> None:
    assert planned("skip", NOON - 5 * HOUR, on_time=False) == Plan(ask=False, missed=5)
    assert planned("skip", NOON - 5 * HOUR, on_time=True) == Plan(ask=True, missed=4)


def test_the_count_of_the_missed_has_an_end() -> None:
    assert planned("latest", NOON - 5_000 * HOUR).missed == 999


def test_the_run_says_what_was_missed(working: Working, clock: Clock) -> None:
    with working.database.begin() as session:
        definition = hourly("skip").model_copy(update={"id": "patrols"})
        catalogue.record(session, [definition], now=clock())
        run_id = runs.begin(session, "patrols", Trigger.SCHEDULE, now=clock() - 5 * HOUR)
        runs.end(session, run_id, now=clock() - 5 * HOUR, status=RunStatus.OK)

    skipped = catch_up(working.tools, definition, now=clock(), on_time=False)

    assert (skipped.status, skipped.missed) == (RunStatus.SKIPPED, 5)


def test_a_run_that_catches_up_keeps_the_span_it_asked_for(working: Working, clock: Clock) -> None:
    collect = {"source": "history", "options": {"series": "patrols"}, "schedule": "0 * * * *"}
    definition = define(
        "history",
        {},
        id="patrols",
        frequency="week",
        for_each={"dyad": ["CHN-RUS"]},
        collect=collect | {"on_missed": "backfill"},
    )
    first = catch_up(working.tools, definition, now=clock(), on_time=False)
    clock.now += 5 * HOUR
    second = catch_up(working.tools, definition, now=clock(), on_time=True)

    assert (first.missed, first.since) == (0, None)
    assert (second.missed, second.since, second.until) == (4, first.began_at, clock())
