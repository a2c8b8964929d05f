"""How an indicator is composed of others: one operation, and the series that it takes."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, field_validator, model_validator

from forecaster.domain.actors import check_scope
from forecaster.domain.alert import ID_PATTERN
from forecaster.domain.base import Frozen
from forecaster.domain.faults import Fault, refuse
from forecaster.domain.period import Frequency

Aggregate = Literal["sum", "mean", "last"]

IndicatorId = Annotated[str, Field(pattern=ID_PATTERN, max_length=60)]

_NESTED = frozenset({
    ("day", "week"), ("day", "month"), ("day", "quarter"), ("day", "year"),
    ("month", "quarter"), ("month", "year"), ("quarter", "year"),
})  # fmt: skip
"""Which periods lie whole in which others; a week may lie in two months."""

_PLACEHOLDERS = frozenset({"{a}", "{b}", "{dyad}", "{actor}"})


class Reference(Frozen):
    """A series of another indicator, where its id alone does not name it."""

    indicator: IndicatorId = Field(description="the other indicator's id")
    scope: str | None = Field(
        default=None,
        description="WORLD, a country, a dyad, or {a}, {b}; without it the same scope",
    )
    aggregate: Aggregate | None = Field(
        default=None,
        description="how its shorter periods, all known, make one of ours: sum, mean or last",
    )
    over: int | None = Field(
        default=None, ge=2, le=600, description="sum so many last periods of ours, all known"
    )

    @field_validator("scope")
    @classmethod
    def _is_a_scope(cls, scope: str | None) -> str | None:
        return scope if scope is None or scope in _PLACEHOLDERS else check_scope(scope)

    @property
    def label(self) -> str:
        """Name it, shortly."""
        return f"{self.indicator}/{self.scope}" if self.scope else self.indicator


Part = IndicatorId | Reference
Two = Annotated[tuple[Part, ...], Field(min_length=2, max_length=2)]
Several = Annotated[tuple[Part, ...], Field(min_length=2, max_length=20)]
Inputs = Annotated[tuple[Part, ...], Field(min_length=3, max_length=12)]


class ZScore(Frozen):
    """How far a value lies from those of the periods before it, in their standard deviations."""

    of: Part = Field(description="the series")
    window: int = Field(
        ge=3, le=600, description="with so many periods before it is compared, never with itself"
    )
    at_least: int | None = Field(
        default=None, ge=3, description="so many of them must have a value; without it all"
    )

    @model_validator(mode="after")
    def _needs_no_more_than_there_are(self) -> Self:
        if self.at_least is not None and self.at_least > self.window:
            message = f"at_least, {self.at_least}, is more than window, {self.window}"
            refuse(Fault(message, ("at_least",)))
        return self


class Rolling(Frozen):
    """A sum, mean or extreme of the last periods, the period itself included."""

    of: Part = Field(description="the series")
    window: int = Field(ge=2, le=600, description="how many periods; all must have a value")
    how: Literal["sum", "mean", "min", "max"] = Field(
        default="sum", description="sum, mean, min or max of their values"
    )


class AfterEvents(Frozen):
    """What came after events against what came before them, in the periods that have events."""

    of: Part = Field(description="the counts that are held against the events, such as acts")
    events: Part | Annotated[tuple[Part, ...], Field(min_length=1, max_length=10)] = Field(
        description="counts of events, one series or a list; a day (period) above 0 is one"
    )
    within: int = Field(
        ge=1,
        le=400,
        description="so many periods of these series after each event, and as many before; "
        "days, where they are told by the day; the event's own counts on neither side",
    )
    how: Literal["ratio", "difference"] = Field(
        default="ratio", description="after / before (undefined if nothing was before), or minus"
    )


POINTWISE: tuple[Literal["ratio", "difference", "share"], ...] = ("ratio", "difference", "share")
_LISTS = (*POINTWISE, "factor")
_OPERATIONS = (*_LISTS, "zscore", "rolling", "after_events")


class Compose(Frozen):
    """Of which other series the values are made, as of the same moment; one operation."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": [name]} for name in _OPERATIONS]}
    )

    ratio: Two | None = Field(default=None, description="[a, b]: a / b; undefined where b is 0")
    difference: Two | None = Field(default=None, description="[a, b]: a - b")
    share: Several | None = Field(
        default=None, description="[a, b, …]: a as a share of the sum of all, times 'whole'"
    )
    zscore: ZScore | None = Field(
        default=None, description="{of: a, window: 52}: against the periods before"
    )
    rolling: Rolling | None = Field(
        default=None, description="{of: a, window: 4, how: sum}: over the last periods"
    )
    after_events: AfterEvents | None = Field(
        default=None, description="{of: acts, events: crises, within: 30}: after against before"
    )
    factor: Inputs | None = Field(
        default=None, description="[a, b, c, …]: what moves them all, estimated by the month"
    )

    @model_validator(mode="after")
    def _is_one_operation(self) -> Self:
        named = [name for name in _OPERATIONS if getattr(self, name) is not None]
        if len(named) != 1:
            found = " and ".join(named) or "none"
            raise ValueError(f"name one of {', '.join(_OPERATIONS)}; here: {found}")
        return self

    @model_validator(mode="after")
    def _takes_each_once(self) -> Self:
        labels = [one.label for one in self.references] if self.factor else []
        refuse(
            *(
                Fault(f"{label!r} stands there twice; it would count double", ("factor", place))
                for place, label in enumerate(labels)
                if label in labels[:place]
            )
        )
        return self

    @property
    def operation(self) -> str:
        """Name what is done."""
        return next(name for name in _OPERATIONS if getattr(self, name) is not None)

    @property
    def parts(self) -> tuple[tuple[tuple[str | int, ...], Reference], ...]:
        """List the series that it takes, each with its place in the YAML."""
        return tuple(
            (path, Reference(indicator=part) if isinstance(part, str) else part)
            for path, part in _places(self)
        )

    @property
    def references(self) -> tuple[Reference, ...]:
        """List the series that it takes, in the order of its operation."""
        return tuple(reference for _, reference in self.parts)

    @property
    def indicators(self) -> tuple[str, ...]:
        """List the indicators of which it is composed, each once."""
        return tuple(dict.fromkeys(reference.indicator for reference in self.references))


def nests(finer: Frequency, coarser: Frequency) -> bool:
    """Say whether every period of one frequency lies whole in one of another."""
    return (finer.value, coarser.value) in _NESTED


def _places(compose: Compose) -> list[tuple[tuple[str | int, ...], Part]]:
    for name in _LISTS:
        if (parts := getattr(compose, name)) is not None:
            return [((name, place), part) for place, part in enumerate(parts)]
    if (one := compose.zscore or compose.rolling) is not None:
        return [((compose.operation, "of"), one.of)]
    after = compose.after_events
    if after is None:
        return []
    events: list[tuple[tuple[str | int, ...], Part]]
    if isinstance(after.events, tuple):
        listed = enumerate(after.events)
        events = [(("after_events", "events", place), part) for place, part in listed]
    else:
        events = [(("after_events", "events"), after.events)]
    return [(("after_events", "of"), after.of), *events]
