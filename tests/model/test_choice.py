"""Which method is published, and why."""

import numpy as np
import pytest

from forecaster.domain.forecast import Fitted
from forecaster.domain.indicator import Family
from forecaster.model.family import FloatArray
from forecaster.model.fitting import fit
from tests.model.series import definition, inputs, random

REAL = definition(family=Family.REAL, above=1.0)
NOISE = random(2).normal(size=120)


def test_on_white_noise_climatology_is_published() -> None:
    fitted = of(NOISE)

    assert (fitted.choice, fitted.baseline) == ("climatology", "climatology")
    assert "no better than the baseline climatology" in fitted.note


def test_on_a_random_walk_persistence_is_the_baseline() -> None:
    fitted = of(random(3).normal(size=150).cumsum())

    assert (fitted.choice, fitted.baseline) == ("naive", "naive")


def test_on_a_clear_trend_the_pool_wins() -> None:
    fitted = of(2.0 * np.arange(120) + random(2).normal(size=120))

    assert fitted.choice == "pool"
    assert fitted.skill is not None
    assert fitted.skill.versus == fitted.baseline
    assert fitted.skill.interval_80[0] > 0
    assert "better than the baseline" in fitted.note


def test_counts_that_follow_a_season_are_left_to_the_regression() -> None:
    season = np.exp(1.5 + np.sin(2 * np.pi * np.arange(160) / 12))
    counts = random(3).negative_binomial(4, 4 / (4 + season)).astype(float)

    fitted = fit(inputs(counts, definition(family=Family.COUNT, above=12)))

    assert fitted.choice == "pool"


def test_after_a_rare_event_it_is_not_said_to_go_on() -> None:
    counts = np.zeros(60)
    counts[[20, 59]] = 1.0

    fitted = fit(inputs(counts, definition(family=Family.COUNT, above=0)))

    assert (fitted.choice, fitted.baseline) == ("climatology", "climatology")


def test_a_published_baseline_is_held_against_the_other_one() -> None:
    fitted = of(NOISE)

    assert fitted.skill is not None
    assert fitted.skill.versus == "naive"


def test_too_few_origins_replace_no_baseline() -> None:
    fitted = of(2.0 * np.arange(18) + random(2).normal(size=18))

    assert fitted.choice == fitted.baseline
    assert fitted.skill is None
    assert "too few to judge by" in fitted.note


def test_counts_at_levels_that_shift_are_followed() -> None:
    level = np.repeat([1.0, 30.0, 4.0, 60.0], 40)

    fitted = fit(inputs(random(5).poisson(level).astype(float), definition(family=Family.COUNT)))

    assert fitted.choice == "pool"
    assert fitted.baseline == "climatology"


def test_without_any_origin_climatology_stands() -> None:
    fitted = of(random(2).normal(size=9))

    assert (fitted.choice, fitted.n_origins) == ("climatology", 0)
    assert fitted.record == {"up": ()}


def test_where_every_target_is_the_same_nothing_is_judged() -> None:
    fitted = fit(inputs(np.zeros(120), definition(family=Family.COUNT, above=0)))

    assert fitted.choice == fitted.baseline
    assert "every target was the same" in fitted.note


def test_a_pool_publishes_its_weights() -> None:
    rng = random(19)

    fitted = of(rng.normal(size=150).cumsum() + 4 * rng.normal(size=150))

    assert fitted.choice == "pool"
    assert {"arima", "smoothing"} <= set(fitted.weights)
    assert sum(fitted.weights.values()) == pytest.approx(1)


def test_a_published_baseline_has_all_the_weight() -> None:
    assert of(NOISE).weights == {"climatology": 1.0}


def test_methods_that_serve_another_family_are_named() -> None:
    declared = definition(family=Family.REAL, methods=("gamma_poisson",))

    fitted = fit(inputs(random(1).normal(size=30), declared))

    assert "gamma_poisson is left out: not for real series" in fitted.warnings
    assert set(fitted.parameters) == {"climatology", "naive"}


def test_methods_that_could_not_be_fitted_are_named_with_the_reason() -> None:
    fitted = fit(inputs(np.eye(1, 40, 3)[0], definition(family=Family.COUNT)))

    assert any(
        note.startswith("log_level is left out: 98% of the counts are zero")
        for note in fitted.warnings
    )


def test_steps_that_too_few_forecasts_check_have_a_usual_width_and_say_so() -> None:
    fitted = of(random(4).normal(size=16))

    assert fitted.calibration[-1] == pytest.approx(1.15)
    assert any("have the width that series like this one need" in one for one in fitted.warnings)


def test_the_record_is_as_long_as_there_are_checked_windows() -> None:
    fitted = of(random(1).normal(size=120))

    assert 40 <= len(fitted.record["up"]) <= fitted.n_origins
    assert 0 <= fitted.calibration_error["up"] <= 1


def of(values: FloatArray) -> Fitted:
    return fit(inputs(values, REAL))
