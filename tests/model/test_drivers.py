"""Drivers as they were known, and what is made of those that run ahead."""

from datetime import timedelta

import numpy as np
import pytest

from forecaster.domain.errors import CannotForecast
from forecaster.domain.forecast import Driver, Inputs, Request
from forecaster.domain.indicator import Family
from forecaster.domain.observation import Missing, Observation
from forecaster.domain.period import Frequency
from forecaster.model.change import PARTS
from forecaster.model.family import FloatArray
from forecaster.model.issuing import answer
from forecaster.model.method import draw, made
from forecaster.model.panel import History, Panel
from forecaster.model.rehearsing import rehearse
from tests.model.series import LATER, definition, observation, observations, previous, random

COUNT = definition(family=Family.COUNT, above=3.0, within=2, horizon=4)
LED = COUNT.model_copy(update={"drivers": ("lead",)})
DAY = timedelta(days=1)


def test_a_driver_stands_beside_the_same_periods_of_the_series() -> None:
    panel = led_panel([1, 2, 3, 4], driver(observations([5, 6, np.nan, 8, 9])))

    np.testing.assert_array_equal(panel.drivers, [[5, 6, np.nan, 8]])
    assert panel.driving == ("lead",)


def test_the_version_known_at_the_moment_counts() -> None:
    revised = observation(0, 7.0, number=99, late=timedelta(days=80))
    history = led_history([1, 2, 3, 4], driver([*observations([5.0, 6, 7, 8]), revised]))
    early = observation(1, 2.0).known_at.timestamp()

    assert history.at(early).drivers.tolist() == [[5, 6]]
    assert history.at(np.inf).drivers[0, 0] == 7


def test_what_became_known_after_the_moment_of_issue_is_not_there() -> None:
    seen = observations([5.0, 6, 7, 8])
    history = History.of(COUNT, observations([1.0, 2]), seen[1].known_at, drivers=[driver(seen)])

    assert history.at(np.inf).drivers.tolist() == [[5, 6]]


@pytest.mark.parametrize(("is_count", "joined"), [(True, 31.0), (False, 1.0)])
def test_shorter_periods_are_summed_as_counts_and_else_averaged(
    is_count: bool, joined: float
) -> None:
    days = observations(np.ones(31), Frequency.DAY)
    asked = driver(days, frequency=Frequency.DAY, is_count=is_count)

    assert led_panel([1, 2], asked).drivers[0, 0] == joined


def test_a_period_of_which_a_part_is_unknown_is_missing_and_never_zero() -> None:
    days = [*observations(np.ones(40), Frequency.DAY)]
    days[3] = observation(3, None, frequency=Frequency.DAY, missing=Missing.INCOMPLETE)

    assert np.isnan(led_panel([1, 2], driver(days, frequency=Frequency.DAY)).drivers).all()


@pytest.mark.parametrize("family", [Family.COUNT, Family.BINARY])
def test_a_lead_is_found_with_its_lag(family: Family) -> None:
    values, lead = led_by(3, family)

    learnt = made("driven").fit(led_panel(values, driver(observations(lead)), family))

    assert [one["lag"] for one in learnt.parameters["leads"]] == [3]
    assert learnt.warnings == (
        ("driven: led by lead by 3 month(s); further ahead their last values are taken to go on"),
    )


@pytest.mark.parametrize("family", [Family.COUNT, Family.BINARY])
def test_a_driver_that_tells_nothing_is_refused_and_named(family: Family) -> None:
    values, _ = led_by(3, family)
    noise = random(9).poisson(1.0, values.size).astype(float)

    with pytest.raises(CannotForecast, match="none of lead runs ahead of the series"):
        made("driven").fit(led_panel(values, driver(observations(noise)), family))


def test_a_lag_at_which_no_fit_is_found_does_not_hide_the_others() -> None:
    values = (random(5).random(160) < 0.3).astype(float)
    lead = np.append(values[4:], np.zeros(4))  # to know it is to know all: no fit has an end
    noisy = np.where(random(6).random(160) < 0.1, 1 - lead, lead)
    drivers = [driver(observations(lead)), driver(observations(noisy), name="noisy")]
    history = History.of(
        definition(family=Family.BINARY), observations(values), LATER, drivers=drivers
    )

    learnt = made("driven").fit(history.at(np.inf))

    assert [(one["name"], one["lag"]) for one in learnt.parameters["leads"]] == [("noisy", 4)]


def test_without_its_drivers_it_is_refused() -> None:
    with pytest.raises(CannotForecast, match="it has no drivers"):
        made("driven").fit(History.of(COUNT, observations([1.0, 2]), LATER).at(np.inf))


def test_too_few_periods_known_beside_the_driver_are_refused() -> None:
    values, lead = led_by(3, Family.COUNT)

    with pytest.raises(CannotForecast, match="36 with 8 are needed"):
        made("driven").fit(led_panel(values, driver(observations(lead[:40]))))


def test_what_the_driver_did_last_moves_the_steps_that_it_leads() -> None:
    values, lead = led_by(3, Family.COUNT)
    high = lead.copy()
    high[-2] = 12.0

    usual, raised = (
        drawn(led_panel(values, driver(observations(one)))).mean(axis=0) for one in (lead, high)
    )

    assert raised[1] > 2 * usual[1]
    assert raised[0] == pytest.approx(usual[0], rel=0.25)


def test_it_takes_part_only_where_drivers_are_declared() -> None:
    values, lead = led_by(3, Family.COUNT)

    with_it = rehearse(led_inputs(values, lead))
    alone = rehearse(led_inputs(values, lead).model_copy(update={"drivers": ()}))

    assert "driven" in with_it.tested.names
    assert "driven" not in alone.tested.names
    assert not any("driven" in note for note in alone.notes)


def test_past_origins_know_of_a_driver_what_was_known_there() -> None:
    values, lead = led_by(3, Family.COUNT)
    changed = lead.copy()
    changed[120:] += 5

    first, second = (rehearse(led_inputs(values, one)).tested for one in (lead, changed))

    same = first.moments < observation(120, 0.0).known_at.timestamp()
    place = first.names.index("driven")
    np.testing.assert_array_equal(first.paths[same, place], second.paths[same, place])
    assert (first.paths[-1, place] != second.paths[-1, place]).any()


def test_the_paths_with_a_lead_score_better_than_those_without() -> None:
    values, lead = led_by(3, Family.COUNT)

    tested = rehearse(led_inputs(values, lead)).tested

    scores = dict(zip(tested.names, np.nanmean(tested.scores, axis=(0, 2)), strict=True))
    assert scores["driven"] < 0.9 * min(
        score for name, score in scores.items() if name not in {"driven", "pool"}
    )


def test_news_of_a_driver_are_new_data_and_the_parts_sum_to_the_change() -> None:
    values, lead = led_by(3, Family.COUNT)
    more = lead.copy()
    more[-3:] += 9
    before = led_inputs(values, lead)
    fitted = answer(Request(inputs=before)).fitted
    now = led_inputs(values, more).model_copy(update={"fitted": fitted})
    before = before.model_copy(update={"fitted": fitted})

    change = answer(Request(inputs=now, previous=previous(before))).change

    assert change is not None
    assert change.log_odds is not None
    moved = {part: change.parts[part]["log_odds"] for part in PARTS}
    assert moved["new_data"] != 0
    assert sum(moved.values()) == pytest.approx(change.log_odds, abs=1e-9)
    assert {part for part, one in moved.items() if one} == {"new_data"}


def led_by(lag: int, family: Family, size: int = 160) -> tuple[FloatArray, FloatArray]:
    """Return a series and a driver that runs ahead of it by so many periods."""
    rng = random(5)
    lead = rng.poisson(0.7, size + lag).astype(float)
    pull = 2 * np.log1p(lead[:size])
    if family is Family.COUNT:
        return rng.poisson(np.exp(pull - 0.7)).astype(float), lead[lag:]
    return (rng.random(size) < 1 / (1 + np.exp(1.5 - 2 * pull))).astype(float), lead[lag:]


def driver(
    seen: "list[Observation] | tuple[Observation, ...]",
    *,
    frequency: Frequency = Frequency.MONTH,
    is_count: bool = True,
    name: str = "lead",
) -> Driver:
    return Driver(
        indicator=name,
        scope="WORLD",
        frequency=frequency,
        is_count=is_count,
        observations=tuple(seen),
    )


def led_history(
    values: "list[float] | FloatArray", lead: Driver, family: Family = Family.COUNT
) -> History:
    return History.of(definition(family=family), observations(values), LATER, drivers=[lead])


def led_panel(
    values: "list[float] | FloatArray", lead: Driver, family: Family = Family.COUNT
) -> Panel:
    return led_history(values, lead, family).at(np.inf)


def led_inputs(values: FloatArray, lead: FloatArray) -> Inputs:
    return Inputs(
        definition=LED,
        scope="WORLD",
        observations=observations(values),
        as_of=LATER,
        drivers=(driver(observations(lead)),),
    )


def drawn(panel: Panel) -> FloatArray:
    method = made("driven")
    learnt = method.fit(panel).parameters
    return draw(method, panel, learnt, 3, n_paths=2000, rng=random(2))
