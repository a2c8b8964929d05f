"""Numbers are read as they were declared, or not at all."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecaster.collect.endpoints.numbers import NumberOptions

GERMAN = {"thousands": ".", "decimal": ","}
FRENCH = {"thousands": " ", "decimal": ","}


@pytest.mark.parametrize(
    ("options", "given_", "value"),
    [
        ({}, "12", 12),
        ({}, " 1.5 ", 1.5),
        ({}, "-1e3", -1000),
        ({}, ".5", 0.5),
        ({}, "\u22125", -5),
        ({}, 7, 7),
        ({}, 0, 0),
        ({"thousands": ","}, "1,234,567.5", 1234567.5),
        ({"thousands": ","}, "1234", 1234),
        ({"thousands": "'"}, "1'234", 1234),
        (GERMAN, "1.234,5", 1234.5),
        (GERMAN, "1,5", 1.5),
        (FRENCH, "1\u202f234,5", 1234.5),
        (FRENCH, "12 345", 12345),
        ({"scale": 0.001}, "1500", 1.5),
    ],
)
def test_a_number_is_read_with_its_marks(
    options: dict[str, Any], given_: object, value: float
) -> None:
    assert NumberOptions.model_validate(options).number(given_) == value


@pytest.mark.parametrize("given_", [None, "", " ", ".", "..", "NA", "N/A", "null"])
def test_what_stands_for_no_value_is_none(given_: object) -> None:
    assert NumberOptions().number(given_) is None


@pytest.mark.parametrize(
    ("options", "given_", "said"),
    [
        ({}, "1,234", "name them under 'thousands'"),
        ({}, "1,23", "name it under 'missing'"),
        ({"thousands": ","}, "1,23", "is no number"),
        ({"thousands": ","}, "1,234,56", "is no number"),
        ({"thousands": ","}, "12,34,567", "is no number"),
        (GERMAN, "1.5", "is no number"),
        ({}, "1_000", "is no number"),
        ({}, "0x10", "is no number"),
        ({}, "12 %", "is no number"),
        ({}, "NaN", "not a finite number"),
        ({}, "-Infinity", "not a finite number"),
        ({}, float("inf"), "not a finite number"),
        ({}, 10**400, "not a finite number"),
        ({}, "1e999", "not a finite number"),
        ({"scale": 1e300}, "1e300", "not a finite number"),
        ({}, True, "expected a number, found True"),
        ({}, [1], "expected a number"),
        ({}, {"a": 1}, "expected a number"),
        ({}, "٣", "is no number"),
    ],
)
def test_what_is_no_number_is_refused(options: dict[str, Any], given_: object, said: str) -> None:
    with pytest.raises(ValueError, match=said) as raised:
        NumberOptions.model_validate(options).number(given_)
    assert len(str(raised.value)) < 300


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_comes_back_as_it_was(value: float) -> None:
    assert NumberOptions().number(repr(value)) == value
    assert NumberOptions().number(value) == value


@given(st.integers(-(10**15), 10**15))
def test_marks_between_thousands_change_nothing(value: int) -> None:
    for mark in (",", "'"):
        options = NumberOptions.model_validate({"thousands": mark})
        assert options.number(f"{value:,}".replace(",", mark)) == value
