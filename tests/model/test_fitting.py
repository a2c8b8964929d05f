"""What a fit keeps of the past: skill over every rival, the window, how it converged."""

import numpy as np
import pytest

from forecaster.domain.forecast import Fitted, Request
from forecaster.domain.indicator import Family
from forecaster.model.family import FloatArray
from forecaster.model.fitting import converged, effective, fit
from forecaster.model.issuing import answer
from forecaster.model.method import STOPPED
from tests.model.series import definition, inputs, random

REAL = definition(family=Family.REAL, above=1.0)
RISING = 2.0 * np.arange(120) + random(2).normal(size=120)


def test_what_replaces_the_baseline_is_held_against_every_baseline() -> None:
    fitted = of(RISING)

    assert fitted.choice != fitted.baseline
    assert set(fitted.against) == {"climatology", "naive"}
    assert fitted.skill is not None
    assert fitted.skill.versus == fitted.baseline
    assert 0 < fitted.skill.interval_80[0] <= fitted.skill.value


def test_at_every_step_there_is_skill_with_its_interval_n_and_test() -> None:
    found = of(RISING).against["climatology"]

    assert [one.step for one in found.steps] == list(range(1, 13))
    assert all(one.interval_80[0] <= one.value <= one.interval_80[1] for one in found.steps)
    ns = [one.n_origins for one in found.steps]
    assert ns == sorted(ns, reverse=True)
    assert ns[0] <= found.n_origins
    first = found.steps[0].dm
    assert first is not None
    assert first.statistic > 2
    assert first.p < 0.05


def test_a_published_baseline_is_held_against_the_others_only() -> None:
    fitted = of(random(2).normal(size=120))

    assert fitted.choice == "climatology"
    assert set(fitted.against) == {"naive"}
    assert "no better than the baseline climatology" in fitted.note


def test_too_few_origins_are_held_against_nothing() -> None:
    assert of(random(2).normal(size=18)).against == {}


def test_the_projection_tells_what_the_method_learnt_from() -> None:
    found = answer(Request(inputs=inputs(RISING, REAL)))

    trained = found.projection.method.trained
    assert trained is not None
    assert (trained.start, trained.to) == (found.fitted.trained_from, found.fitted.trained_to)
    assert trained.n == 120
    assert trained.n_effective == pytest.approx(effective(RISING))
    assert found.projection.against == found.fitted.against


def test_independent_values_count_in_full_and_others_for_less() -> None:
    noise = random(3).normal(size=4000)
    kept = noise.copy()
    for place in range(1, kept.size):
        kept[place] += 0.6 * kept[place - 1]

    assert effective(noise) == pytest.approx(4000, rel=0.06)
    assert effective(kept) == pytest.approx(4000 * 0.4 / 1.6, rel=0.1)


def test_the_effective_number_is_that_of_the_mean_s_variance() -> None:
    walks = random(4).normal(size=(2000, 200))
    for place in range(1, 200):
        walks[:, place] += 0.5 * walks[:, place - 1]

    told = np.mean([effective(one) for one in walks])

    assert told == pytest.approx(walks.var() / walks.mean(axis=1).var(), rel=0.1)


def test_values_with_gaps_or_without_spread_have_one_too() -> None:
    gaps = random(5).normal(size=60)
    gaps[::2] = np.nan

    assert effective(gaps) == 30
    assert effective(np.zeros(40)) == 40
    assert effective(np.arange(40.0)) >= 1


def test_only_a_published_member_s_fit_that_stopped_early_counts() -> None:
    notes = ("naive is left out: no reason", f"smoothing: {STOPPED}")

    assert converged(notes, ("naive",))
    assert not converged(notes, ("naive", "smoothing"))
    assert of(RISING).converged is True


def of(values: FloatArray) -> Fitted:
    return fit(inputs(values, REAL))
