"""Missing is not zero, and every moment is kept in UTC."""

from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from forecaster.domain.base import midnight
from forecaster.domain.coverage import Grade
from forecaster.domain.observation import Missing, Observation, Reading, SeriesKey
from forecaster.domain.period import Frequency, Period


def week() -> Period:
    return Period.containing(date(2024, 2, 29), Frequency.WEEK)


def test_a_reading_has_a_value() -> None:
    reading = Reading(scope="CHN-RUS", period=week(), value=0.0)

    assert reading.value == 0.0
    assert reading.grade is Grade.FULL


def test_or_a_reason_why_it_is_missing() -> None:
    assert Reading(scope="CHN-RUS", period=week(), missing=Missing.INCOMPLETE).value is None


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "either a value or a reason why it is missing"),
        ({"value": 1, "missing": "withdrawn"}, "either a value or a reason why it is missing"),
        ({"value": float("nan")}, "finite number"),
        ({"value": float("inf")}, "finite number"),
        ({"value": 1, "base": -1}, "greater than or equal to 0"),
        ({"value": 1, "scope": "RUS-CHN"}, "alphabetical order"),
        ({"value": 1, "known_at": datetime(2024, 1, 1)}, "timezone"),  # noqa: DTZ001 (refused)
    ],
)
def test_what_is_no_reading_is_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Reading.model_validate({"scope": "CHN-RUS", "period": week(), **fields})


def test_moments_are_kept_in_utc() -> None:
    reading = Reading.model_validate({
        "scope": "CHN", "period": week(), "value": 1, "known_at": "2024-03-05T08:00:00+08:00"
    })  # fmt: skip

    assert reading.known_at == datetime(2024, 3, 5, tzinfo=UTC)
    assert reading.known_at.tzinfo is UTC


def test_an_observation_names_its_series() -> None:
    observation = Observation.model_validate(
        {
            "id": 1,
            "indicator": "drills",
            "scope": "CHN-RUS",
            "period": week(),
            "value": 1,
            "known_at": midnight(date(2024, 3, 5)),
            "recorded_at": midnight(date(2024, 3, 6)),
            "pseudo": False,
            "definition": "sha256:x",
        }
    )

    assert observation.key == SeriesKey("drills", "CHN-RUS")
    assert str(observation.key) == "drills/CHN-RUS"
