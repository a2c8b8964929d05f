"""Where a level broke, what is left out, and what it is not mistaken for."""

from datetime import date

import numpy as np
import pytest

from forecaster.domain.breaks import Break
from forecaster.domain.forecast import Request
from forecaster.domain.indicator import Definition, Family
from forecaster.domain.period import Frequency
from forecaster.model import breaks, rolling
from forecaster.model.family import FloatArray
from forecaster.model.fitting import fit
from forecaster.model.issuing import answer
from forecaster.model.method import roster
from forecaster.model.panel import History
from tests.model import series
from tests.model.series import LATER, definition, inputs, observations, random

REAL = definition(family=Family.REAL)
REBUILT = (Break(at=date(2004, 1, 1), reason="the query was rebuilt"),)


def test_what_lies_before_a_break_in_level_is_left_out_and_the_note_says_so() -> None:
    found = breaks.settled(series.panel(broken(100, 30), REAL))

    assert abs(found.panel.values.size - 30) <= 2
    assert len(found.notes) == 1
    assert found.notes[0].startswith("a break in level (sup-F ")
    assert "p < 0.001) at 2006-11-01: the 70 values before it are left out" in found.notes[0]


def test_of_two_breaks_what_came_since_the_later_one_is_kept() -> None:
    values = broken(160, 100)
    values[120:] -= 8

    assert abs(breaks.settled(series.panel(values, REAL)).panel.values.size - 40) <= 2


def test_a_break_too_recent_to_learn_from_leaves_nothing_out_and_is_named() -> None:
    found = breaks.settled(series.panel(broken(100, 8, size_of=6), REAL))

    assert found.panel.values.size == 100
    assert "8 values came after it, too few to learn from alone" in found.notes[0]


def test_values_that_stand_still_after_a_break_are_not_enough() -> None:
    values = broken(100, 30)
    values[70:] = 9.0

    found = breaks.settled(series.panel(values, REAL))

    assert found.panel.values.size == 100
    assert "all after it are 9; nothing is left out" in found.notes[0]


@pytest.mark.parametrize("size", [30, 100, 400])
@pytest.mark.parametrize("kind", ["noise", "autoregression", "walk", "season", "sparse", "spike"])
def test_what_only_wanders_recurs_or_is_rare_shows_a_break_in_one_of_twenty_at_most(
    kind: str, size: int
) -> None:
    family = Family.COUNT if kind == "sparse" else Family.REAL
    declared = definition(family=family)

    alarms = [
        bool(breaks.settled(series.panel(unbroken(kind, size, seed), declared)).notes)
        for seed in range(60)
    ]

    assert sum(alarms) <= 3


def test_most_shifts_of_two_and_a_half_standard_deviations_are_found() -> None:
    found = [
        breaks.settled(
            series.panel(broken(150, 20, size_of=2.5, seed=seed), REAL)
        ).panel.values.size
        for seed in range(40)
    ]

    assert np.mean(np.abs(np.array(found) - 20) <= 3) > 0.8


def test_a_break_in_a_seasonal_series_is_seen_behind_the_season() -> None:
    values = broken(144, 40, size_of=3) + 8 * np.sin(2 * np.pi * np.arange(144) / 12)

    assert abs(breaks.settled(series.panel(values, REAL)).panel.values.size - 40) <= 2


@pytest.mark.parametrize("kind", ["constant", "line", "alternating", "one event", "huge", "tiny"])
def test_values_that_leave_nothing_to_explain_have_no_break(kind: str) -> None:
    place = np.arange(40.0)
    values = {
        "constant": np.ones(40),
        "line": place,
        "alternating": place % 2,
        "one event": np.where(place == 20, 1.0, 0.0),
        "huge": 1e99 * np.where(place % 3, 1.0, -1.0),
        "tiny": 1e-99 * np.where(place % 3, 1.0, -1.0),
    }

    assert breaks.settled(series.panel(values[kind], REAL)).notes == ()


def test_gaps_are_skipped_over() -> None:
    values = broken(120, 40)
    values[::7] = np.nan

    assert abs(breaks.settled(series.panel(values, REAL)).panel.values.size - 40) <= 2


def test_a_declared_break_is_taken_without_a_test() -> None:
    found = breaks.settled(series.panel(random(1).normal(size=60), known(REBUILT)))

    assert found.panel.values.size == 24
    declared = "a declared break (the query was rebuilt) at 2004-01-01"
    assert found.notes == (f"{declared}: the 36 values before it are left out",)


def test_of_declared_breaks_the_last_one_with_enough_values_counts() -> None:
    late = Break(at=date(2005, 7, 1), reason="a new law")

    found = breaks.settled(series.panel(random(1).normal(size=60), known((late, *REBUILT))))

    assert found.panel.values.size == 24
    assert "(a new law) at 2005-07-01: 6 values came after it" in found.notes[1]


def test_a_declared_break_outside_of_what_is_known_changes_nothing() -> None:
    early = Break(at=date(1999, 1, 1), reason="before it began")
    late = Break(at=date(2030, 1, 1), reason="yet to come")

    found = breaks.settled(series.panel(random(1).normal(size=60), known((early, late))))

    assert found.panel.values.size == 60
    assert found.notes == ()


def test_a_break_within_a_period_counts_from_the_next_one() -> None:
    one = Break(at=date(2004, 1, 2), reason="in the middle")

    assert one.ordinal(Frequency.MONTH) == REBUILT[0].ordinal(Frequency.MONTH) + 1


def test_the_fit_says_since_when_it_was_trained_and_why() -> None:
    fitted = fit(inputs(broken(100, 30), REAL))

    assert (fitted.trained_from, fitted.n_observations) == (date(2006, 11, 1), 30)
    assert "a break in level" in fitted.warnings[0]


def test_an_update_learns_from_the_same_window_as_its_fit() -> None:
    values = broken(101, 31)
    fitted = fit(inputs(values[:-1], definition(family=Family.REAL, above=99.0)))
    asked = inputs(values, definition(family=Family.REAL, above=99.0))

    found = answer(Request(inputs=asked.model_copy(update={"fitted": fitted}))).projection

    assert found.probabilities[0].n_observations == 31


def test_a_past_origin_leaves_out_what_lay_before_a_break_that_it_could_see() -> None:
    history = History.of(REAL, observations(broken(140, 60)), LATER)
    tested = rolling.run(history, roster(Family.REAL, ["climatology"]), 3, seed=1).tested
    places = tested.ends - history.at(np.inf).start
    lowest = tested.paths[:, tested.names.index("climatology")].min(axis=(1, 2))

    assert (lowest[places < 80] < 0).all()
    assert (lowest[places > 110] > 0).all()


def test_later_values_change_nothing_about_an_earlier_panel() -> None:
    values, other = broken(140, 60), broken(140, 60)
    other[100:] += 50
    moment = observations(values)[99].known_at.timestamp()

    first, second = (
        breaks.settled(History.of(REAL, observations(one), LATER).at(moment))
        for one in (values, other)
    )

    np.testing.assert_array_equal(first.panel.values, second.panel.values)
    assert first.notes == second.notes


def broken(size: int, after: int, *, seed: int = 3, size_of: float = 8.0) -> FloatArray:
    """Return noise whose level rises by so many standard deviations for its last values."""
    values = random(seed).normal(size=size)
    values[size - after :] += size_of
    return values


def unbroken(kind: str, size: int, seed: int) -> FloatArray:
    """Return a series without a break, of which one might think otherwise."""
    rng = random(seed)
    noise = rng.normal(size=size)
    match kind:
        case "autoregression":
            for place in range(1, size):
                noise[place] += 0.9 * noise[place - 1]
        case "walk":
            return noise.cumsum()
        case "season":
            return noise + 5 * np.sin(2 * np.pi * np.arange(size) / 12)
        case "sparse":
            return np.append(rng.poisson(0.1, size - 1), 1).astype(float)
        case "spike":
            noise[rng.integers(size)] = 30
    return noise


def known(declared: tuple[Break, ...]) -> Definition:
    return REAL.model_copy(update={"breaks": declared})
