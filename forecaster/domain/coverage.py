"""Where absence may be read: the span over which a source claims to see."""

from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from forecaster.domain.base import Frozen
from forecaster.domain.faults import Fault, refuse
from forecaster.domain.period import Period


class Grade(StrEnum):
    """How much a source sees: all (absence is a zero) or a part (counts are lower bounds)."""

    FULL = "full"
    PARTIAL = "partial"


class Coverage(Frozen):
    """A span of days, both ends included, and how much was seen of it."""

    since: date = Field(alias="from", description="first day seen")
    until: date | None = Field(
        default=None, alias="to", description="last day seen; a live source leaves it out"
    )
    grade: Grade = Field(
        default=Grade.FULL,
        description="full: absence is a zero; partial: counts are lower bounds",
    )

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.until is not None and self.until < self.since:
            message = f"coverage ends on {self.until}, before it starts on {self.since}"
            refuse(Fault(message, ("to",)))
        return self

    def holds(self, period: Period) -> bool:
        """Say whether the whole period was seen."""
        return self.since <= period.start and (self.until is None or period.last_day <= self.until)


def grade_of(period: Period, spans: tuple[Coverage, ...]) -> Grade | None:
    """Return the best grade with which a period was covered as a whole, or none."""
    grades = {span.grade for span in spans if span.holds(period)}
    if Grade.FULL in grades:
        return Grade.FULL
    return Grade.PARTIAL if grades else None
