"""The documents that users poll."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from forecaster.domain.forecast import Issue
from forecaster.publish import documents
from tests.publish import samples, schema

ADDED = (
    "p_end", "baseline_p_end", "expected_exceedances", "baseline_expected_exceedances",
)  # fmt: skip


def forecast(issue: Issue = samples.ISSUE, **how: Any) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(documents.forecast(issue, 4711, **how))
    return parsed


def test_a_forecast_has_the_shape_that_its_readers_rely_on() -> None:
    jsonschema.Draft202012Validator(schema.SERVED).validate(forecast())


def test_every_field_is_explained_to_its_readers() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "forecasts.md").read_text()

    assert [
        name for name in names(schema.SERVED) | names(schema.REFUSED) if name not in guide
    ] == []


def test_a_forecast_without_skill_or_change_has_that_shape_too() -> None:
    projection = samples.PROJECTION.model_copy(update={"skill": None, "probabilities": ()})
    first = samples.ISSUE.model_copy(update={"projection": projection, "change": None})

    jsonschema.Draft202012Validator(schema.SERVED).validate(forecast(first))


def test_an_issue_from_before_these_fields_has_that_shape_too() -> None:
    old = json.loads(samples.ISSUE.model_dump_json(by_alias=True))
    for part, names in (
        (old["projection"], ("against",)),
        (old["projection"]["method"], ("trained", "converged")),
        (old["projection"]["probabilities"][0], ADDED),
    ):
        for name in names:
            del part[name]

    document = forecast(Issue.model_validate(old))

    assert document["method"]["trained"] is None
    assert document["skill"]["against"] == {}
    assert document["probabilities"][0].keys().isdisjoint(ADDED)


def test_skill_is_told_against_every_rival_and_at_every_step() -> None:
    against = forecast()["skill"]["against"]

    assert list(against) == ["climatology", "naive"]
    assert against["climatology"]["steps"][0]["dm"] == {"statistic": 1.3, "p": 0.2}


def test_the_training_window_is_told_with_its_ns() -> None:
    assert forecast()["method"]["trained"] == {
        "from": "2018-01-01", "to": "2023-06-25", "n": 285, "n_effective": 31.5, "n_origins": 130,
    }  # fmt: skip


def test_a_refusal_has_the_same_head_and_says_why() -> None:
    refused = forecast(samples.REFUSED)

    jsonschema.Draft202012Validator(schema.REFUSED).validate(refused)
    assert (refused["status"], refused["reason"]) == ("refused", "3 values; 24 are needed")


def test_the_same_issue_gives_the_same_bytes() -> None:
    stored = Issue.model_validate_json(samples.ISSUE.model_dump_json(by_alias=True))

    assert documents.forecast(stored, 4711) == documents.forecast(samples.ISSUE, 4711)


def test_the_order_in_which_a_store_gives_back_keys_does_not_show() -> None:
    stored = json.loads(samples.ISSUE.model_dump_json(by_alias=True))
    for mapping in (
        stored["projection"]["method"]["members"],
        stored["projection"]["steps"][0]["quantiles"],
        stored["projection"]["against"],
        stored["change"]["parts"],
    ):
        for key in sorted(mapping):
            mapping[key] = mapping.pop(key)

    other = documents.forecast(Issue.model_validate(stored), 4711)

    assert other == documents.forecast(samples.ISSUE, 4711)


def test_the_first_bytes_of_a_forecast_are_these() -> None:
    assert documents.forecast(samples.ISSUE, 4711).startswith(
        b'{"issue":"01J0000000000000000000000A","seq":4711,"status":"served",'
        b'"indicator":"media-cooperation","scope":"CHN-RUS",'
        b'"title":"Media-reported cooperation of CHN and RUS","role":"display",'
        b'"unit":"net Goldstein mass per 1,000","issued_at":"2026-01-05T06:00:00Z",'
        b'"as_of":"2026-01-05T06:00:00Z","coverage_end":"2023-06-25","coverage_grade":"full",'
        b'"next_update_at":"2026-01-12T06:00:00Z","stale_after":"2026-01-19T06:00:00Z",'
    )


def test_quantiles_stand_in_the_order_of_their_levels() -> None:
    levels = [float(level) for level in forecast()["steps"][0]["quantiles"]]

    assert levels == sorted(levels)


def test_a_probability_shows_only_the_side_that_its_threshold_has() -> None:
    shown = forecast()["probabilities"][0]

    assert shown["above"] == 10
    assert "below" not in shown


def test_links_lead_to_what_was_known_at_that_moment() -> None:
    assert forecast(base="https://x.example")["links"] == {
        "self": "https://x.example/v1/forecasts/media-cooperation/CHN-RUS",
        "observations": "https://x.example/v1/indicators/media-cooperation/observations"
        "?scope=CHN-RUS&as_of=2026-01-05T06:00:00Z",
        "indicator": "https://x.example/v1/indicators/media-cooperation",
    }


def test_a_list_entry_holds_the_headline() -> None:
    entry = documents.summary(forecast())

    assert entry["probability"] == {
        "id": "surge", "above": 10, "within": 4, "p": 0.7, "p_90": [0.6, 0.8], "baseline_p": 0.28,
        "n_observations": 285, "n_origins": 60, "word": "likely", "confidence": "moderate",
    }  # fmt: skip
    assert entry["trend"] == "rising"
    assert entry["coverage_end"] == "2023-06-25"
    assert entry["skill"] == {"crps": forecast()["skill"]["crps"]}
    assert "steps" not in entry


def test_a_list_entry_without_thresholds_has_no_headline() -> None:
    projection = samples.PROJECTION.model_copy(update={"probabilities": ()})
    bare = samples.ISSUE.model_copy(update={"projection": projection})

    assert documents.summary(forecast(bare))["probability"] is None


def test_a_list_entry_of_a_refusal_says_why() -> None:
    entry = documents.summary(forecast(samples.REFUSED))

    assert (entry["status"], entry["reason"]) == ("refused", "3 values; 24 are needed")
    assert "probability" not in entry


@pytest.mark.parametrize(
    ("low", "high", "name"),
    [(0.1, 0.2, "rising"), (-0.2, -0.1, "falling"), (-0.1, 0.1, "unclear"), (0, 0, "unclear")],
)
def test_a_trend_has_a_direction_where_its_interval_leaves_out_zero(
    low: float, high: float, name: str
) -> None:
    assert documents.direction(low, high) == name


def test_an_indicator_shows_its_declaration_digest_and_series() -> None:
    document = json.loads(documents.indicator(samples.DEFINITION, 7, samples.NOW))

    assert document["indicator"] == "media-cooperation"
    assert (document["seq"], document["status"]) == (7, "active")
    assert document["recorded_at"] == "2026-01-05T06:00:00Z"
    assert document["digest"] == samples.DEFINITION.digest
    assert document["scopes"][0] == {
        "scope": "CHN-RUS",
        "title": "Media-reported cooperation of CHN and RUS",
        "links": {"forecast": "/v1/forecasts/media-cooperation/CHN-RUS"},
    }
    assert document["links"]["observations"] == "/v1/indicators/media-cooperation/observations"


def test_a_declaration_is_shown_as_its_author_wrote_it() -> None:
    declared = json.loads(documents.indicator(samples.DEFINITION, 7, samples.NOW))["declaration"]

    assert declared["collect"] == {
        "series": "gdelt-cooperation-mass", "source": "history", "schedule": "0 6 * * MON",
        "on_missed": "latest",
    }  # fmt: skip
    assert declared["coverage"] == [{"from": "2018-01-01", "to": "2023-06-25", "grade": "full"}]
    assert declared["alerts"][0]["for"] == 2
    assert "id" not in declared


def test_a_retired_indicator_says_so() -> None:
    body = documents.indicator(samples.DEFINITION, 8, samples.NOW, status="retired")

    assert json.loads(body)["status"] == "retired"


def test_an_alert_shows_its_state_and_reason() -> None:
    document = json.loads(documents.alert(samples.FIRING, 9))

    assert document["seq"] == 9
    assert (document["rule"], document["status"]) == ("surge-likely", "firing")
    assert document["reason"] == "crossed 2 of 2"
    assert document["since"] == "2026-01-05T06:00:00Z"
    assert document["links"]["forecast"] == "/v1/forecasts/media-cooperation/CHN-RUS"


def test_a_schema_is_shown_as_it_is() -> None:
    assert documents.schema({"type": "object"}) == b'{"type":"object"}'


def test_of_a_closed_source_no_number_is_told() -> None:
    body = documents.forecast(samples.ISSUE, 7, is_withheld=True)
    told = json.loads(body)

    assert told["status"] == "refused"
    assert told["reason"] == documents.WITHHELD
    assert told.keys().isdisjoint({"method", "trend", "steps", "probabilities", "skill"})


def names(shape: dict[str, Any]) -> set[str]:
    """Name every field of a shape, as it stands in the guide."""
    found = {f"`{name}`" for name in shape.get("properties", {})}
    inner = [*shape.get("properties", {}).values(), *shape.get("anyOf", ())]
    inner += [shape[key] for key in ("items", "additionalProperties") if shape.get(key)]
    return found.union(*(names(one) for one in inner))
