"""A factor whose truth is known is found: sign, scale, width, and at a ragged edge."""

from datetime import timedelta

import numpy as np
import pytest

from forecaster.domain.coverage import Grade
from forecaster.domain.forecast import Inputs, Projection
from forecaster.domain.indicator import Family
from forecaster.domain.nowcast import Nowcast
from forecaster.domain.observation import Observation
from forecaster.domain.period import Frequency, Period
from forecaster.model import composite
from forecaster.model.nowcasting import learnt_of
from tests.model.factors import (
    FIRST,
    ingredient,
    inputs_of,
    made,
    quarters_of,
    rows,
    standardised,
    walk,
)

PANELS = 12


def asked(inputs: Inputs) -> Projection:
    """Fit and look."""
    return composite.project(inputs, composite.fit(inputs), {})


def standing(inputs: Inputs) -> Nowcast:
    found = asked(inputs).nowcast
    assert found is not None
    return found


def track(told: Nowcast) -> np.ndarray:
    return np.array([one.value for one in told.months])


def without(inputs: Inputs, indicator: str, after: Period) -> Inputs:
    """Take away what is known of an input after a month."""
    kept = [
        seen
        for seen in inputs.observations
        if seen.indicator != indicator or seen.period.start <= after.start
    ]
    return inputs.model_copy(update={"observations": tuple(kept)})


def test_nine_in_ten_intervals_hold_the_factor() -> None:
    inside = []
    for seed in range(PANELS):
        level, inputs = made(seed)
        low, high = np.array([one.interval_90 for one in standing(inputs).months]).T
        truth = standardised(level)
        inside.append(np.mean((low <= truth) & (truth <= high)))

    assert 0.85 <= np.mean(inside) <= 0.95


def test_the_factor_is_told_in_its_own_standard_deviations() -> None:
    level, inputs = made(1)

    told = track(standing(inputs))

    slope = np.polyfit(told, standardised(level), 1)[0]
    assert abs(told.mean()) < 0.01
    assert slope == pytest.approx(1, abs=0.15)


def test_more_of_most_inputs_is_a_higher_factor() -> None:
    level, inputs = made(2)
    turned = tuple(
        seen.model_copy(update={"value": -(seen.value or 0)})
        if seen.indicator == "m-one"
        else seen
        for seen in inputs.observations
    )

    told = standing(inputs.model_copy(update={"observations": turned}))

    assert np.corrcoef(track(told), level)[0, 1] > 0.7
    assert [one.loading < 0 for one in told.loadings] == [True, False, False, False]


def test_the_last_month_is_the_last_in_which_anything_is_known() -> None:
    _, inputs = made(3)
    cut = FIRST.shift(100)

    ragged = inputs
    for name in ("m-one", "q-one", "q-two"):
        ragged = without(ragged, name, cut)
    told = standing(ragged)

    assert told.period == FIRST.shift(119).start
    assert told.months[-1].inputs == 1
    assert told.months[60].inputs == 4


def test_a_month_of_which_less_is_known_has_the_wider_interval() -> None:
    _, inputs = made(3)
    ragged = without(without(inputs, "m-one", FIRST.shift(100)), "q-one", FIRST.shift(100))
    fitted = composite.fit(inputs)

    widths = []
    for each in (inputs, ragged):
        told = composite.project(each, fitted, {}).nowcast
        assert told is not None
        low, high = told.interval_90
        widths.append(high - low)

    assert widths[1] > widths[0] * 1.1


def test_a_gap_is_not_a_zero() -> None:
    level, inputs = made(4)
    gap = range(FIRST.ordinal + 40, FIRST.ordinal + 46)

    def gapped(value: float | None) -> Inputs:
        kept = [
            seen.model_copy(update={"value": value})
            if seen.indicator == "m-two" and seen.period.ordinal in gap
            else seen
            for seen in inputs.observations
        ]
        return inputs.model_copy(
            update={"observations": tuple(one for one in kept if one.value is not None)}
        )

    fitted = composite.fit(inputs)
    tracks = []
    for each in (inputs, gapped(None), gapped(0.0)):
        told = composite.project(each, fitted, {}).nowcast
        assert told is not None
        tracks.append(track(told)[40:46])

    whole, missing, zero = tracks
    assert np.abs(missing - whole).max() < 0.7
    assert (zero < whole - 1).all()  # the mean is 50: zeros pull far down
    assert level.size == 120


def test_what_becomes_known_later_changes_nothing_of_what_was_said_before() -> None:
    _, inputs = made(5)
    moment = FIRST.shift(90).ends_at + timedelta(days=10)
    then = tuple(seen for seen in inputs.observations if seen.known_at <= moment)

    at_that_time = inputs.model_copy(update={"observations": then, "as_of": moment})
    looking_back = inputs.model_copy(update={"as_of": moment})

    assert asked(looking_back) == asked(at_that_time)


def test_a_revised_input_changes_the_factor() -> None:
    _, inputs = made(6)
    last = max(
        (seen for seen in inputs.observations if seen.indicator == "m-one"),
        key=lambda seen: seen.period.start,
    )
    revised = last.model_copy(
        update={
            "id": 99_999,
            "value": (last.value or 0) + 20,
            "known_at": last.known_at + timedelta(days=5),
        }
    )
    fitted = composite.fit(inputs)
    later = inputs.model_copy(update={"observations": (*inputs.observations, revised)})

    before, after = (composite.project(each, fitted, {}).nowcast for each in (inputs, later))

    assert before is not None
    assert after is not None
    assert after.value > before.value + 0.2


def test_a_new_value_moves_the_factor_and_not_the_parameters() -> None:
    _, inputs = made(7)
    shorter = without(inputs, "m-one", FIRST.shift(118))
    shorter = without(shorter, "m-two", FIRST.shift(118))
    fitted = composite.fit(shorter)

    told = composite.project(inputs, fitted, {}).nowcast

    assert told is not None
    assert told.period == FIRST.shift(119).start
    assert len(learnt_of(fitted).draws) == 60


def test_counts_and_weeks_serve_as_well_as_months() -> None:
    rng = np.random.default_rng(8)
    level = walk(rng, 120)
    weekly = np.repeat(level, 5)[:521]  # ten years of weeks, roughly in step
    ingredients = [
        ingredient("acts", Frequency.QUARTER, Family.COUNT),
        ingredient("reports", Frequency.WEEK, Family.COUNT, "mean"),
        ingredient("sums", Frequency.MONTH, Family.POSITIVE),
    ]
    months = [
        Period.containing(
            Period.containing(FIRST.start, Frequency.WEEK).shift(week).start, Frequency.MONTH
        ).ordinal
        - FIRST.ordinal
        for week in range(weekly.size)
    ]
    weekly = level[np.clip(months, 0, 119)]
    seen = rows("acts", rng.poisson(np.exp(0.7 * quarters_of(level))), frequency=Frequency.QUARTER)
    seen += rows("reports", rng.poisson(3 * np.exp(0.5 * weekly)), frequency=Frequency.WEEK)
    seen += rows("sums", np.exp(0.8 * level + 0.5 * rng.normal(size=120)))

    told = standing(inputs_of(ingredients, seen))

    assert np.corrcoef(track(told)[:120], level[: len(told.months)])[0, 1] > 0.8


def test_a_month_lacks_a_value_until_all_its_weeks_have_one() -> None:
    _, inputs = made(9)
    weeks = rows("weekly", np.arange(500.0) % 7, frequency=Frequency.WEEK)
    whole = inputs_of(
        (*inputs.ingredients, ingredient("weekly", Frequency.WEEK, aggregate="mean")),
        (*inputs.observations, *weeks),
    )
    lacking = whole.model_copy(
        update={
            "observations": tuple(one for one in whole.observations if one.id != weeks[200].id)
        }
    )

    counts = [standing(each).loadings[-1].values for each in (whole, lacking)]

    assert counts[1] == counts[0] - 1


def test_partial_coverage_is_said_and_keeps_confidence_low() -> None:
    _, inputs = made(10)
    dimmed = tuple(
        seen.model_copy(update={"grade": Grade.PARTIAL}) for seen in inputs.observations
    )

    found = asked(inputs.model_copy(update={"observations": dimmed}))

    assert found.grade is Grade.PARTIAL
    assert [one.confidence for one in found.probabilities] == ["low"]


def test_what_lies_ahead_widens_and_goes_back_to_the_mean() -> None:
    _, inputs = made(11)

    steps = asked(inputs).steps

    widths = [one.quantiles["0.95"] - one.quantiles["0.05"] for one in steps]
    assert steps[0].period == FIRST.shift(120).start
    assert widths[0] < widths[2] < widths[5]
    assert abs(steps[-1].mean) < abs(steps[0].mean)


def test_the_inputs_shares_of_what_is_known_make_one() -> None:
    _, inputs = made(12)

    loadings = standing(inputs).loadings

    assert sum(one.weight for one in loadings) == pytest.approx(1)
    assert [one.input for one in loadings] == [one.label for one in inputs.ingredients]
    assert all(low < one.loading < high for one in loadings for low, high in [one.loading_90])


def test_one_input_that_brings_nearly_all_is_named() -> None:
    rng = np.random.default_rng(13)
    level = walk(rng, 120)
    names = ("clear", "dim", "dimmer")
    seen: list[Observation] = []
    for place, noise in enumerate((0.2, 1.2, 1.2)):
        values = level + noise * rng.normal(size=120)
        seen += rows(names[place], values, number=1000 * place)

    found = asked(inputs_of([ingredient(name) for name in names], seen))

    assert any("clear/WORLD alone brings" in one for one in found.warnings)


@pytest.mark.parametrize("size", [1e-12, 1e12])
def test_the_unit_of_an_input_does_not_matter(size: float) -> None:
    _, inputs = made(19)
    resized = tuple(
        seen.model_copy(update={"value": (seen.value or 0) * size}) for seen in inputs.observations
    )

    told = standing(inputs.model_copy(update={"observations": resized}))

    assert track(told) == pytest.approx(track(standing(inputs)), abs=0.01)
