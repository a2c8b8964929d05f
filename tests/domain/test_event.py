"""Every event keeps the rubric of the ledger."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from forecaster.domain.event import CATEGORIES, Event
from forecaster.domain.release import Release


def event(**fields: object) -> Event:
    return Event.model_validate({
        "id": "2024-05-16-xi-putin-beijing",
        "start": "2024-05-16",
        "end": "2024-05-17",
        "date_precision": "day",
        "actors": ["CHN", "RUS"],
        "kind": "display",
        "category": "leader_visit",
        "summary": "They met.",
        "intensity": 4,
        "confidence": "high",
        "sources": ["https://example.org/1"],
        **fields,
    })  # fmt: skip


def test_an_act_is_known_a_lag_after_its_last_day() -> None:
    assert event().known_at(Release(after=timedelta(days=7))) == datetime(2024, 5, 25, tzinfo=UTC)


@pytest.mark.parametrize("kind", sorted(CATEGORIES))
def test_every_category_of_a_kind_is_accepted(kind: str) -> None:
    for category in CATEGORIES[kind]:
        assert event(kind=kind, category=category).category == category


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"end": "2024-05-15"}, "ends on 2024-05-15, before it starts on 2024-05-16"),
        ({"category": "joint_exercise"}, "category 'joint_exercise' is not one of display: "),
        ({"actors": ["CHN", "IND"]}, "IND belong in 'others'"),
        ({"actors": ["CHN"]}, "a display event has two or more actors"),
        (
            {"actors": ["CHN"], "kind": "operational", "category": "joint_patrol"},
            "an? operational event has two or more actors",
        ),
        ({"actors": []}, "at least 1 item"),
        ({"actors": ["China", "RUS"]}, "'China' is not a country code"),
        ({"id": "xi-putin"}, "should match pattern"),
        ({"intensity": 6}, "less than or equal to 5"),
        ({"intensity": 0}, "greater than or equal to 1"),
        ({"summary": "x" * 201}, "at most 200 characters"),
        ({"sources": []}, "at least 1 item"),
        ({"kind": "quarrel"}, "Input should be 'display'"),
        ({"mood": "good"}, "Extra inputs are not permitted"),
    ],
)
def test_an_event_outside_the_rubric_is_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        event(**fields)


def test_a_crisis_may_have_one_actor() -> None:
    assert event(kind="crisis", category="crisis", actors=["IRN"]).actors == ("IRN",)
