"""What a definition stands for: its series, its reach, its digest."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from forecaster.domain.actors import CORE_DYADS, WORLD
from forecaster.domain.faults import Faults
from forecaster.domain.for_each import ForEach, fill
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import SeriesKey


def definition(**fields: object) -> Definition:
    return Definition.model_validate({
        "id": "drills",
        "title": "Drills, {a} and {b}",
        "role": "operational",
        "unit": "drills",
        "frequency": "month",
        "collect": {"source": "ledger", "options": {"kinds": ["operational"]}},
        "attribution": "Nobody",
        "license": {"name": "CC0", "redistribution": "yes"},
        **fields,
    })  # fmt: skip


def test_without_for_each_the_series_is_the_worlds() -> None:
    assert definition().keys == (SeriesKey("drills", WORLD),)


def test_all_dyads_are_the_six_of_the_core() -> None:
    assert definition(for_each={"dyad": "all"}).scopes == CORE_DYADS


def test_listed_scopes_keep_their_order() -> None:
    assert definition(for_each={"dyad": ["IND-RUS", "CHN-IND"]}).scopes == ("IND-RUS", "CHN-IND")
    assert definition(for_each={"actor": ["RUS", "CHN"]}).scopes == ("RUS", "CHN")


def test_placeholders_follow_the_kind_of_scope() -> None:
    assert ForEach(dyad="all").placeholders == ("a", "b", "dyad")
    assert ForEach(actor=("CHN",)).placeholders == ("actor",)


@pytest.mark.parametrize(
    "for_each",
    [
        {},
        {"dyad": "all", "actor": ["CHN"]},
        {"dyad": []},
        {"actor": []},
        {"actor": ["CHN", "CHN"]},
        {"dyad": "some"},
        {"dyad": ["RUS-CHN"]},
        {"country": ["CHN"]},
    ],
)
def test_for_each_names_one_kind_and_each_scope_once(for_each: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        definition(for_each=for_each)


@pytest.mark.parametrize(
    ("scope", "filled"),
    [
        ("CHN-RUS", "CHN RUS CHN-RUS CHN-RUS {x}"),
        ("CHN", "CHN CHN CHN CHN {x}"),
        (WORLD, "WORLD WORLD WORLD WORLD {x}"),
    ],
)
def test_placeholders_are_filled_and_other_braces_are_left(scope: str, filled: str) -> None:
    assert fill("{a} {b} {dyad} {actor} {x}", scope) == filled


def test_a_title_is_filled_for_its_scope() -> None:
    assert definition(for_each={"dyad": "all"}).title_for("CHN-RUS") == "Drills, CHN and RUS"


@pytest.mark.parametrize(
    ("frequency", "steps"), [("day", 28), ("week", 13), ("month", 12), ("quarter", 4), ("year", 3)]
)
def test_the_horizon_follows_the_frequency(frequency: str, steps: int) -> None:
    assert definition(frequency=frequency).steps == steps


def test_a_forecast_reaches_as_far_as_its_horizon_and_every_threshold() -> None:
    thresholds = [{"id": "far", "above": 1, "within": 7}]

    assert definition(horizon=2).steps == 2
    assert definition(horizon=2, thresholds=thresholds).steps == 7
    assert definition(horizon=9, thresholds=thresholds).steps == 9


def test_the_same_words_have_the_same_digest() -> None:
    assert definition().digest == definition().digest
    assert definition().digest == definition(lag="1 day", family="auto").digest
    assert definition().digest.startswith("sha256:")


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Other"},
        {"id": "other"},
        {"lag": "2 days"},
        {"family": "count"},
        {"collect": {"source": "ledger", "options": {"kinds": ["crack"]}}},
        {"thresholds": [{"id": "any", "above": 0, "within": 1}]},
        {"coverage": [{"from": "2020-01-01"}]},
    ],
)
def test_other_words_have_another_digest(change: dict[str, object]) -> None:
    assert definition(**change).digest != definition().digest


def test_a_definition_survives_its_json_with_its_digest() -> None:
    full = definition(
        for_each={"dyad": "all"},
        lag="36 hours",
        coverage=[{"from": "2020-01-01", "to": "2021-12-31", "grade": "partial"}],
        thresholds=[{"id": "any", "above": 0, "within": 1}],
        alerts=[{"id": "rule", "probability": "any", "above": 0.5, "for": 2}],
        license={"name": "terms", "redistribution": "derived"},
    )

    again = Definition.model_validate_json(full.model_dump_json(by_alias=True))

    assert again == full
    assert again.digest == full.digest
    assert again.lag == timedelta(hours=36)


@pytest.mark.parametrize("lag", [timedelta(days=-1), timedelta(days=3651)])
def test_a_lag_is_of_this_life(lag: timedelta) -> None:
    with pytest.raises(ValidationError, match="a lag lies between 0 and 3650 days"):
        definition(lag=lag)


def test_a_threshold_has_one_side() -> None:
    for sides in ({}, {"above": 1, "below": 0}):
        with pytest.raises(ValidationError, match="either 'above' or 'below'"):
            definition(thresholds=[{"id": "any", "within": 1, **sides}])


def test_alerts_name_thresholds_and_each_name_stands_once() -> None:
    alert = {"id": "rule", "probability": "anny", "above": 0.5}
    with pytest.raises(ValidationError) as refused:
        definition(
            thresholds=[{"id": "any", "above": 0, "within": 1}],
            alerts=[alert, alert],
        )

    (error,) = refused.value.errors()
    faults = error["ctx"]["error"]
    assert isinstance(faults, Faults)
    assert [fault.at for fault in faults.faults] == [
        (1, "id"),
        (0, "probability"),
        (1, "probability"),
    ]
    assert "did you mean 'any'?" in str(faults)


def test_thresholds_of_one_name_are_refused() -> None:
    threshold = {"id": "any", "above": 0, "within": 1}

    with pytest.raises(ValidationError, match="there is another threshold 'any'"):
        definition(thresholds=[threshold, threshold])


def test_a_counting_source_starts_afresh_under_other_options_but_not_at_other_times() -> None:
    first = definition(collect={"source": "gdelt_events", "options": {"codes": ["05"]}})
    rescheduled = first.collect.model_copy(update={"schedule": "0 * * * *"})
    assert definition(collect=rescheduled).sieve == first.sieve
    other = definition(collect={"source": "gdelt_events", "options": {"codes": ["06"]}})
    assert other.sieve != first.sieve
