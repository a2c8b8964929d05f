"""What a factor cannot be learnt from is refused by name, or left out and named."""

import numpy as np
import pytest

from forecaster.domain.errors import CannotForecast
from forecaster.domain.forecast import Request
from forecaster.domain.indicator import Family
from forecaster.model import composite
from forecaster.model.issuing import answer
from tests.model.factors import ingredient, inputs_of, made, rows, walk

REFUSALS = {
    "few inputs": (2, 120, "a factor needs 3 inputs; of 3, 2 can serve: c/WORLD is left out"),
    "few months": (3, 30, "a factor needs 36 months in which two inputs are known; there are 30"),
    "few values": (3, 9, "9 periods are known, 12 are needed"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_too_little_is_refused_by_name(case: str) -> None:
    count, months, reason = REFUSALS[case]
    rng = np.random.default_rng(14)
    names = ["a", "b", "c"]
    level = walk(rng, months)
    seen = [
        one for name in names[:count] for one in rows(name, level + 0.3 * rng.normal(size=months))
    ]

    with pytest.raises(CannotForecast, match=reason):
        composite.fit(inputs_of([ingredient(name) for name in names], seen))


def test_an_input_that_never_moves_is_left_out_and_named() -> None:
    _, inputs = made(15)
    still = rows("still", np.zeros(120))
    found = composite.fit(
        inputs_of((*inputs.ingredients, ingredient("still")), (*inputs.observations, *still))
    )

    assert "still/WORLD is left out: 0 of its values differ from the commonest, 5 are needed" in (
        found.warnings
    )


def test_inputs_that_have_nothing_in_common_are_refused() -> None:
    names = ["a", "b", "c"]
    reasons = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        seen = [one for name in names for one in rows(name, rng.normal(size=60))]
        try:
            composite.fit(inputs_of([ingredient(name) for name in names], seen))
        except CannotForecast as reason:
            reasons.append(str(reason))

    assert len(reasons) >= 8  # AIC lets pass one in ten
    assert all("its 3 inputs do not move together" in one for one in reasons)


def test_two_inputs_that_say_the_same_are_refused() -> None:
    _, inputs = made(18)
    twin = [
        seen.model_copy(update={"indicator": "twin"})
        for seen in inputs.observations
        if seen.indicator == "m-two"
    ]

    with pytest.raises(CannotForecast, match="m-two/WORLD and twin/WORLD say the same"):
        composite.fit(
            inputs_of((*inputs.ingredients, ingredient("twin")), (*inputs.observations, *twin))
        )


def test_inputs_that_rise_alike_are_not_taken_for_one() -> None:
    rng = np.random.default_rng(20)
    names = ["a", "b", "c"]
    seen = [one for name in names for one in rows(name, np.arange(120) + rng.normal(size=120))]

    fitted = composite.fit(inputs_of([ingredient(name) for name in names], seen))

    assert fitted.converged


def test_inputs_that_were_withdrawn_since_are_refused() -> None:
    _, inputs = made(16)
    fitted = composite.fit(inputs)
    rest = tuple(one for one in inputs.observations if one.indicator != "m-one")

    with pytest.raises(CannotForecast, match="withdrawn"):
        composite.project(inputs.model_copy(update={"observations": rest}), fitted, {})


def test_a_factor_that_lost_an_input_is_learnt_anew_from_the_others() -> None:
    _, inputs = made(16)
    declared = inputs.definition.model_copy(update={"family": Family.REAL})
    fitted = composite.fit(inputs)
    rest = tuple(one for one in inputs.observations if one.indicator != "m-one")
    changed = {"definition": declared, "observations": rest, "fitted": fitted}

    found = answer(Request(inputs=inputs.model_copy(update=changed)))

    assert found.fitted != fitted
    assert "m-one/WORLD is left out: no value is known" in found.projection.warnings
