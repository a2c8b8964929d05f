"""When to tell: alert rules, their states, and the evidence that moves them."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from forecaster.domain.base import Frozen, Utc
from forecaster.domain.faults import Fault, refuse
from forecaster.domain.observation import SeriesKey

ID_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
"""Names that people give: lower-case words joined by hyphens."""


class Severity(StrEnum):
    """How loudly to tell."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class Rule(Frozen):
    """Fire when a probability or the last value has been beyond a level for so many new issues."""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                {"oneOf": [{"required": ["probability"]}, {"required": ["value"]}]},
                {"oneOf": [{"required": ["above"]}, {"required": ["below"]}]},
            ],
            "dependentRequired": {"clear_below": ["above"], "clear_above": ["below"]},
        }
    )

    id: Annotated[str, Field(pattern=ID_PATTERN, max_length=60)] = Field(
        description="the rule's name, unique over all files"
    )
    probability: str | None = Field(default=None, description="the id of a threshold")
    value: Literal["last"] | None = Field(default=None, description="watch the last value")
    above: float | None = Field(default=None, description="counts while the number is above")
    clear_below: float | None = Field(
        default=None, description="lets go below this, at or under 'above'"
    )
    below: float | None = Field(default=None, description="counts while the number is below")
    clear_above: float | None = Field(
        default=None, description="lets go above this, at or over 'below'"
    )
    updates: int = Field(
        default=1, ge=1, le=100, alias="for", description="new issues in a row before it fires"
    )
    severity: Severity = Field(default=Severity.WARNING, description="how loudly to tell")

    @model_validator(mode="after")
    def _watches_one_thing_from_one_side(self) -> Self:
        refuse(
            self._fault_of_subject(),
            self._fault_of_side(),
            self._fault_of_clearing(),
            *self._faults_of_probability(),
        )
        return self

    def _fault_of_subject(self) -> Fault | None:
        if (self.probability is None) == (self.value is None):
            return Fault("an alert watches either 'probability: <threshold id>' or 'value: last'")
        return None

    def _fault_of_side(self) -> Fault | None:
        if (self.above is None) == (self.below is None):
            return Fault("an alert has either 'above' or 'below'")
        return None

    def _fault_of_clearing(self) -> Fault | None:
        if self.clear_below is not None and (self.above is None or self.clear_below > self.above):
            return Fault("'clear_below' stands beside 'above', at or under it", ("clear_below",))
        if self.clear_above is not None and (self.below is None or self.clear_above < self.below):
            return Fault("'clear_above' stands beside 'below', at or over it", ("clear_above",))
        return None

    def _faults_of_probability(self) -> list[Fault]:
        if self.probability is None:
            return []
        levels = {
            name: getattr(self, name) for name in ("above", "clear_below", "below", "clear_above")
        }
        return [
            Fault(f"a probability lies between 0 and 1 (0.6 for 60 %), not at {level:g}", (name,))
            for name, level in levels.items()
            if level is not None and not 0 <= level <= 1
        ]

    def crosses(self, value: float) -> bool:
        """Say whether a value lies beyond the level at which the rule begins to count."""
        if self.above is not None:
            return value > self.above
        return self.below is not None and value < self.below

    def clears(self, value: float) -> bool:
        """Say whether a value lies on the safe side of the level at which the rule lets go."""
        if self.above is not None:
            return value <= self.above if self.clear_below is None else value < self.clear_below
        if self.clear_above is not None:
            return value > self.clear_above
        return self.below is not None and value >= self.below


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
    news: bool = Field(default=True, description="more is known than at the issue before")
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
