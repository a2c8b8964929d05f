"""A series gets a new issue when there is something new to say, and only then."""

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future
from dataclasses import replace
from datetime import timedelta
from typing import Any

from forecaster.cycle.forecasting import forecast
from forecaster.domain.forecast import Issue
from forecaster.domain.observation import SeriesKey
from forecaster.store import forecasts
from forecaster.working import Working
from tests.cycle.conftest import Clock
from tests.cycle.day import live
from tests.house import INDICATOR, LAST_WEEK, NOW, InPlace, quiet_weeks, write_patrols

SERIES = SeriesKey("patrols", "CHN-RUS")
WEEK = timedelta(weeks=1)


class Breaks(InPlace):
    """Fails so many times like a pool one of whose processes died."""

    def __init__(self, times: int) -> None:
        self.times = times

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.times -= 1
        if self.times < 0:
            return super().submit(fn, *args, **kwargs)
        broken: Future[Any] = Future()
        broken.set_exception(BrokenExecutor("a process died"))
        return broken


def issues(working: Working) -> tuple[Issue, ...]:
    with working.database.read() as session:
        return forecasts.after(session, SERIES, None)


def test_nothing_new_makes_no_issue(working: Working, clock: Clock) -> None:
    live(working)
    clock.now += timedelta(hours=1)
    live(working)
    assert len(issues(working)) == 1


def test_a_new_value_is_an_update_of_the_same_fit(working: Working, clock: Clock) -> None:
    live(working)
    clock.now += WEEK
    write_patrols(working.roots[0], [*quiet_weeks(40), 3], last=LAST_WEEK + WEEK)
    live(working)

    first, second = issues(working)
    assert second.fit == first.fit
    assert second.change is not None
    assert second.change.since == first.id


def test_many_new_values_are_reason_for_another_fit(working: Working, clock: Clock) -> None:
    live(working)
    clock.now += 6 * WEEK
    write_patrols(working.roots[0], [*quiet_weeks(40), *[3] * 6], last=LAST_WEEK + 6 * WEEK)
    live(working)

    first, second = issues(working)
    assert second.fit != first.fit


def test_a_fit_of_half_a_year_ago_is_made_again(working: Working, clock: Clock) -> None:
    live(working)
    clock.now += 27 * WEEK
    write_patrols(working.roots[0], [*quiet_weeks(40), 3], last=LAST_WEEK + WEEK)
    live(working)

    first, second = issues(working)
    assert second.fit != first.fit


def test_many_revised_values_are_reason_for_another_fit(working: Working, clock: Clock) -> None:
    live(working)
    clock.now += timedelta(hours=1)
    write_patrols(working.roots[0], [*[one + 1 for one in quiet_weeks(6)], *quiet_weeks(40)[6:]])
    live(working)

    first, second = issues(working)
    assert second.fit != first.fit


def test_a_shift_of_the_level_is_reason_for_another_fit(working: Working, clock: Clock) -> None:
    fits = []
    for week in range(8):
        write_patrols(
            working.roots[0], [*quiet_weeks(100), *[40] * week], last=LAST_WEEK + week * WEEK
        )
        live(working)
        fits.append(issues(working)[-1].fit)
        clock.now += WEEK

    assert fits[0] == fits[1] == fits[2]
    assert fits[7] != fits[0]


def test_values_as_before_keep_the_fit(working: Working, clock: Clock) -> None:
    for week in range(5):
        last = LAST_WEEK + week * WEEK
        write_patrols(working.roots[0], quiet_weeks(100 + week), last=last)
        live(working)
        clock.now += WEEK

    assert len({issue.fit for issue in issues(working)}) == 1


def test_another_definition_is_reason_for_another_issue(working: Working, clock: Clock) -> None:
    live(working)
    clock.now += timedelta(hours=1)
    (working.roots[0] / "patrols.yml").write_text(
        INDICATOR.replace("busy, above: 6", "busy, above: 3")
    )
    live(working)

    first, second = issues(working)
    assert second.definition != first.definition
    assert second.change is not None
    assert second.change.parts["definition"]["log_odds"] > 0


def test_another_frequency_leaves_the_old_values_aside(working: Working, clock: Clock) -> None:
    live(working)
    clock.now += timedelta(hours=1)
    root = working.roots[0]
    (root / "patrols.yml").write_text(INDICATOR.replace("frequency: week", "frequency: month"))
    text = (root / "history" / "patrols.csv").read_text()
    (root / "history" / "patrols.csv").write_text(text.splitlines()[0] + "\n")
    live(working)

    assert issues(working)[-1].projection is None


def test_a_series_too_short_is_refused_by_name(working: Working) -> None:
    write_patrols(working.roots[0], [1, 2, 3])
    live(working)

    (issue,) = issues(working)
    assert issue.projection is None
    assert issue.refusal


def test_a_process_that_died_costs_a_second_try(working: Working) -> None:
    live(replace(working, executor=Breaks(1)))

    (issue,) = issues(working)
    assert issue.projection is not None


def test_a_fit_that_breaks_its_process_again_is_set_aside(working: Working) -> None:
    live(replace(working, executor=Breaks(2)))
    live(working)

    (issue,) = issues(working)
    assert issue.refusal is not None
    assert "broke the process" in issue.refusal


def test_who_must_stop_leaves_the_rest_for_later(working: Working) -> None:
    live(replace(working, executor=Breaks(99)))
    (working.roots[0] / "patrols.yml").write_text(
        INDICATOR.replace("busy, above: 6", "busy, above: 3")
    )
    before = len(issues(working))

    made = forecast(working.database, working.executor, code="other", now=NOW, stop=lambda: True)

    assert made == 0
    assert len(issues(working)) == before
