"""Dates are read as they were declared, or not at all."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from forecaster.collect.endpoints.moments import Format, read, write
from forecaster.domain.period import Frequency

FORMATS: TypeAdapter[str] = TypeAdapter(Format)


@pytest.mark.parametrize(
    ("given_", "written", "at", "named"),
    [
        ("2024", "iso", (2024, 1, 1), "year"),
        ("2024-05", "iso", (2024, 5, 1), "month"),
        ("2024-Q2", "iso", (2024, 4, 1), "quarter"),
        ("2024Q4", "iso", (2024, 10, 1), "quarter"),
        ("2024-W07", "iso", (2024, 2, 12), "week"),
        (" 2024-05-17 ", "iso", (2024, 5, 17), "day"),
        ("2024-05-17T10:30", "iso", (2024, 5, 17, 10, 30), "day"),
        ("2024-05-17 10:30:00Z", "iso", (2024, 5, 17, 10, 30), "day"),
        ("2024-05-17T23:00:00-05:00", "iso", (2024, 5, 18, 4), "day"),
        (2024, "year", (2024, 1, 1), "year"),
        ("202405", "YYYYMM", (2024, 5, 1), "month"),
        (20240517, "YYYYMMDD", (2024, 5, 17), "day"),
        ("2024051710", "YYYYMMDDHH", (2024, 5, 17, 10), "day"),
        (1700000000, "unix", (2023, 11, 14, 22, 13, 20), "day"),
        ("1700000000.0", "unix", (2023, 11, 14, 22, 13, 20), "day"),
        (1700000000000, "unix_ms", (2023, 11, 14, 22, 13, 20), "day"),
        ("17.05.2024", "%d.%m.%Y", (2024, 5, 17), "day"),
        ("May 2024", "%B %Y", (2024, 5, 1), "month"),
        ("17/May/2024 23:00 -0500", "%d/%b/%Y %H:%M %z", (2024, 5, 18, 4), "day"),
    ],
)
def test_a_date_is_read_in_its_format(
    given_: object, written: str, at: tuple[int, ...], named: str
) -> None:
    moment = read(given_, FORMATS.validate_python(written))
    assert moment.at == datetime(*at, tzinfo=UTC)  # type: ignore[misc,arg-type]  # the parts of a date
    assert moment.named == Frequency(named)


@pytest.mark.parametrize(
    ("given_", "written"),
    [
        ("2024-13", "iso"),
        ("2024-W60", "iso"),
        ("2024-02-30", "iso"),
        ("20240517", "iso"),
        ("yesterday", "iso"),
        ("", "iso"),
        ("9999-12-31", "iso"),
        ("0001-01-01", "iso"),
        ("24", "year"),
        ("2024", "YYYYMM"),
        ("20241", "YYYYMM"),
        ("2024051", "YYYYMMDD"),
        ("05/17/2024", "%d/%m/%Y"),
        (1700000000000, "unix"),
        ("soon", "unix"),
        (float("nan"), "unix"),
        (10**400, "unix"),
        (None, "iso"),
        (True, "unix"),
        ([2024], "iso"),
        ("9" * 5_000, "iso"),
    ],
)
def test_what_is_no_date_of_this_life_is_refused(given_: object, written: str) -> None:
    with pytest.raises(ValueError, match=r".") as raised:
        read(given_, written)
    assert len(str(raised.value)) < 300


def test_milliseconds_that_were_declared_as_seconds_are_guessed_at_in_words_alone() -> None:
    with pytest.raises(ValueError, match="is it in milliseconds"):
        read(1700000000000, "unix")


@pytest.mark.parametrize("written", ["ISO", "date", "%d", "%H:%M", "%", "%Y %Q", "YYYY", ""])
def test_a_format_that_gives_no_date_is_refused(written: str) -> None:
    with pytest.raises(ValidationError):
        FORMATS.validate_python(written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("iso", "2024-05-17"),
        ("year", "2024"),
        ("YYYYMMDD", "20240517"),
        ("unix", "1715904000"),
        ("unix_ms", "1715904000000"),
        ("%m/%d/%Y", "05/17/2024"),
    ],
)
def test_a_moment_is_written_as_a_source_wants_it(written: str, expected: str) -> None:
    assert write(datetime(2024, 5, 17, tzinfo=UTC), written) == expected


@given(
    st.dates(date(1800, 1, 1), date(2200, 12, 31)),
    st.sampled_from(["iso", "YYYYMMDD", "YYYYMMDDHH", "unix", "unix_ms", "%d.%m.%Y"]),
)
def test_what_is_written_is_read_again(day: date, written: str) -> None:
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    if day.year < 2200 or "unix" not in written:
        assert read(write(at, written), written).at == at
