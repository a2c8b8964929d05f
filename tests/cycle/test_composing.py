"""What is composed is forecast, watched and replayed from its inputs; nothing of it is stored."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from forecaster.cycle import observing
from forecaster.cycle.collecting import collect
from forecaster.cycle.forecasting import forecast
from forecaster.domain.alert import AlertStatus
from forecaster.domain.forecast import Inputs, Issue, Request
from forecaster.domain.observation import Observation, SeriesKey
from forecaster.domain.run import Trigger
from forecaster.model.issuing import answer
from forecaster.store import alerts, catalogue, forecasts, observations
from forecaster.working import Working
from tests.cycle.composed import RATE, lay_out, write_statements
from tests.cycle.conftest import Clock
from tests.cycle.day import live
from tests.house import LAST_WEEK, NOW, house, quiet_weeks, write_patrols

WEEK = timedelta(weeks=1)
HOUR = timedelta(hours=1)
SCOPE = "CHN-RUS"


@pytest.fixture
def working(tmp_path: Path, database_url: str, clock: Clock) -> Iterator[Working]:
    """Open a house with two collected indicators and two composed ones, nothing collected yet."""
    lay_out(tmp_path / "indicators")
    with house(tmp_path, database_url, clock=clock) as working:
        yield working


def issues(working: Working, indicator: str) -> tuple[Issue, ...]:
    with working.database.read() as session:
        return forecasts.after(session, SeriesKey(indicator, SCOPE), None)


def known(working: Working, indicator: str) -> tuple[Observation, ...]:
    with working.database.read() as session:
        definition = catalogue.get(session, indicator)
        return observing.as_of(session, definition, SCOPE, working.now())


def last_known(working: Working, indicator: str) -> float | None:
    return known(working, indicator)[-1].value


def test_what_is_composed_is_forecast_and_never_stored(working: Working) -> None:
    live(working)

    (rate,), (surprise,) = issues(working, "rate"), issues(working, "surprise")
    assert rate.projection is not None
    assert surprise.projection is not None
    assert last_known(working, "rate") == quiet_weeks(40)[-1] / (1 + 39 % 3)
    with working.database.read() as session:
        assert observations.versions(session, SeriesKey("rate", SCOPE)) == ()


def test_it_is_updated_with_the_first_of_its_inputs(working: Working) -> None:
    live(working)

    (rate,), (patrols,) = issues(working, "rate"), issues(working, "patrols")
    (statements,) = issues(working, "statements")
    assert patrols.next_update_at is not None
    assert statements.next_update_at is not None
    assert rate.next_update_at == min(patrols.next_update_at, statements.next_update_at)
    assert rate.next_update_at != patrols.next_update_at


def test_nothing_new_makes_no_issue(working: Working, clock: Clock) -> None:
    live(working)
    clock.now += HOUR
    live(working)

    assert len(issues(working, "rate")) == len(issues(working, "surprise")) == 1


def test_news_of_an_input_make_an_issue_of_all_that_is_composed_of_it(
    working: Working, clock: Clock
) -> None:
    live(working)
    clock.now += HOUR
    write_statements(working.roots[0], [2] * 40)
    collect_alone(working, "statements")

    forecast(working.database, working.executor, code="test", now=clock.now, only=["statements"])

    made = {name: len(issues(working, name)) for name in ("patrols", "rate", "surprise")}
    assert made == {"patrols": 1, "rate": 2, "surprise": 2}


def test_an_input_that_is_ahead_of_the_other_makes_one_issue_and_no_more(
    working: Working, clock: Clock
) -> None:
    live(working)
    clock.now += WEEK
    write_patrols(working.roots[0], [*quiet_weeks(40), 3], last=LAST_WEEK + WEEK)
    live(working)
    clock.now += HOUR
    live(working)

    assert len(issues(working, "rate")) == 2
    assert len(known(working, "rate")) == 40


def test_another_word_of_an_input_that_is_composed_makes_an_issue(
    working: Working, clock: Clock
) -> None:
    live(working)
    clock.now += HOUR
    other = RATE.replace("ratio:", "difference:").replace("positive", "real")
    (working.roots[0] / "rate.yml").write_text(other)
    live(working)

    first, second = issues(working, "surprise")
    assert first.definition == second.definition
    assert first.record_cut == second.record_cut


@pytest.mark.parametrize("name", ["rate", "surprise"])
def test_an_issue_is_replayed_from_its_cut_whatever_came_later(
    working: Working, clock: Clock, name: str
) -> None:
    live(working)
    (issue,) = issues(working, name)

    clock.now += HOUR
    write_statements(working.roots[0], [3] * 50)
    write_patrols(working.roots[0], [*[40] * 10, *quiet_weeks(40)])
    other = RATE.replace("ratio:", "difference:").replace("positive", "real")
    (working.roots[0] / "rate.yml").write_text(other)
    live(working)

    assert replayed(working, issue) == issue.projection
    assert issues(working, name)[-1].projection != issue.projection


def test_a_rule_watches_the_last_composed_value(working: Working) -> None:
    write_patrols(working.roots[0], [*quiet_weeks(39), 9])
    write_statements(working.roots[0], [1] * 40)
    live(working)

    with working.database.read() as session:
        state = alerts.latest(session, "high-rate", SeriesKey("rate", SCOPE))
    assert state is not None
    assert (state.status, state.value) == (AlertStatus.FIRING, 9)


def test_what_serves_others_alone_is_not_forecast(working: Working) -> None:
    path = working.roots[0] / "statements.yml"
    kept = [line for line in path.read_text().splitlines() if line[:6] not in {"thresh", "alerts"}]
    path.write_text("\n".join([*kept, "forecast: false", ""]))
    live(working)

    assert issues(working, "statements") == ()
    assert len(issues(working, "rate")) == 1


def test_an_input_that_goes_leaves_what_was_known(working: Working, clock: Clock) -> None:
    live(working)
    before = known(working, "rate")
    clock.now += HOUR
    (working.roots[0] / "statements.yml").unlink()
    live(working)

    assert known(working, "rate") == before


def test_what_comes_to_lead_back_to_itself_knows_nothing(working: Working) -> None:
    live(working)
    with working.database.begin() as session:
        rate = catalogue.get(session, "rate")
        twisted = rate.model_validate(
            rate.model_dump(mode="json", by_alias=True)
            | {"compose": {"ratio": ["surprise", "statements"]}, "coverage": (), "tests": ()}
        )
        others = [one for one in catalogue.current(session) if one.id != "rate"]
        catalogue.record(session, [*others, twisted], now=NOW)

    assert known(working, "rate") == ()


def collect_alone(working: Working, indicator: str) -> None:
    with working.database.read() as session:
        definition = catalogue.get(session, indicator)
    collect(working.tools, definition, Trigger.SCHEDULE, now=working.now())


def replayed(working: Working, issue: Issue) -> object:
    """Compute an issue again from what it was computed from."""
    assert issue.fit is not None
    with working.database.read() as session:
        definition = catalogue.version(session, issue.definition)
        told = observing.told(
            session,
            definition,
            issue.scope,
            cut=issue.record_cut,
            known_by=issue.as_of,
            declared_by=issue.as_of,
        )
        inputs = Inputs(
            definition=definition,
            scope=issue.scope,
            observations=told.versions,
            as_of=issue.as_of,
            fitted=forecasts.fit(session, issue.fit).fitted,
        )
    return answer(Request(inputs=inputs)).projection
