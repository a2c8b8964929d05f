"""A rule watches one thing, from one side, and lets go no earlier than it should."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from forecaster.domain.alert import AlertState, AlertStatus, Rule, Severity
from forecaster.domain.faults import Faults

numbers = st.floats(-1e6, 1e6)


def rule(**fields: object) -> Rule:
    return Rule.model_validate({"id": "likely", "value": "last", **fields})


def test_a_rule_has_quiet_defaults() -> None:
    plain = rule(above=1)

    assert plain.updates == 1
    assert plain.severity is Severity.WARNING


@given(numbers, numbers, numbers)
def test_a_number_never_crosses_and_clears(level: float, other: float, value: float) -> None:
    low, high = sorted((level, other))
    for each in (rule(above=high, clear_below=low), rule(below=low, clear_above=high)):
        assert not (each.crosses(value) and each.clears(value))


@given(numbers, numbers)
def test_without_a_second_level_what_does_not_cross_clears(level: float, value: float) -> None:
    for each in (rule(above=level), rule(below=level)):
        assert each.crosses(value) != each.clears(value)


def test_between_its_two_levels_a_rule_neither_crosses_nor_clears() -> None:
    upper, lower = rule(above=0.6, clear_below=0.5), rule(below=0.4, clear_above=0.5)

    assert [(upper.crosses(x), upper.clears(x)) for x in (0.61, 0.6, 0.5, 0.49)] == [
        (True, False),
        (False, False),
        (False, False),
        (False, True),
    ]
    assert [(lower.crosses(x), lower.clears(x)) for x in (0.39, 0.4, 0.5, 0.51)] == [
        (True, False),
        (False, False),
        (False, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"above": 1, "probability": "surge"}, "watches either 'probability: <threshold id>' or"),
        ({"above": 1, "value": None}, "watches either 'probability: <threshold id>' or"),
        ({}, "either 'above' or 'below'"),
        ({"above": 1, "below": 0}, "either 'above' or 'below'"),
        ({"above": -1, "clear_below": 0}, "'clear_below' stands beside 'above', at or under it"),
        ({"below": 1, "clear_below": 0}, "'clear_below' stands beside 'above', at or under it"),
        ({"below": 1, "clear_above": 0}, "'clear_above' stands beside 'below', at or over it"),
        ({"above": 1, "clear_above": 2}, "'clear_above' stands beside 'below', at or over it"),
        ({"above": 60, "value": None, "probability": "p"}, "between 0 and 1 .*, not at 60"),
        ({"above": 0.5, "clear_below": -1, "value": None, "probability": "p"}, "not at -1"),
        ({"above": 1, "for": 0}, "greater than or equal to 1"),
        ({"above": 1, "id": "Likely"}, "should match pattern"),
        ({"above": float("inf")}, "finite number"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        rule(**fields)


def test_all_faults_of_a_rule_are_told_together() -> None:
    with pytest.raises(ValidationError) as refused:
        rule(value=None, above=60, below=5, clear_above=1)

    (error,) = refused.value.errors()
    faults = error["ctx"]["error"]
    assert isinstance(faults, Faults)
    assert [fault.at for fault in faults.faults] == [(), (), ("clear_above",)]


def test_a_state_names_its_series() -> None:
    state = AlertState.model_validate(
        {"rule": "r", "indicator": "i", "scope": "CHN", "since": "2024-01-01T00:00:00+02:00"}
    )

    assert str(state.key) == "i/CHN"
    assert state.status is AlertStatus.INACTIVE
    assert state.since.isoformat() == "2023-12-31T22:00:00+00:00"
