"""One operation, its series and their places; which periods lie whole in which."""

import pytest
from pydantic import ValidationError

from forecaster.domain.compose import Compose, Reference, nests
from forecaster.domain.errors import NothingToCollect
from forecaster.domain.indicator import Definition
from forecaster.domain.period import Frequency


def definition(**changes: object) -> Definition:
    return Definition.model_validate(
        {
            "id": "made",
            "title": "Made",
            "role": "context",
            "unit": "units",
            "frequency": "month",
            "compose": {"ratio": ["acts", "displays"]},
            "attribution": "Nobody",
            "license": {"name": "CC0", "redistribution": "derived"},
        }
        | changes
    )


def test_an_id_is_short_for_a_reference() -> None:
    compose = Compose.model_validate({"ratio": ["acts", {"indicator": "acts", "scope": "WORLD"}]})

    assert compose.references == (
        Reference(indicator="acts"),
        Reference(indicator="acts", scope="WORLD"),
    )
    assert compose.indicators == ("acts",)


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ({"share": ["a", "b"]}, [("share", 0), ("share", 1)]),
        ({"zscore": {"of": "a", "window": 9}}, [("zscore", "of")]),
        ({"rolling": {"of": "a", "window": 9}}, [("rolling", "of")]),
        (
            {"after_events": {"of": "a", "events": "b", "within": 3}},
            [("after_events", "of"), ("after_events", "events")],
        ),
        (
            {"after_events": {"of": "a", "events": ["b", "c"], "within": 3}},
            [("after_events", "of"), ("after_events", "events", 0), ("after_events", "events", 1)],
        ),
    ],
)
def test_every_part_knows_its_place(said: object, places: list[object]) -> None:
    assert [place for place, _ in Compose.model_validate(said).parts] == places


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"ratio": ["a", "b"], "difference": ["a", "b"]},
        {"ratio": ["a"]},
        {"ratio": ["a", "b", "c"]},
        {"zscore": {"of": "a", "window": 9, "at_least": 10}},
        {"rolling": {"of": "a", "window": 1}},
        {"ratio": ["a", {"indicator": "b", "scope": "{c}"}]},
        {"after_events": {"of": "a", "events": [], "within": 3}},
    ],
)
def test_what_makes_no_sense_is_refused(said: object) -> None:
    with pytest.raises(ValidationError):
        Compose.model_validate(said)


def test_a_period_nests_where_it_lies_whole() -> None:
    assert nests(Frequency.DAY, Frequency.WEEK)
    assert nests(Frequency.MONTH, Frequency.QUARTER)
    assert not nests(Frequency.WEEK, Frequency.MONTH)
    assert not nests(Frequency.QUARTER, Frequency.MONTH)


def test_what_is_composed_has_inputs_and_nothing_to_collect() -> None:
    composed = definition()

    assert composed.inputs == ("acts", "displays")
    with pytest.raises(NothingToCollect, match="composed of acts and displays"):
        _ = composed.asked


def test_what_is_composed_reads_back_as_it_was_written() -> None:
    composed = definition()

    assert Definition.model_validate(composed.model_dump(mode="json", by_alias=True)) == composed


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"compose": None}, "needs 'collect'"),
        ({"collect": {"source": "history"}}, "either 'collect' or 'compose'"),
        ({"coverage": [{"from": "2020-01-01"}]}, "coverage is said of a source"),
        ({"assertions": {"max_age": "9 days"}}, "assertions is said of a source"),
        (
            {"forecast": False, "thresholds": [{"id": "up", "above": 1, "within": 2}]},
            "thresholds need a forecast",
        ),
    ],
)
def test_fields_that_contradict_one_another_are_refused(
    changes: dict[str, object], complaint: str
) -> None:
    with pytest.raises(ValidationError, match=complaint):
        definition(**changes)
