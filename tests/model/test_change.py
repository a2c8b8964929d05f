"""Why an issue says something else than the one before."""

from datetime import timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logit

from forecaster.domain.forecast import Change, Inputs, Request
from forecaster.domain.indicator import Family
from forecaster.domain.observation import Missing
from forecaster.model import crossing
from forecaster.model.change import PARTS
from forecaster.model.issuing import answer
from tests.model.series import (
    definition,
    inputs,
    observation,
    previous,
    random,
    shipped,
)

REAL = definition(family=Family.REAL, above=82.0)
VALUES = 2.0 * np.arange(40) + random(1).normal(size=40).cumsum()
OLD = answer(Request(inputs=inputs(VALUES, REAL))).fitted
BEFORE = inputs(VALUES, REAL).model_copy(update={"fitted": OLD})


def test_without_an_issue_before_there_is_no_change() -> None:
    assert answer(Request(inputs=BEFORE)).change is None


def test_from_the_same_inputs_nothing_changes() -> None:
    change = since(BEFORE, BEFORE)

    assert change.median == 0
    assert change.log_odds == 0
    assert moved(change) == set()


def test_a_revised_value_is_a_revision() -> None:
    revision = observation(39, VALUES[39] + 5, number=99, late=timedelta(days=40))

    change = since(BEFORE, also(BEFORE, revision))

    assert change.median > 2
    assert moved(change) == {"revised"}


def test_a_new_period_is_new_data() -> None:
    change = since(BEFORE, also(BEFORE, observation(40, VALUES[39] + 5)))

    assert change.median > 2
    assert moved(change) == {"new_data"}


def test_an_absence_that_is_covered_is_time() -> None:
    change = since(BEFORE, also(BEFORE, observation(40, None), observation(41, None)))

    assert moved(change) == {"time"}


def test_a_value_for_a_period_that_was_silent_is_new_data() -> None:
    silent = also(BEFORE, observation(40, None))
    value = observation(40, VALUES[39] + 5, number=99, late=timedelta(days=40))

    change = since(silent, also(silent, value))

    assert moved(change) == {"new_data"}


def test_another_threshold_is_a_change_of_definition() -> None:
    other = BEFORE.model_copy(update={"definition": definition(family=Family.REAL, above=78.0)})

    change = since(BEFORE, other)

    assert change.median == 0
    assert change.log_odds is not None
    assert change.log_odds > 0
    assert moved(change) == {"definition"}


def test_another_fit_is_a_change_of_model() -> None:
    calibration = tuple(2.0 for _ in OLD.calibration)
    other = BEFORE.model_copy(
        update={"fitted": OLD.model_copy(update={"calibration": calibration})}
    )

    assert moved(since(BEFORE, other)) == {"model"}


def test_a_longer_history_resolves_more_and_that_is_new_data() -> None:
    never = definition(family=Family.REAL, above=1000.0)
    before = BEFORE.model_copy(update={"definition": never})

    change = since(before, also(before, observation(40, VALUES[39])))

    now, then = crossing.limit(41, 3), crossing.limit(40, 3)
    adds_up(change)
    assert change.log_odds is not None
    np.testing.assert_allclose(change.log_odds, logit(now) - logit(then))
    assert moved(change) == {"new_data"}


def test_a_withdrawn_last_value_is_a_revision() -> None:
    tombstone = observation(
        39, None, number=99, missing=Missing.WITHDRAWN, late=timedelta(days=40)
    )

    assert moved(since(BEFORE, also(BEFORE, tombstone))) == {"revised"}


def test_without_a_threshold_on_both_sides_log_odds_are_not_compared() -> None:
    bare = BEFORE.model_copy(update={"definition": definition(family=Family.REAL)})

    change = since(BEFORE, also(bare, observation(40, 3.0)))

    assert change.log_odds is None
    assert all(set(part) == {"median"} for part in change.parts.values())


def test_an_issue_that_can_no_longer_be_computed_has_no_change() -> None:
    empty = BEFORE.model_copy(update={"observations": ()})
    unfitted = empty.model_copy(update={"fitted": None})

    for before in (empty, unfitted):
        assert answer(Request(inputs=BEFORE, previous=previous(before))).change is None


def test_a_method_that_is_no_longer_installed_explains_no_change() -> None:
    gone = OLD.model_copy(update={"choice": "gone", "parameters": {"gone": {}}})
    with_its_fit = BEFORE.model_copy(update={"fitted": gone})
    wanted = definition(family=Family.REAL, above=1.0, methods=("gone",))
    without = BEFORE.model_copy(update={"fitted": None, "definition": wanted})

    for before in (with_its_fit, without):
        assert answer(Request(inputs=BEFORE, previous=previous(before))).change is None


def test_what_leaves_the_old_family_is_told_by_the_next_part_that_can() -> None:
    counts = definition(above=3.0)
    before = inputs(random(2).poisson(2.0, 40).astype(float), counts)
    before = before.model_copy(update={"fitted": answer(Request(inputs=before)).fitted})
    after = also(before, observation(40, 2.5))

    found = answer(Request(inputs=after, previous=previous(before)))

    assert found.fitted.family is Family.POSITIVE
    assert found.change is not None
    assert moved(found.change) <= {"model"}


def test_what_was_published_before_need_not_be_computed_again() -> None:
    published = answer(Request(inputs=BEFORE)).projection.headline
    revision = observation(39, VALUES[39] + 1, number=99, late=timedelta(days=40))
    after = also(BEFORE, revision, observation(40, 2.0), observation(41, None))
    known = previous(BEFORE).model_copy(update={"headline": published})

    for now in (after, BEFORE, after.model_copy(update={"fitted": None})):
        assert answer(Request(inputs=now, previous=known)).change == since(BEFORE, now)


def test_an_issue_before_without_its_fit_is_fitted_again() -> None:
    unfitted = BEFORE.model_copy(update={"fitted": None})

    assert since(unfitted, BEFORE) == since(BEFORE, BEFORE)


@settings(max_examples=25, deadline=None)
@given(
    revised=st.dictionaries(st.integers(0, 39), st.floats(-50, 50), max_size=4),
    new=st.lists(st.one_of(st.none(), st.floats(-50, 50)), max_size=4),
    level=st.floats(-5, 5),
    width=st.floats(0.5, 3),
)
def test_the_parts_sum_to_the_change(
    revised: dict[int, float], new: list[float | None], level: float, width: float
) -> None:
    versions = [
        observation(place, value, number=200 + place, late=timedelta(days=5000))
        for place, value in revised.items()
    ]
    versions += [observation(40 + place, value) for place, value in enumerate(new)]
    calibration = tuple(width for _ in OLD.calibration)
    after = also(BEFORE, *versions).model_copy(
        update={
            "definition": definition(family=Family.REAL, above=level),
            "fitted": OLD.model_copy(update={"calibration": calibration}),
        }
    )

    adds_up(since(BEFORE, after))


def test_the_parts_sum_to_the_change_on_shipped_series() -> None:
    for whole in list(shipped())[5::25]:
        before = whole.model_copy(update={"observations": whole.observations[:-3]})
        now = answer(Request(inputs=whole, previous=previous(before)))
        assert now.change is not None
        adds_up(now.change)


def since(before: Inputs, after: Inputs) -> Change:
    change = answer(Request(inputs=after, previous=previous(before))).change
    assert change is not None
    return change


def also(before: Inputs, *more: object) -> Inputs:
    return before.model_copy(update={"observations": (*before.observations, *more)})


def moved(change: Change) -> set[str]:
    return {part for part, moves in change.parts.items() if any(moves.values())}


def adds_up(change: Change) -> None:
    assert tuple(change.parts) == PARTS
    assert change.log_odds is not None
    for name, whole in (("median", change.median), ("log_odds", change.log_odds)):
        parts = [part[name] for part in change.parts.values()]
        np.testing.assert_allclose(sum(parts), whole, atol=1e-9, rtol=0)
