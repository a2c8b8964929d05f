"""When new values are no longer such as a fit expects."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecaster.domain.forecast import Request, Step
from forecaster.domain.indicator import Family
from forecaster.model.drift import has_drifted, step_score
from forecaster.model.issuing import answer
from tests.model.series import definition, inputs, random

SCORES = st.lists(st.floats(0, 10), max_size=40)


def test_scores_like_those_expected_seldom_raise_an_alarm() -> None:
    alarms = [
        has_drifted(random(seed).exponential(size=100), random(1000 + seed).exponential(size=12))
        for seed in range(400)
    ]

    assert np.mean(alarms) < 0.03


def test_a_few_scores_worse_than_all_before_do() -> None:
    expected = random(1).exponential(size=100)

    assert not has_drifted(expected, [9.0, 9.0])
    assert has_drifted(expected, [0.1, 9.0, 9.0, 9.0])


def test_a_long_good_time_before_hides_no_bad_one() -> None:
    expected = random(2).exponential(size=100)

    assert has_drifted(expected, [*[0.01] * 50, 9.0, 9.0, 9.0])


@given(SCORES)
def test_without_expectations_nothing_drifts(scores: list[float]) -> None:
    assert not has_drifted((), scores)


@given(st.lists(st.floats(0, 10), min_size=1, max_size=40), SCORES)
def test_values_that_are_met_as_well_as_ever_are_no_drift(
    expected: list[float], scores: list[float]
) -> None:
    assert not has_drifted(expected, [min(expected)] * len(scores))


def test_a_step_is_scored_by_its_quantiles() -> None:
    step = Step(period="2026-01-01", mean=0.0, quantiles={"0.1": -1.0, "0.5": 0.0, "0.9": 2.0})

    assert step_score(step, 0.0) == pytest.approx((0.1 + 0.0 + 0.2) / 3)
    assert step_score(step, 5.0) == pytest.approx((0.6 + 2.5 + 2.7) / 3)


@pytest.mark.parametrize(("shift", "alarm"), [(0.0, False), (6.0, True)])
def test_a_shift_of_the_level_is_seen_after_a_few_values(*, shift: float, alarm: bool) -> None:
    declared = definition(family=Family.REAL, horizon=3)
    values = random(3).normal(size=105)
    values[100:] += shift
    fitted = answer(Request(inputs=inputs(values[:100], declared))).fitted

    scores = []
    for known in range(100, 105):
        asked = inputs(values[:known], declared).model_copy(update={"fitted": fitted})
        step = answer(Request(inputs=asked)).projection.steps[0]
        scores.append(step_score(step, values[known]))

    assert len(fitted.one_step_scores) > 50
    assert has_drifted(fitted.one_step_scores, scores) is alarm
