"""A factor is forecast, published and watched as any series; its values are nowhere stored."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from forecaster.cycle import observing
from forecaster.cycle.basis import basis
from forecaster.domain.alert import AlertStatus
from forecaster.domain.forecast import Inputs, Issue, Request
from forecaster.domain.nowcast import Nowcast
from forecaster.domain.observation import SeriesKey
from forecaster.domain.publication import Kind
from forecaster.model.issuing import answer
from forecaster.store import alerts, catalogue, forecasts, observations, publications
from forecaster.working import Working
from tests.cycle.conftest import Clock
from tests.cycle.day import live
from tests.cycle.depth import DEPTH, LAST_MONTH, SCOPE, lay_out, write
from tests.house import house

DAY = timedelta(days=1)
KEY = SeriesKey("depth", SCOPE)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a directory with three inputs and the factor of them."""
    folder = tmp_path / "indicators"
    lay_out(folder)
    return folder


@pytest.fixture
def working(tmp_path: Path, root: Path, database_url: str, clock: Clock) -> Iterator[Working]:
    """Open a house over it, nothing collected yet."""
    assert root.exists()
    with house(tmp_path, database_url, clock=clock) as working:
        yield working


def issues(working: Working, key: SeriesKey = KEY) -> tuple[Issue, ...]:
    with working.database.read() as session:
        return forecasts.after(session, key, None)


def standing(issue: Issue) -> Nowcast:
    assert issue.projection is not None
    assert issue.projection.nowcast is not None
    return issue.projection.nowcast


def document(working: Working) -> dict[str, Any]:
    with working.database.read() as session:
        found = publications.as_of(session, Kind.FORECAST, str(KEY), working.now())
    assert found is not None
    read: dict[str, Any] = json.loads(found.body)
    return read


def test_a_factor_is_issued_up_to_the_last_known_month_and_never_stored(working: Working) -> None:
    live(working)

    (issue,) = issues(working)
    told = standing(issue)
    assert told.period == LAST_MONTH.start
    assert told.months[-1].inputs == 2  # the quarter is not over
    assert issue.projection is not None
    assert issue.projection.steps[0].period == LAST_MONTH.shift(1).start
    with working.database.read() as session:
        assert observations.versions(session, KEY) == ()
        assert observing.told(session, catalogue.get(session, "depth"), SCOPE).versions == ()


def test_a_dyad_of_which_too_little_is_known_is_refused_by_name(working: Working) -> None:
    live(working)

    (issue,) = issues(working, SeriesKey("depth", "CHN-PRK"))
    assert issue.refusal is not None
    assert issue.refusal == (
        "a factor needs 3 inputs; of 3, 0 can serve: acts/CHN-PRK, talks/CHN-PRK, drills/CHN-PRK "
        "are left out: 1 periods are known, 12 are needed"
    )


def test_it_is_published_with_its_drivers_and_every_month(working: Working) -> None:
    live(working)

    nowcast = document(working)["nowcast"]

    assert nowcast["period"] == str(LAST_MONTH)
    assert [one["input"] for one in nowcast["loadings"]] == [
        f"{name}/{SCOPE}" for name in ("acts", "talks", "drills")
    ]
    assert nowcast["months"][-1]["value"] == nowcast["value"]
    assert nowcast["news"] is None


def test_a_new_value_costs_an_update_and_is_explained_by_its_input(
    working: Working, root: Path, clock: Clock
) -> None:
    live(working)
    write(root, more=1)
    clock.now += DAY

    live(working)

    first, second = issues(working)
    told = standing(second)
    assert second.fit == first.fit
    assert told.period == LAST_MONTH.shift(1).start
    assert told.news is not None
    assert told.news.since == first.id
    assert told.news.period == LAST_MONTH.start
    assert told.news.parts["talks/CHN-RUS"] == 0
    assert sum(told.news.parts.values()) == pytest.approx(told.news.change, abs=1e-12)
    assert told.months[-2].value - standing(first).value == pytest.approx(told.news.change)
    assert second.change is not None
    assert second.change.parts["new_data"]["median"] != 0


def test_a_revised_value_is_named_as_the_cause(working: Working, root: Path, clock: Clock) -> None:
    live(working)
    write(root, revised={0: 3.5})
    clock.now += DAY

    live(working)

    told = standing(issues(working)[-1])
    assert told.news is not None
    assert told.news.parts["acts/CHN-RUS"] == told.news.change != 0
    assert document(working)["nowcast"]["news"]["parts"]["model"] == 0


def test_an_issue_is_replayed_from_its_cut_after_its_inputs_were_revised(
    working: Working, root: Path, clock: Clock
) -> None:
    live(working)
    (issue,) = issues(working)
    write(root, more=1, revised={0: 3.5})
    clock.now += DAY
    live(working)

    with working.database.read() as session:
        definition = catalogue.version(session, issue.definition)
        held = basis(
            session,
            definition,
            SCOPE,
            cut=issue.record_cut,
            known_by=issue.as_of,
            declared_by=issue.as_of,
        )
        inputs = Inputs(
            definition=definition,
            scope=SCOPE,
            observations=held.versions,
            as_of=issue.as_of,
            ingredients=held.ingredients,
        )

    assert answer(Request(inputs=inputs)).projection == issue.projection


def test_nothing_new_makes_no_new_issue(working: Working, clock: Clock) -> None:
    live(working)
    clock.now += DAY
    live(working)

    assert len(issues(working)) == 1


def test_other_inputs_are_learnt_anew_and_the_change_is_said_to_be_theirs(
    working: Working, root: Path, clock: Clock
) -> None:
    live(working)
    (root / "depth.yml").write_text(DEPTH.replace("[acts, talks", "[acts, more"))
    (root / "more.yml").write_text((root / "talks.yml").read_text())
    clock.now += DAY

    live(working)

    first, second = issues(working)
    assert second.fit != first.fit
    told = standing(second).news
    assert told is not None
    assert told.parts["model"] == told.change
    assert second.change is not None
    assert second.change.parts["new_data"]["median"] == 0


def test_a_definition_that_cannot_be_learnt_is_refused_until_it_is_mended(
    working: Working, root: Path, clock: Clock
) -> None:
    live(working)
    (root / "depth.yml").write_text(DEPTH.replace("drills]", "drills, more]"))
    (root / "more.yml").write_text((root / "drills.yml").read_text())
    clock.now += DAY

    live(working)

    assert issues(working)[-1].refusal == (
        "drills/CHN-RUS and more/CHN-RUS say the same, which would count double"
    )


def test_a_rule_on_the_last_value_watches_the_nowcast(working: Working) -> None:
    live(working)

    with working.database.read() as session:
        state = alerts.latest(session, "depth-high", KEY)

    assert state is not None
    assert state.status is AlertStatus.FIRING
    assert state.value == standing(issues(working)[0]).value


def test_one_input_whose_licence_shows_nothing_withholds_the_nowcast(
    working: Working, root: Path
) -> None:
    text = (root / "acts.yml").read_text()
    (root / "acts.yml").write_text(text.replace('redistribution: "yes"', 'redistribution: "no"'))

    live(working)

    read = document(working)
    assert read["status"] == "refused"
    assert "nowcast" not in read
