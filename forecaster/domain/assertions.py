"""What a definition asserts of its source: what fails a run, and what makes values doubtful."""

from datetime import timedelta
from typing import Self

from pydantic import Field, field_validator, model_validator

from forecaster.domain.base import Frozen
from forecaster.domain.duration import Duration
from forecaster.domain.faults import Fault, refuse


class Rows(Frozen):
    """How many rows a run reads, as a rule."""

    min: int | None = Field(
        default=None, ge=0, description="with fewer the run fails; what stood before stays"
    )
    max: int | None = Field(
        default=None, ge=1, description="with more the values of the run are marked doubtful"
    )

    @model_validator(mode="after")
    def _is_a_span(self) -> Self:
        if self.min is not None and self.max is not None and self.max < self.min:
            refuse(Fault(f"max, {self.max}, is less than min, {self.min}", ("max",)))
        return self


class Values(Frozen):
    """Between which bounds values lie, as a rule; outside them they are marked doubtful."""

    min: float | None = None
    max: float | None = None

    @model_validator(mode="after")
    def _is_a_span(self) -> Self:
        if self.min is not None and self.max is not None and self.max < self.min:
            refuse(Fault(f"max, {self.max:g}, is less than min, {self.min:g}", ("max",)))
        return self


class Assertions(Frozen):
    """What holds of a source, as a rule; a broken assertion is said with the run."""

    rows: Rows | None = Field(default=None, description="how many rows a run reads")
    rows_change: float | None = Field(
        default=None,
        gt=0,
        description="change of the row count since the last good run, as a share of it (0.5): "
        "a run that shrank by more fails, values of one that grew by more are marked doubtful",
    )
    values: Values | None = Field(
        default=None, description="bounds; a value outside them is kept and marked doubtful"
    )
    max_age: Duration | None = Field(
        default=None,
        description="how long ago the newest period with a value may have ended; "
        "beyond that the run ends as stale",
    )
    overdue: Duration | None = Field(
        default=None,
        description="how long after its release (see lag) a value may still be missing; "
        "beyond that the run ends as stale",
    )

    @field_validator("max_age", "overdue")
    @classmethod
    def _is_not_negative(cls, span: timedelta | None) -> timedelta | None:
        if span is not None and span < timedelta(0):
            raise ValueError("a span of time is not negative")
        return span
