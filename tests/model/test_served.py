"""Which series are served, which are refused by name, and what is said at the limits."""

from datetime import timedelta

import numpy as np
import pytest

from forecaster.domain.errors import CannotForecast
from forecaster.domain.forecast import Request
from forecaster.domain.indicator import Family
from forecaster.domain.period import Frequency
from forecaster.model.issuing import answer
from tests.model.asking import project, well_formed
from tests.model.series import (
    definition,
    inputs,
    random,
    shipped,
)

NAN = float("nan")
REAL = definition(family=Family.REAL, above=1.0)
NOISE = random(1).normal(size=60)


@pytest.mark.parametrize(
    ("values", "family", "reason"),
    [
        ([], Family.AUTO, "no value is known"),
        ([NAN] * 20, Family.REAL, "no value is known"),
        ([1.0, 2.0, 3.0], Family.REAL, "3 values are known; 8 are needed"),
        ([5.0] * 20, Family.REAL, "all 20 values are 5: nothing shows their spread"),
        ([0.5] * 20 + [1.5], Family.SHARE, "1.5 is not a value that a series of share can have"),
        ([1.0, 2.5] * 10, Family.COUNT, "2.5 is not a value that a series of count can have"),
    ],
)
def test_a_refusal_says_why(values: list[float], family: Family, reason: str) -> None:
    with pytest.raises(CannotForecast, match=reason):
        project(values, family)


def test_a_declared_family_is_not_given_up_for_a_value_outside_it() -> None:
    declared = definition(family=Family.COUNT, above=3.0)
    counts = random(7).poisson(2.0, 40).astype(float)
    fitted = answer(Request(inputs=inputs(counts, declared))).fitted
    strange = inputs([*counts, 2.5], declared).model_copy(update={"fitted": fitted})

    with pytest.raises(CannotForecast, match=r"2\.5 is not a value"):
        answer(Request(inputs=strange))


@pytest.mark.parametrize("frequency", list(Frequency))
def test_every_frequency_is_served(frequency: Frequency) -> None:
    declared = definition(frequency=frequency, family=Family.REAL, above=1.0)

    assert well_formed(answer(Request(inputs=inputs(NOISE, declared))).projection)


@pytest.mark.parametrize("length", [8, 9, 11, 14, 25])
@pytest.mark.parametrize("family", [Family.REAL, Family.POSITIVE, Family.COUNT, Family.BINARY])
def test_short_series_are_served(length: int, family: Family) -> None:
    values = random(length).integers(0, 2, length).astype(float)

    assert well_formed(project(values, family))


@pytest.mark.parametrize("family", [Family.COUNT, Family.BINARY])
def test_a_series_of_zeros_is_almost_but_never_quite_certain(family: Family) -> None:
    found = project(np.zeros(60), family, above=0.5)

    assert 0.001 < found.probabilities[0].p < 0.1


@pytest.mark.parametrize(("level", "limit"), [(1000.0, 0.5 / 21), (-1000.0, 1 - 0.5 / 61)])
def test_a_probability_at_the_limit_of_the_history_says_so(level: float, limit: float) -> None:
    found = project(NOISE, above=level)

    crossing = found.probabilities[0]
    assert crossing.p == crossing.baseline_p == pytest.approx(limit)
    assert crossing.p_90[0] <= crossing.p <= crossing.p_90[1]
    assert found.warnings[-1] == "up: p is at the limit of what 60 periods can resolve"


def test_a_probability_that_the_history_resolves_has_no_such_warning() -> None:
    assert not any("resolve" in one for one in project(NOISE).warnings)


def test_a_long_threshold_lengthens_the_forecast() -> None:
    declared = definition(family=Family.REAL, above=1.0, within=20, horizon=3)

    assert len(answer(Request(inputs=inputs(NOISE, declared))).projection.steps) == 20


def test_a_value_known_later_is_not_used() -> None:
    whole = inputs([*NOISE, 9.0], REAL)
    early = whole.model_copy(
        update={"as_of": whole.observations[-1].known_at - timedelta(seconds=1)}
    )

    assert answer(Request(inputs=early)).projection == project(NOISE)


@pytest.mark.parametrize("start", range(5))
def test_shipped_series_have_sound_answers(start: int) -> None:
    for one in list(shipped())[start::30]:
        assert well_formed(answer(Request(inputs=one)).projection)
