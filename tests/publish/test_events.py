"""What a webhook says of an alert."""

import json
from typing import Any

import pytest

from forecaster.domain.alert import AlertState, Rule
from forecaster.domain.forecast import Issue
from forecaster.publish.events import alert_event
from tests.publish import samples
from tests.publish.samples import FIRING, ISSUE, PENDING, RESOLVED, RULE


def event(
    rule: Rule | None = RULE,
    before: AlertState = PENDING,
    after: AlertState = FIRING,
    issue: Issue = ISSUE,
) -> dict[str, Any]:
    return alert_event(after, before, issue, rule=rule, base="https://x.example")


def test_a_firing_says_what_happened_and_how_far_to_trust_it() -> None:
    data = event()

    assert (data["rule"], data["severity"], data["status"]) == (
        "surge-likely", "critical", "firing",
    )  # fmt: skip
    assert data["value"] == 0.7
    assert data["condition"] == {
        "probability": "surge", "above": 0.6, "clear_below": 0.5, "for": 2,
    }  # fmt: skip
    assert data["probability"]["baseline_p"] == 0.28
    assert (data["probability"]["n_origins"], data["probability"]["n_observations"]) == (60, 285)
    assert (data["probability"]["word"], data["probability"]["confidence"]) == (
        "likely", "moderate",
    )  # fmt: skip
    assert data["method"] == {"name": "pool", "baseline": "climatology"}


def test_a_firing_names_its_series_its_evidence_and_where_to_read_on() -> None:
    data = event()

    assert (data["indicator"], data["scope"]) == ("media-cooperation", "CHN-RUS")
    assert (data["issue"], data["as_of"]) == (ISSUE.id, "2026-01-05T06:00:00Z")
    assert data["coverage_end"] == "2023-06-25"
    assert data["links"]["forecast"].startswith("https://x.example/v1/forecasts/")


def test_an_end_refers_to_its_beginning() -> None:
    data = event(before=FIRING, after=RESOLVED)

    assert data["status"] == "resolved"
    assert data["episode"] == event()["episode"] == "ep_1"
    assert data["started_at"] == event()["started_at"] == "2026-01-05T06:00:00Z"
    assert (data["ended_at"], event()["ended_at"]) == ("2026-01-12T06:00:00Z", None)


BELOW = Rule(id="low", value="last", below=2, clear_above=4)
NARROW = samples.SURGE.model_copy(update={"above": None, "below": 3.5, "within": 1})
OTHER_SIDE = ISSUE.model_copy(
    update={"projection": samples.PROJECTION.model_copy(update={"probabilities": (NARROW,)})}
)


@pytest.mark.parametrize(
    ("rule", "before", "after", "issue", "sentence"),
    [
        (
            RULE, PENDING, FIRING, ISSUE,
            ("the probability of a value above 10 within 4 periods is 0.7 (base rate 0.28), "
            "above 0.6 in 2 new issues in a row."),
        ),
        (
            RULE, FIRING, RESOLVED, ISSUE,
            ("the probability of a value above 10 within 4 periods is 0.4 (base rate 0.28), "
            "back below 0.5."),
        ),
        (
            RULE, PENDING, FIRING, OTHER_SIDE,
            ("the probability of a value below 3.5 within 1 period is 0.7 (base rate 0.28), "
            "above 0.6 in 2 new issues in a row."),
        ),
        (
            RULE, PENDING, FIRING, samples.REFUSED,
            "the probability 'surge' is 0.7, above 0.6 in 2 new issues in a row.",
        ),
        (samples.VALUE_RULE, PENDING, FIRING, ISSUE, "the last value is 0.7, above 10."),
        (
            samples.VALUE_RULE, FIRING, RESOLVED, ISSUE,
            "the last value is 0.4, no longer above 10.",
        ),
        (BELOW, PENDING, FIRING, ISSUE, "the last value is 0.7, below 2."),
        (BELOW, FIRING, RESOLVED, ISSUE, "the last value is 0.4, back above 4."),
        (
            BELOW, PENDING, FIRING.model_copy(update={"value": None}), ISSUE,
            "the last value is unknown, below 2.",
        ),
    ],
)  # fmt: skip
def test_one_sentence_says_what_happened(
    rule: Rule, before: AlertState, after: AlertState, issue: Issue, sentence: str
) -> None:
    assert event(rule, before, after, issue)["summary"] == f"{ISSUE.title}: {sentence}"


def test_a_rule_that_was_removed_ends_with_that_reason() -> None:
    data = event(None, FIRING, RESOLVED.model_copy(update={"reason": "rule removed"}))

    assert (data["status"], data["reason"], data["condition"]) == (
        "resolved",
        "rule removed",
        None,
    )
    assert data["summary"].endswith("the rule 'surge-likely' was removed while it was firing.")


def test_a_rule_on_the_last_value_has_no_probability() -> None:
    assert event(samples.VALUE_RULE)["probability"] is None


def test_the_sentence_joins_neither_word_nor_confidence() -> None:
    assert "likely" not in event()["summary"]
    assert "moderate" not in event()["summary"]


def test_the_longest_event_stays_under_twenty_kilobytes() -> None:
    longest = ISSUE.model_copy(update={"title": "愛" * 200, "unit": "愛" * 80})
    firing = FIRING.model_copy(update={"rule": "a" * 60})

    data = event(after=firing, issue=longest)

    assert len(json.dumps(data).encode()) < 20_000


def test_an_alert_on_a_closed_source_tells_no_number() -> None:
    data = alert_event(FIRING, PENDING, ISSUE, rule=RULE, is_withheld=True)

    assert (data["status"], data["rule"]) == ("firing", "surge-likely")
    assert (data["value"], data["probability"]) == (None, None)
    assert "0.7" not in str(data["summary"])
