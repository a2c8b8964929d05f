"""What a YAML declares: an indicator, its source, its thresholds and its alert rules."""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import ConfigDict, Field, ValidationInfo, field_validator, model_validator

from forecaster.domain.actors import WORLD
from forecaster.domain.alert import ID_PATTERN, Rule
from forecaster.domain.assertions import Assertions
from forecaster.domain.base import Frozen
from forecaster.domain.breaks import Break
from forecaster.domain.compose import Compose
from forecaster.domain.consistent import Consistent
from forecaster.domain.coverage import Coverage
from forecaster.domain.duration import Duration
from forecaster.domain.errors import NothingToCollect, did_you_mean
from forecaster.domain.example import Example
from forecaster.domain.faults import Fault, refuse, repeated
from forecaster.domain.for_each import ForEach, fill
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


class Status(StrEnum):
    """What is done with an indicator."""

    ACTIVE = "active"
    PAUSED = "paused"  # neither collected nor forecast: what stands grows older
    HIDDEN = "hidden"  # as an active one, but lists leave it out
    RETIRED = "retired"  # as if its file were gone; its history stays


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


class Declaration(Consistent):
    """What one YAML file says; the file's stem is the indicator's id."""

    title: str = Field(
        min_length=1,
        max_length=120,
        description="what people read; may hold {a} {b} {dyad}, or {actor}",
    )
    description: str = Field(
        default="", max_length=2000, description="what it is evidence of, and what it cannot say"
    )
    proves: str = Field(
        default="", max_length=600, description="what it is evidence of, in a sentence or two"
    )
    cannot_say: str = Field(
        default="", max_length=600, description="what must not be read into it"
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
        default=Family.AUTO, description="what kind of number they are; auto: as the data show"
    )
    whole: float = Field(default=1.0, gt=0, description="what a share of everything would read")
    coverage: tuple[Coverage, ...] = Field(
        default=(), description="over which span the source sees; one, or a list of them"
    )
    lag: Duration | Release = Field(
        default=timedelta(days=1),
        description="from a period's end until its value could be known",
    )
    breaks: tuple[Break, ...] = Field(default=(), max_length=20, description="known breaks")
    drivers: tuple[Identifier, ...] = Field(
        default=(), max_length=5, description="other indicators that may run ahead of it"
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
    attribution: str = Field(
        min_length=1, max_length=500, description="whom to name as the source"
    )
    license: License = Field(
        description="under which terms its values may be shown: "
        "{name: CC BY 4.0, redistribution: derived}"
    )
    status: Status = Field(
        default=Status.ACTIVE,
        description="active; paused: not collected; hidden: not listed; retired: as if deleted",
    )
    superseded_by: Identifier | None = Field(
        default=None, description="the indicator to use in its place"
    )
    formerly: tuple[Identifier, ...] = Field(
        default=(), max_length=10, description="ids that it had before: their history is its own"
    )
    tests: tuple[Example, ...] = Field(
        default=(),
        max_length=50,
        exclude=True,  # they say nothing about its values: neither digest nor record has them
        description="what must come of what is given; 'forecaster check' runs them",
    )

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

    @field_validator("tests")
    @classmethod
    def _tests_speak_of_what_is_declared(
        cls, tests: tuple[Example, ...], info: ValidationInfo
    ) -> tuple[Example, ...]:
        refuse(
            *(
                Fault(fault.message, (place, *fault.at))
                for place, test in enumerate(tests)
                for fault in test.strangers(
                    scopes=_scopes(info.data["for_each"]) if "for_each" in info.data else None,
                    thresholds=_ids(info.data.get("thresholds")),
                    alerts=_ids(info.data.get("alerts")),
                )
            )
        )
        return tests


class Definition(Declaration):
    """A declaration under its id: what is in force until another version is."""

    id: Identifier

    @cached_property
    def digest(self) -> str:
        """Return `sha256:…` of the content: the same words, the same digest."""
        text = self.model_dump_json(
            by_alias=True, exclude_defaults=True, exclude={"status", "superseded_by", "formerly"}
        )
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()

    @property
    def asked(self) -> Collect:
        """Return what is asked of its source; what is composed has none."""
        if self.collect is None:
            raise NothingToCollect(self.id, self.inputs)
        return self.collect

    @property
    def inputs(self) -> tuple[str, ...]:
        """List the indicators of which it is composed; none, if a source gives its values."""
        return self.compose.indicators if self.compose else ()

    @property
    def is_factor(self) -> bool:
        """Say whether it is estimated from its inputs, so that it has no values of its own."""
        return self.compose is not None and self.compose.factor is not None

    @cached_property
    def sieve(self) -> str:
        """Name what a counting source keeps for it: under other options, it counts afresh."""
        return self.sieve_of(self.id)

    def sieve_of(self, name: str) -> str:
        """Name what a counting source would keep for it under another id."""
        asked = self.asked.model_dump_json(exclude={"schedule", "on_missed"})
        text = asked + ",".join(self.scopes)
        return f"{name}@{hashlib.sha256(text.encode()).hexdigest()[:12]}"

    @property
    def scopes(self) -> tuple[str, ...]:
        """List the scopes of its series."""
        return _scopes(self.for_each)

    @property
    def is_closed(self) -> bool:
        """Say whether not even what was computed from the values may be shown."""
        return self.license.redistribution == "no"

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


def _scopes(for_each: ForEach | None) -> tuple[str, ...]:
    return for_each.scopes if for_each else (WORLD,)


def _ids(declared: tuple[Threshold, ...] | tuple[Rule, ...] | None) -> tuple[str, ...] | None:
    return None if declared is None else tuple(each.id for each in declared)
