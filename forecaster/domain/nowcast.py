"""Where the factor behind several series stands: its estimate by the month, and what drives it."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from pydantic import Field

from forecaster.domain.base import Frozen
from forecaster.domain.compose import Aggregate
from forecaster.domain.indicator import Definition
from forecaster.domain.period import Frequency


class Ingredient(NamedTuple):
    """One input of a factor: how it is declared, over which scope, and how months are made."""

    definition: Definition
    scope: str
    aggregate: Aggregate | None

    @property
    def label(self) -> str:
        """Name it."""
        return f"{self.definition.id}/{self.scope}"


class Standing(Frozen):
    """The factor in one month, in standard deviations from its mean over the training span."""

    period: date
    value: float
    interval_90: tuple[float, float]
    inputs: int = Field(description="how many inputs have a value that reaches this month")


class Loading(Frozen):
    """How an input goes along with the factor."""

    input: str
    frequency: Frequency
    aggregate: Aggregate | None
    loading: float = Field(
        description="standard deviations of the input, on its family's scale, for one of it"
    )
    loading_90: tuple[float, float]
    share: float = Field(description="of the input's variance, how much is the factor's")
    weight: float = Field(
        description="its part of all that the inputs' values tell of the factor; together 1"
    )
    values: int
    last: date = Field(description="the last period that has a value")


class News(Frozen):
    """Why the factor of a month is another than the issue before said; the parts sum to it."""

    since: str = Field(alias="from")
    period: date = Field(description="the last month of the issue before")
    change: float
    parts: Mapping[str, float] = Field(description="by input; 'model': what the fit made of it")


class Nowcast(Frozen):
    """The factor as far as anything is known of it; another one with every vintage."""

    period: date
    value: float
    interval_90: tuple[float, float]
    memory: float = Field(description="how much of it is kept from one month to the next")
    months: tuple[Standing, ...]
    loadings: tuple[Loading, ...]
    converged: bool
    news: News | None = None
