"""What was issued stays what it was, whatever is recorded later."""

from datetime import timedelta

import pytest

from forecaster.domain.forecast import Inputs, Issue, Request
from forecaster.domain.observation import SeriesKey
from forecaster.domain.publication import Kind
from forecaster.model.issuing import answer
from forecaster.store import catalogue, forecasts, observations, publications
from forecaster.working import Working
from tests.cycle.conftest import Clock
from tests.cycle.day import live
from tests.house import NOW, quiet_weeks, write_patrols

SERIES = SeriesKey("patrols", "CHN-RUS")


def test_a_later_backfill_changes_no_earlier_issue(working: Working, clock: Clock) -> None:
    live(working)
    with working.database.read() as session:
        issue = forecasts.latest(session, SERIES)
        published = publications.as_of(session, Kind.FORECAST, str(SERIES), NOW)
    assert issue is not None
    assert published is not None

    clock.now = NOW + timedelta(hours=1)
    backfill(working)
    live(working)

    assert replayed(working, issue) == issue.projection
    with working.database.read() as session:
        again = publications.as_of(session, Kind.FORECAST, str(SERIES), NOW)
        known_now = observations.as_of(session, SERIES, NOW)
    assert again == published
    assert 40.0 in {seen.value for seen in known_now}


def test_what_a_backfill_brings_makes_the_next_issue_and_names_its_part(
    working: Working, clock: Clock
) -> None:
    live(working)
    clock.now = NOW + timedelta(hours=1)
    backfill(working)
    live(working)

    with working.database.read() as session:
        first, second = forecasts.after(session, SERIES, None)
    assert second.change is not None
    assert second.change.since == first.id
    total = sum(part["median"] for part in second.change.parts.values())
    assert total == pytest.approx(second.change.median, abs=1e-9)


def backfill(working: Working) -> None:
    """Put older weeks before those of the file: the world knew them long before we did."""
    write_patrols(working.roots[0], [*[40] * 10, *quiet_weeks(40)])


def replayed(working: Working, issue: Issue) -> object:
    """Compute an issue again from what it was computed from."""
    assert issue.fit is not None
    with working.database.read() as session:
        inputs = Inputs(
            definition=catalogue.version(session, issue.definition),
            scope=issue.scope,
            observations=observations.versions(
                session, issue.key, cut=issue.record_cut, known_by=issue.as_of
            ),
            as_of=issue.as_of,
            fitted=forecasts.fit(session, issue.fit).fitted,
        )
    return answer(Request(inputs=inputs)).projection
