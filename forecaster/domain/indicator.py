"""What a YAML declares: an indicator, its source, its thresholds and its alert rules."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator

from forecaster.domain.actors import CORE_DYADS, WORLD, Actor, Dyad, actors_of
from forecaster.domain.alert import Rule
from forecaster.domain.base import Frozen
from forecaster.domain.coverage import Coverage
from forecaster.domain.duration import Duration
from forecaster.domain.observation import SeriesKey
from forecaster.domain.period import Frequency

ID_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
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


class ForEach(Frozen):
    """Which series one file stands for: one per dyad, or one per actor."""

    dyad: Literal["all"] | tuple[Dyad, ...] | None = None
    actor: tuple[Actor, ...] | None = None

    @model_validator(mode="after")
    def _names_one_kind(self) -> Self:
        if (self.dyad is None) == (self.actor is None):
            raise ValueError("name either dyads or actors: {dyad: all} or {actor: [CHN, RUS]}")
        if len(set(self.scopes)) < len(self.scopes) or not self.scopes:
            raise ValueError("name at least one scope, and each only once")
        return self

    @property
    def scopes(self) -> tuple[str, ...]:
        """List the scopes in the order in which they were declared."""
        if self.dyad == "all":
            return CORE_DYADS
        return self.dyad or self.actor or ()


class Collect(Frozen):
    """Where the values come from and when to ask; the source's own options stand beside these."""

    source: str
    schedule: str = Field(default="0 6 * * *", description="cron: minute hour day month weekday")
    options: Mapping[str, JsonValue] = {}


class Threshold(Frozen):
    """Which probability is published: that the path crosses a value within so many periods."""

    id: Identifier
    above: float | None = None
    below: float | None = None
    within: int = Field(ge=1, le=120, description="periods after the last covered one")

    @model_validator(mode="after")
    def _has_one_side(self) -> Self:
        if (self.above is None) == (self.below is None):
            raise ValueError("a threshold has either 'above' or 'below'")
        return self


class License(Frozen):
    """Under which terms the source's values may be shown."""

    name: str
    redistribution: Literal["yes", "derived", "no"]


class Declaration(Frozen):
    """What one YAML file says; the file's stem is the indicator's id."""

    title: str = Field(min_length=1, max_length=120)
    description: str = ""
    role: Role
    unit: str = Field(min_length=1, max_length=80)
    frequency: Frequency
    collect: Collect
    for_each: ForEach | None = None
    family: Family = Family.AUTO
    whole: float = Field(default=1.0, gt=0, description="what a share of everything would read")
    coverage: tuple[Coverage, ...] = ()
    lag: Duration = timedelta(days=1)
    horizon: int | None = Field(default=None, ge=1, le=120, description="periods ahead")
    methods: tuple[str, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    alerts: tuple[Rule, ...] = ()
    attribution: str = ""
    license: License | None = None

    @model_validator(mode="after")
    def _alerts_name_thresholds(self) -> Self:
        known = [threshold.id for threshold in self.thresholds]
        if len(set(known)) < len(known):
            raise ValueError("each threshold needs an id of its own")
        for rule in self.alerts:
            if rule.probability is not None and rule.probability not in known:
                raise ValueError(
                    f"alert {rule.id!r} watches the probability {rule.probability!r}, but the "
                    f"thresholds are: {', '.join(known) or 'none'}"
                )
        return self


class Definition(Declaration):
    """A declaration under its id: what is in force until another version is."""

    id: Identifier

    @cached_property
    def digest(self) -> str:
        """Return `sha256:…` of the content: the same words, the same digest."""
        text = self.model_dump_json(by_alias=True, exclude_defaults=True)
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()

    @property
    def scopes(self) -> tuple[str, ...]:
        """List the scopes of its series."""
        return self.for_each.scopes if self.for_each else (WORLD,)

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
