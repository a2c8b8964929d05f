"""Words for probabilities, and confidence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecaster.domain.coverage import Grade
from forecaster.model import words


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (0.0, "almost no chance"),
        (0.05, "very unlikely"),
        (0.2, "unlikely"),
        (0.45, "roughly even"),
        (0.55, "likely"),
        (0.8, "very likely"),
        (0.95, "almost certain"),
        (1.0, "almost certain"),
    ],
)
def test_each_span_has_its_word(p: float, said: str) -> None:
    assert words.word(p) == said


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (0.215, "very unlikely"),
        (0.225, "unlikely"),
        (0.035, "very unlikely"),
        (0.5, "roughly even"),
    ],
)
def test_the_word_before_holds_for_two_more_points(p: float, said: str) -> None:
    assert words.word(p, "very unlikely") == said


def test_certainty_keeps_its_word() -> None:
    assert words.word(1.0, "almost certain") == "almost certain"


def test_a_word_that_nobody_knows_holds_nothing() -> None:
    assert words.word(0.21, "perhaps") == "unlikely"


@given(st.floats(0, 1))
def test_saying_it_again_changes_nothing(p: float) -> None:
    assert words.word(p, words.word(p)) == words.word(p)


@pytest.mark.parametrize(
    ("n_origins", "error", "confidence"),
    [
        (100, 0.05, "high"),
        (99, 0.05, "moderate"),
        (100, 0.06, "moderate"),
        (30, 0.10, "moderate"),
        (29, 0.01, "low"),
        (200, 0.11, "low"),
    ],
)
def test_confidence_needs_origins_and_calibration(
    n_origins: int, error: float, confidence: str
) -> None:
    assert words.confidence(n_origins, error, Grade.FULL) == confidence


def test_partial_coverage_is_never_above_low() -> None:
    assert words.confidence(500, 0.0, Grade.PARTIAL) == "low"
