"""When to tell: alert rules, their states, and the evidence that moves them."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from forecaster.domain.base import Frozen, Utc
from forecaster.domain.observation import SeriesKey


class Severity(StrEnum):
    """How loudly to tell."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class Rule(Frozen):
    """Fire when a probability or the last value has been beyond a level for so many new issues."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
    probability: str | None = Field(default=None, description="the id of a threshold")
    value: Literal["last"] | None = None
    above: float | None = None
    clear_below: float | None = None
    below: float | None = None
    clear_above: float | None = None
    updates: int = Field(default=1, ge=1, le=100, alias="for")
    severity: Severity = Severity.WARNING

    @model_validator(mode="after")
    def _watches_one_thing_from_one_side(self) -> Self:
        if (self.probability is None) == (self.value is None):
            raise ValueError("a rule watches either 'probability: <threshold>' or 'value: last'")
        if (self.above is None) == (self.below is None):
            raise ValueError("a rule has either 'above' or 'below'")
        if self.above is not None and (
            self.clear_above is not None or (self.clear_below or self.above) > self.above
        ):
            raise ValueError("beside 'above' stands 'clear_below', at or under it")
        if self.below is not None and (
            self.clear_below is not None or (self.clear_above or self.below) < self.below
        ):
            raise ValueError("beside 'below' stands 'clear_above', at or over it")
        if self.probability is not None and not 0 <= (self.above or self.below or 0) <= 1:
            raise ValueError("a probability lies between 0 and 1")
        return self

    def crosses(self, value: float) -> bool:
        """Say whether a value lies beyond the level at which the rule begins to count."""
        if self.above is not None:
            return value > self.above
        return self.below is not None and value < self.below

    def clears(self, value: float) -> bool:
        """Say whether a value lies on the safe side of the level at which the rule lets go."""
        if self.above is not None:
            level = self.above if self.clear_below is None else self.clear_below
            return value < level or (self.clear_below is None and value == level)
        level = self.below if self.clear_above is None else self.clear_above  # type: ignore[assignment]
        return value > level or (self.clear_above is None and value == level)


class AlertStatus(StrEnum):
    """Where a rule stands for one scope."""

    INACTIVE = "inactive"
    PENDING = "pending"
    FIRING = "firing"


class Evidence(Frozen):
    """What one issue says to a rule: the watched number, or why there is none."""

    issue: str
    value: float | None
    stale: bool = False
    observed_at: Utc


class AlertState(Frozen):
    """How a rule stands over one scope since the last issue that it has seen."""

    rule: str
    indicator: str
    scope: str
    status: AlertStatus = AlertStatus.INACTIVE
    severity: Severity = Severity.WARNING
    since: Utc
    streak: int = Field(default=0, ge=0, description="issues in a row beyond the level")
    value: float | None = None
    issue: str | None = None
    reason: str = ""
    episode: str | None = Field(default=None, description="one firing, from its start to its end")

    @property
    def key(self) -> SeriesKey:
        """Name the series that the rule watches here."""
        return SeriesKey(self.indicator, self.scope)
