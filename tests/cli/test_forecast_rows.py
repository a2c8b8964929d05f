"""What `forecaster forecast` says of an issue in one row."""

import pytest

from forecaster.cli.forecast import row_of
from forecaster.domain.forecast import Skill
from tests.publish import samples


def test_a_row_tells_the_probabilities_and_how_well_it_did() -> None:
    row = row_of(samples.ISSUE)

    assert row["probabilities"] == (
        "surge 0.70 (0.40 at the end, 1.3 expected, baseline 0.28, n=285)"
    )
    assert row["skill"] == "0.08 (0.01 to 0.14) over climatology, n=60"


@pytest.mark.parametrize(
    ("skill", "told"),
    [
        (samples.PROJECTION.skill, "no better than climatology"),
        (None, "too little past to tell"),
    ],
)
def test_a_baseline_is_said_to_be_one(skill: Skill | None, told: str) -> None:
    method = samples.PROJECTION.method.model_copy(update={"name": "climatology"})
    projection = samples.PROJECTION.model_copy(update={"method": method, "skill": skill})

    assert row_of(samples.ISSUE.model_copy(update={"projection": projection}))["skill"] == told


def test_an_issue_from_before_says_what_it_can() -> None:
    old = samples.SURGE.model_copy(update={"p_end": None, "expected_exceedances": None})
    projection = samples.PROJECTION.model_copy(update={"probabilities": (old,)})

    row = row_of(samples.ISSUE.model_copy(update={"projection": projection}))

    assert row["probabilities"] == "surge 0.70 (baseline 0.28, n=285)"


def test_a_refusal_says_why() -> None:
    row = row_of(samples.REFUSED)

    assert (row["method"], row["skill"], row["probabilities"]) == (None, None, "")
    assert row["no_forecast_because"] == "3 values; 24 are needed"
