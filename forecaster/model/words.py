"""Words for probabilities (ICD 203), and how confident one may be in them."""

from typing import Literal

from forecaster.domain.coverage import Grade

_WORDS = (
    ("almost no chance", 0.00, 0.05),
    ("very unlikely", 0.05, 0.20),
    ("unlikely", 0.20, 0.45),
    ("roughly even", 0.45, 0.55),
    ("likely", 0.55, 0.80),
    ("very likely", 0.80, 0.95),
    ("almost certain", 0.95, 1.00),
)
_HYSTERESIS = 0.02
_HIGH = (100, 0.05)  # origins at least, calibration error at most
_MODERATE = (30, 0.10)


def word(p: float, before: str | None = None) -> str:
    """Say a probability; the word before stays until p is more than 2 points outside of it."""
    for name, low, high in _WORDS:
        if name == before and low - _HYSTERESIS <= p < high + _HYSTERESIS:
            return name
    return next((name for name, low, high in _WORDS if low <= p < high), _WORDS[-1][0])


def confidence(
    n_origins: int, calibration_error: float, grade: Grade
) -> Literal["high", "moderate", "low"]:
    """Say how much past stands behind a probability; partial coverage is never above low."""
    if grade is Grade.PARTIAL:
        return "low"
    if n_origins >= _HIGH[0] and calibration_error <= _HIGH[1]:
        return "high"
    if n_origins >= _MODERATE[0] and calibration_error <= _MODERATE[1]:
        return "moderate"
    return "low"
