"""The model as a whole: one request, one answer."""

import pickle

import numpy as np
import pytest

from forecaster.domain.coverage import Grade
from forecaster.domain.forecast import LEVELS, Answer, Projection, Request
from forecaster.domain.indicator import Family
from forecaster.model.family import FloatArray
from forecaster.model.issuing import answer
from tests.model.asking import project, well_formed
from tests.model.series import (
    definition,
    from_observations,
    inputs,
    observation,
    observations,
    previous,
    random,
)

NAN = float("nan")
REAL = definition(family=Family.REAL, above=1.0)
NOISE = random(1).normal(size=60)


def test_a_request_travels_to_another_process_and_back() -> None:
    request = Request(inputs=inputs(NOISE, REAL))

    there = pickle.loads(pickle.dumps((answer, request)))  # what an executor does

    found = there[0](there[1])
    assert pickle.loads(pickle.dumps(found)) == answer(request)


def test_the_same_request_gives_the_same_bytes() -> None:
    request = Request(inputs=inputs(NOISE, REAL))

    assert answer(request).model_dump_json() == answer(request).model_dump_json()


def test_an_answer_survives_as_json() -> None:
    found = answer(Request(inputs=inputs(NOISE, REAL)))

    assert Answer.model_validate_json(found.model_dump_json(by_alias=True)) == found


def test_a_fit_that_was_stored_gives_the_same_projection() -> None:
    fresh = answer(Request(inputs=inputs(NOISE, REAL)))
    stored = type(fresh.fitted).model_validate_json(fresh.fitted.model_dump_json())

    again = answer(Request(inputs=inputs(NOISE, REAL).model_copy(update={"fitted": stored})))

    assert again == fresh


def test_a_fit_is_kept_when_a_value_is_added() -> None:
    fresh = answer(Request(inputs=inputs(NOISE, REAL)))
    longer = inputs([*NOISE, 3.0], REAL).model_copy(update={"fitted": fresh.fitted})

    later = answer(Request(inputs=longer))

    assert later.fitted == fresh.fitted
    assert later.projection.coverage_end > fresh.projection.coverage_end


def test_the_first_zero_of_a_positive_series_does_not_make_its_fit_certain() -> None:
    declared = definition(family=Family.POSITIVE, methods=("smoothing",))
    level = 0.05 * random(1).normal(size=100).cumsum()
    values = 1000 * np.exp(level + 0.15 * random(2).normal(size=100))
    fresh = answer(Request(inputs=inputs(values, declared)))
    longer = inputs([*values, 0.0, 900.0], declared)
    longer = longer.model_copy(update={"fitted": fresh.fitted})

    later = answer(Request(inputs=longer))

    before, after = (
        np.log(one.projection.steps[0].quantiles["0.9"] / one.projection.steps[0].quantiles["0.1"])
        for one in (fresh, later)
    )
    assert fresh.fitted.choice == "pool"
    assert after > 0.8 * before


def test_every_step_is_finite_and_ordered_and_has_its_period() -> None:
    found = project(NOISE)

    assert [step.period.isoformat() for step in found.steps[:2]] == ["2006-01-01", "2006-02-01"]
    assert all(
        tuple(step.quantiles) == tuple(f"{one:g}" for one in LEVELS) for step in found.steps
    )
    assert well_formed(found)


def test_the_forecast_starts_after_the_last_covered_period() -> None:
    found = project([*NOISE, NAN, NAN])

    assert found.coverage_end.isoformat() == "2006-02-28"
    assert found.steps[0].period.isoformat() == "2006-03-01"


def test_silence_widens_a_walk() -> None:
    walk = random(2).normal(size=60).cumsum()
    fitted = answer(Request(inputs=inputs(walk, REAL))).fitted

    spans = [
        width(answer(Request(inputs=one.model_copy(update={"fitted": fitted}))).projection)
        for one in (inputs(walk, REAL), inputs([*walk, NAN, NAN, NAN], REAL))
    ]

    assert fitted.choice == "naive"
    assert spans[1] > 1.3 * spans[0]


def test_counts_have_whole_quantiles() -> None:
    found = project(random(3).poisson(3.0, 60), Family.COUNT)

    assert all(value == int(value) for step in found.steps for value in step.quantiles.values())


def test_shares_stay_within_the_whole() -> None:
    shares = 1000 - random(4).gamma(1.0, 3.0, 60)
    declared = definition(family=Family.SHARE, whole=1000.0, above=999.0)

    found = answer(Request(inputs=inputs(shares, declared))).projection

    assert all(0 <= value <= 1000 for step in found.steps for value in step.quantiles.values())


def test_a_series_that_was_partly_covered_has_low_confidence() -> None:
    seen = [
        observation(place, value, grade=Grade.PARTIAL if place < 5 else Grade.FULL)
        for place, value in enumerate(random(5).normal(size=120))
    ]
    whole = from_observations(observations([one.value or 0.0 for one in seen]), REAL)

    partial = answer(Request(inputs=from_observations(seen, REAL))).projection

    assert partial.grade is Grade.PARTIAL
    assert partial.probabilities[0].confidence == "low"
    assert answer(Request(inputs=whole)).projection.grade is Grade.FULL


def test_a_published_baseline_s_probability_is_the_baseline_s() -> None:
    crossing = project(NOISE).probabilities[0]

    assert crossing.p == crossing.baseline_p
    assert crossing.n_observations == 60
    assert 0 < crossing.n_effective <= crossing.n_origins


def test_a_challenger_stands_beside_its_baseline() -> None:
    rising = 0.5 * np.arange(100) + random(6).normal(size=100)

    crossing = project(rising, above=51.0).probabilities[0]

    assert crossing.p > crossing.baseline_p
    assert crossing.p_90[0] <= crossing.p <= crossing.p_90[1]


def test_the_baseline_beside_a_challenger_is_widened_by_its_own_factors() -> None:
    rising = inputs(0.5 * np.arange(100) + random(6).normal(size=100), REAL, above=51.0)
    fitted = answer(Request(inputs=rising)).fitted
    assert fitted.choice != fitted.baseline
    assert len(fitted.baseline_calibration) == len(fitted.calibration)
    noise = inputs(NOISE, REAL)
    said = [
        answer(
            Request(
                inputs=noise.model_copy(
                    update={"fitted": fitted.model_copy(update={"baseline_calibration": factors})}
                )
            )
        ).projection.probabilities[0]
        for factors in ((), (0.5,) * len(fitted.calibration))
    ]

    assert said[1].baseline_p < said[0].baseline_p
    assert said[1].p == said[0].p


def test_the_word_before_holds_where_the_probability_hardly_moved() -> None:
    request = Request(inputs=inputs(NOISE, REAL))
    p = answer(request).projection.probabilities[0].p
    assert 0.2 < p < 0.45

    fair = Request(
        inputs=inputs(NOISE, REAL), previous=previous(inputs(NOISE, REAL), {"up": "unlikely"})
    )

    assert answer(fair).projection.probabilities[0].word == "unlikely"


def test_the_probability_that_a_walk_crosses_is_near_the_truth() -> None:
    said = []
    for seed in range(6):
        walk = random(seed).normal(size=150).cumsum()
        declared = definition(family=Family.REAL, above=walk[-1] + 2.0, within=4)
        said.append(answer(Request(inputs=inputs(walk, declared))).projection)

    fresh = random(99).normal(size=(50_000, 4)).cumsum(axis=1)
    truth = (fresh.max(axis=1) > 2.0).mean()
    assert np.mean([one.probabilities[0].p for one in said]) == pytest.approx(truth, abs=0.05)


@pytest.mark.parametrize("kind", ["noise", "walk", "counts"])
def test_the_central_interval_covers_what_comes(kind: str) -> None:
    covered = []
    for seed in range(12):
        values = future(kind, seed)
        family = Family.COUNT if kind == "counts" else Family.REAL
        declared = definition(family=family, horizon=4)
        steps = answer(Request(inputs=inputs(values[:-4], declared))).projection.steps
        covered += [
            step.quantiles["0.1"] <= came <= step.quantiles["0.9"]
            for step, came in zip(steps, values[-4:], strict=True)
        ]

    assert 0.68 <= np.mean(covered) <= 0.95


def width(found: Projection) -> float:
    quantiles = found.steps[0].quantiles
    return quantiles["0.9"] - quantiles["0.1"]


def future(kind: str, seed: int) -> FloatArray:
    rng = random(1000 + seed)
    if kind == "counts":
        return rng.negative_binomial(3, 0.4, 60).astype(float)
    noise = rng.normal(size=60)
    return noise.cumsum() if kind == "walk" else noise
