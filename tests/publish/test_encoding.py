"""The same value, the same bytes."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecaster.publish.encoding import to_json

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)  # fmt: skip


def test_json_is_compact_and_keeps_the_order_of_its_keys() -> None:
    assert to_json({"b": 1, "a": [1, 2]}) == b'{"b":1,"a":[1,2]}'


def test_letters_of_every_script_stand_as_they_are() -> None:
    assert to_json("北京 Москва") == '"北京 Москва"'.encode()


def test_a_moment_is_written_in_utc() -> None:
    tokyo = datetime(2026, 1, 5, 15, 0, tzinfo=timezone(timedelta(hours=9)))

    assert to_json(tokyo) == b'"2026-01-05T06:00:00Z"'


def test_a_part_of_a_second_is_kept() -> None:
    assert to_json(datetime(2026, 1, 5, 6, 0, 0, 250000, UTC)) == b'"2026-01-05T06:00:00.250000Z"'


def test_a_day_is_an_iso_date() -> None:
    assert to_json(date(2026, 1, 5)) == b'"2026-01-05"'


def test_any_mapping_is_an_object() -> None:
    assert to_json(MappingProxyType({"a": 1})) == b'{"a":1}'


def test_a_number_is_as_short_as_it_can_be() -> None:
    assert to_json([0.1, 1e22, 0.30000000000000004]) == b"[0.1,1e+22,0.30000000000000004]"


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_what_is_not_finite_has_no_place_in_a_document(number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json({"p": number})


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no zone"):
        to_json(datetime(2026, 1, 5))  # noqa: DTZ001  (the point of the test)


def test_what_is_not_plain_is_refused() -> None:
    with pytest.raises(TypeError, match="set has no place"):
        to_json({1, 2})


@given(PLAIN)
def test_what_is_written_reads_back_as_it_was(value: object) -> None:
    assert json.loads(to_json(value)) == value
