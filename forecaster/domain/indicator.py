"""What a YAML declares: an indicator, its source, its thresholds and its alert rules."""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import (
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from forecaster.domain.actors import WORLD, actors_of
from forecaster.domain.alert import ID_PATTERN, Rule
from forecaster.domain.assertions import Assertions
from forecaster.domain.base import Frozen
from forecaster.domain.compose import Compose
from forecaster.domain.coverage import Coverage
from forecaster.domain.duration import Duration
from forecaster.domain.errors import did_you_mean
from forecaster.domain.faults import Fault, refuse, repeated
from forecaster.domain.for_each import ForEach
from forecaster.domain.observation import SeriesKey
from forecaster.domain.period import Frequency, Period
from forecaster.domain.release import Release, check_lag
from forecaster.domain.sourcing import Collect, License

Identifier = Annotated[str, Field(pattern=ID_PATTERN, max_length=60)]

_HORIZONS = MappingProxyType({"day": 28, "week": 13, "month": 12, "quarter": 4, "year": 3})


class Role(StrEnum):
    """What an indicator is evidence of."""

    DISPLAY = "display"
    OPERATIONAL = "operational"
    CRACK = "crack"
    HEDGING = "hedging"
    POSTURE = "posture"
    CONTEXT = "context"


class Family(StrEnum):
    """What kind of number the values are; `auto` is settled from the data and then shown."""

    COUNT = "count"
    SHARE = "share"
    POSITIVE = "positive"
    REAL = "real"
    BINARY = "binary"
    AUTO = "auto"


class Threshold(Frozen):
    """Which probability is published: that the path crosses a value within so many periods."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["above"]}, {"required": ["below"]}]}
    )

    id: Identifier = Field(description="the probability's name, unique in its file")
    above: float | None = Field(default=None, description="crossed once a value is above this")
    below: float | None = Field(default=None, description="crossed once a value is below this")
    within: int = Field(ge=1, le=120, description="periods after the last covered one")

    @model_validator(mode="after")
    def _has_one_side(self) -> Self:
        if (self.above is None) == (self.below is None):
            raise ValueError("a threshold has either 'above' or 'below'")
        return self


class Declaration(Frozen):
    """What one YAML file says; the file's stem is the indicator's id."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["collect"]}, {"required": ["compose"]}]}
    )

    title: str = Field(
        min_length=1,
        max_length=120,
        description="what people read; may hold {a} {b} {dyad}, or {actor}",
    )
    description: str = Field(
        default="",
        max_length=2000,
        description="what it is evidence of, and what it cannot say",
    )
    role: Role = Field(description="what it is evidence of")
    unit: str = Field(min_length=1, max_length=80, description="what one unit of a value is")
    frequency: Frequency = Field(description="how long one period is; weeks start on Monday")
    collect: Collect | None = Field(default=None, description="where its values come from")
    compose: Compose | None = Field(
        default=None, validate_default=True, description="of which others its values are made"
    )
    for_each: ForEach | None = Field(
        default=None, description="one series for each; without it one series of the world"
    )
    family: Family = Field(
        default=Family.AUTO,
        description="what kind of number the values are; auto: settled from the data",
    )
    whole: float = Field(default=1.0, gt=0, description="what a share of everything would read")
    coverage: tuple[Coverage, ...] = Field(
        default=(), description="over which span the source sees; one, or a list of them"
    )
    lag: Duration | Release = Field(
        default=timedelta(days=1),
        description="from a period's end until its value could be known",
    )
    assertions: Assertions = Field(
        default=Assertions(), description="what holds of the source, as a rule"
    )
    forecast: bool = Field(
        default=True, description="false: its values serve others, and are not forecast"
    )
    horizon: int | None = Field(
        default=None, ge=1, le=120, description="periods ahead; the default follows the frequency"
    )
    methods: tuple[str, ...] = Field(
        default=(), description="forecasting methods to try; without it all that are installed"
    )
    thresholds: tuple[Threshold, ...] = Field(
        default=(), max_length=20, description="which probabilities are published"
    )
    alerts: tuple[Rule, ...] = Field(default=(), max_length=20, description="when to tell")
    attribution: str = Field(default="", max_length=500, description="whom to name as the source")
    license: License | None = None

    @field_validator("compose")
    @classmethod
    def _has_one_origin(cls, compose: Compose | None, info: ValidationInfo) -> Compose | None:
        collect = info.data.get("collect", "refused")
        if collect is None and compose is None:
            raise ValueError(
                "an indicator needs 'collect': where the values come from, "
                "or 'compose': of which other indicators they are made"
            )
        if compose is not None and isinstance(collect, Collect):
            raise ValueError("an indicator has either 'collect' or 'compose', not both")
        return compose

    @field_validator("coverage", "assertions")
    @classmethod
    def _is_said_of_a_source(cls, said: object, info: ValidationInfo) -> object:
        if info.data.get("compose") is not None and said not in ((), Assertions()):
            raise ValueError(
                f"{info.field_name} is said of a source; what is composed takes it from its inputs"
            )
        return said

    @field_validator("thresholds", "alerts")
    @classmethod
    def _needs_a_forecast(cls, said: tuple[object, ...], info: ValidationInfo) -> object:
        if said and not info.data.get("forecast", True):
            raise ValueError(f"{info.field_name} need a forecast, and 'forecast' is false")
        return said

    @field_validator("lag")
    @classmethod
    def _lag_is_of_this_life(cls, lag: timedelta | Release) -> timedelta | Release:
        return lag if isinstance(lag, Release) else check_lag(lag)

    @field_validator("thresholds")
    @classmethod
    def _thresholds_have_names_of_their_own(
        cls, thresholds: tuple[Threshold, ...]
    ) -> tuple[Threshold, ...]:
        refuse(*repeated([threshold.id for threshold in thresholds], "threshold"))
        return thresholds

    @field_validator("alerts")
    @classmethod
    def _alerts_name_thresholds(
        cls, alerts: tuple[Rule, ...], info: ValidationInfo
    ) -> tuple[Rule, ...]:
        faults = repeated([rule.id for rule in alerts], "alert")
        if "thresholds" in info.data:
            known = [threshold.id for threshold in info.data["thresholds"]]
            faults += [
                Fault(
                    f"no threshold named {rule.probability!r}"
                    f"{did_you_mean(rule.probability, known) or '; the file declares none'}",
                    (place, "probability"),
                )
                for place, rule in enumerate(alerts)
                if rule.probability is not None and rule.probability not in known
            ]
        refuse(*faults)
        return alerts


class Definition(Declaration):
    """A declaration under its id: what is in force until another version is."""

    id: Identifier

    @cached_property
    def digest(self) -> str:
        """Return `sha256:…` of the content: the same words, the same digest."""
        text = self.model_dump_json(by_alias=True, exclude_defaults=True)
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()

    @property
    def asked(self) -> Collect:
        """Return what is asked of its source; what is composed has none."""
        if self.collect is None:
            raise ValueError(f"{self.id} is {self.made_of}; nothing collects it")
        return self.collect

    @property
    def inputs(self) -> tuple[str, ...]:
        """List the indicators of which it is composed; none, if a source gives its values."""
        return self.compose.indicators if self.compose else ()

    @property
    def made_of(self) -> str:
        """Name what its values come from, within a sentence."""
        if self.compose is None:
            return f"collected from {self.asked.source}"
        return f"composed of {' and '.join(self.inputs)}"

    @cached_property
    def sieve(self) -> str:
        """Name what a counting source keeps for it: under other options, it counts afresh."""
        asked = self.asked.model_dump_json(exclude={"schedule", "on_missed"})
        text = asked + ",".join(self.scopes)
        return f"{self.id}@{hashlib.sha256(text.encode()).hexdigest()[:12]}"

    @property
    def scopes(self) -> tuple[str, ...]:
        """List the scopes of its series."""
        return self.for_each.scopes if self.for_each else (WORLD,)

    @cached_property
    def release(self) -> Release:
        """Return when its source publishes."""
        return self.lag if isinstance(self.lag, Release) else Release(after=self.lag)

    def known_at(self, period: Period) -> datetime:
        """Return when the world could know a value whose publication time nobody recorded."""
        return self.release.moment(period.ends_at)

    @property
    def keys(self) -> tuple[SeriesKey, ...]:
        """List its series."""
        return tuple(SeriesKey(self.id, scope) for scope in self.scopes)

    @property
    def steps(self) -> int:
        """Count the periods that a forecast reaches: the horizon, and every threshold's end."""
        horizon = self.horizon or _HORIZONS[self.frequency]
        return max([horizon, *(threshold.within for threshold in self.thresholds)])

    def title_for(self, scope: str) -> str:
        """Fill the title's placeholders for one scope."""
        return fill(self.title, scope)


def fill(text: str, scope: str) -> str:
    """Put a scope's names in the place of `{a}`, `{b}`, `{dyad}` and `{actor}`."""
    actors = actors_of(scope)
    names = {"dyad": scope, "actor": scope, "a": actors[0] if actors else scope}
    names["b"] = actors[-1] if actors else scope
    for name, value in names.items():
        text = text.replace("{" + name + "}", value)
    return text
