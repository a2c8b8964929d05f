"""What was seen: readings of a source, and observations as they are remembered."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Self

from pydantic import Field, model_validator

from forecaster.domain.actors import Scope
from forecaster.domain.base import Frozen, Utc
from forecaster.domain.coverage import Grade
from forecaster.domain.period import Period


class SeriesKey(NamedTuple):
    """One series: an indicator over one scope."""

    indicator: str
    scope: str

    def __str__(self) -> str:
        return f"{self.indicator}/{self.scope}"


class Missing(StrEnum):
    """Why a period has no value. A missing value is never a zero."""

    NOT_REPORTED = "not_reported"  # the source answered, without this period
    INCOMPLETE = "incomplete"  # too little of the period was seen
    UNDEFINED = "undefined"  # all was seen, but it makes no number: a division by zero
    WITHDRAWN = "withdrawn"  # the source took its value back: a tombstone


class Reading(Frozen):
    """One value of one period as a source gives it; either a value or a reason for its absence."""

    scope: Scope
    period: Period
    value: float | None = None
    base: float | None = Field(default=None, ge=0, description="size of the base of a share (n)")
    missing: Missing | None = None
    grade: Grade = Grade.FULL
    known_at: Utc | None = Field(default=None, description="when the source published it")
    pseudo: bool = Field(default=False, description="known_at was inferred, not lived")
    doubtful: str | None = None
    details: Mapping[str, float] | None = Field(
        default=None, description="what the value is made of, by name: sources, patterns, feeds"
    )

    @model_validator(mode="after")
    def _has_a_value_or_a_reason(self) -> Self:
        if (self.value is None) == (self.missing is None):
            raise ValueError("a reading has either a value or a reason why it is missing")
        return self


class Observation(Reading):
    """A reading as it was remembered: when the world could know it, when we wrote it, by what."""

    id: int
    indicator: str
    known_at: Utc  # settled once recorded
    recorded_at: Utc
    definition: str
    document: str | None = None
    run: int | None = None

    @property
    def key(self) -> SeriesKey:
        """Name the series to which this belongs."""
        return SeriesKey(self.indicator, self.scope)


class Sighting(Frozen):
    """One report that a counting source saw, named so that seeing it again changes nothing."""

    scope: Scope
    name: str = Field(max_length=200, description="the same for every copy of the same report")
    day: date
    weight: float = 1.0
    outlet: str = Field(default="", max_length=200, description="who reported: a site, a feed")
    label: str = Field(default="", max_length=200, description="what it was matched by, or as")


class Slot(Frozen):
    """One delivery of a source that comes in slots, such as a fifteen-minute file."""

    name: str = Field(max_length=200)
    at: Utc
    seen: bool = Field(description="false: the source has no such file, and never will")
    size: int | None = Field(
        default=None, ge=0, description="how many reports of any kind it held: the exposure"
    )
    doubtful: str | None = Field(default=None, description="why what it held may be wrong")


class Document(Frozen):
    """A raw document as it was fetched; its bytes lie in the archive under its digest."""

    digest: str
    url: str
    fetched_at: Utc
    status: int
    size: int
