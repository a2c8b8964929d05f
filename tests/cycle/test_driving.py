"""What drives a series is read as it was known, makes news, and is replayed."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from forecaster.cycle import driving, observing
from forecaster.domain.forecast import Inputs, Issue, Request
from forecaster.domain.observation import SeriesKey
from forecaster.model.issuing import answer
from forecaster.store import catalogue, forecasts
from forecaster.working import Working
from tests.cycle.composed import lay_out, write_statements
from tests.cycle.conftest import Clock
from tests.cycle.day import live
from tests.house import INDICATOR, LAST_WEEK, house

WEEK = timedelta(weeks=1)
HOUR = timedelta(hours=1)
SCOPE = "CHN-RUS"


@pytest.fixture
def working(tmp_path: Path, database_url: str, clock: Clock) -> Iterator[Working]:
    """Open a house in which statements may run ahead of patrols."""
    lay_out(tmp_path / "indicators")
    (tmp_path / "indicators" / "patrols.yml").write_text(INDICATOR + "drivers: [statements]\n")
    with house(tmp_path, database_url, clock=clock) as working:
        yield working


def issues(working: Working) -> tuple[Issue, ...]:
    with working.database.read() as session:
        return forecasts.after(session, SeriesKey("patrols", SCOPE), None)


def test_news_of_a_driver_make_an_issue_and_nothing_new_makes_none(
    working: Working, clock: Clock
) -> None:
    live(working)
    clock.now += HOUR
    live(working)
    assert len(issues(working)) == 1

    clock.now += WEEK
    write_statements(working.roots[0], [1] * 41, last=LAST_WEEK + WEEK)
    live(working)

    first, second = issues(working)
    assert second.record_cut > first.record_cut


def test_it_is_updated_with_the_first_of_its_drivers(working: Working) -> None:
    live(working)

    (issue,) = issues(working)
    with working.database.read() as session:
        statements = forecasts.latest(session, SeriesKey("statements", SCOPE))
    assert statements is not None
    assert issue.next_update_at == statements.next_update_at


def test_an_issue_is_replayed_from_its_cut_whatever_its_driver_told_later(
    working: Working, clock: Clock
) -> None:
    live(working)
    (issue,) = issues(working)
    before = inputs_of(working, issue)

    clock.now += HOUR
    write_statements(working.roots[0], [3] * 50)
    live(working)

    assert inputs_of(working, issue) == before
    assert before.drivers[0].observations
    assert answer(Request(inputs=before)).projection == issue.projection


def test_a_driver_counts_in_the_scope_of_the_series(working: Working) -> None:
    live(working)

    (driver,) = inputs_of(working, issues(working)[0]).drivers

    assert (driver.indicator, driver.scope, driver.is_count) == ("statements", SCOPE, True)


def inputs_of(working: Working, issue: Issue) -> Inputs:
    """Return what an issue was computed from."""
    assert issue.fit is not None
    with working.database.read() as session:
        definition = catalogue.version(session, issue.definition)
        then = issue.as_of
        told = observing.told(
            session,
            definition,
            SCOPE,
            cut=issue.record_cut,
            known_by=then,
            declared_by=then,
        )
        led, _ = driving.drivers(
            session,
            definition,
            SCOPE,
            cut=issue.record_cut,
            known_by=then,
            declared_by=then,
        )
        return Inputs(
            definition=definition,
            scope=SCOPE,
            observations=told.versions,
            as_of=then,
            fitted=forecasts.fit(session, issue.fit).fitted,
            drivers=led,
        )
