"""Panels of which the factor is known: inputs of months, quarters and weeks that it moves."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from forecaster.domain.compose import Aggregate, Compose
from forecaster.domain.coverage import Grade
from forecaster.domain.forecast import Inputs
from forecaster.domain.indicator import Definition, Family, Role, Threshold
from forecaster.domain.nowcast import Ingredient
from forecaster.domain.observation import Missing, Observation
from forecaster.domain.period import Frequency, Period
from forecaster.domain.sourcing import License
from forecaster.model.family import FloatArray
from tests.model.series import LATER, definition

SCOPE = "WORLD"
FIRST = Period(frequency=Frequency.MONTH, start="2010-01-01")  # of a quarter, too


def factor_of(names: Sequence[str], above: float = 1.0) -> Definition:
    """Declare a factor of some inputs."""
    return Definition(
        id="depth",
        title="depth",
        role=Role.OPERATIONAL,
        unit="standard deviations",
        frequency=Frequency.MONTH,
        compose=Compose(factor=tuple(names)),
        attribution="Nobody",
        license=License(name="CC0", redistribution="yes"),
        thresholds=(Threshold(id="deep", above=above, within=3),),
        horizon=6,
    )


def ingredient(
    name: str,
    frequency: Frequency = Frequency.MONTH,
    family: Family = Family.REAL,
    aggregate: Aggregate | None = None,
) -> Ingredient:
    """Declare one input."""
    return Ingredient(definition(name=name, frequency=frequency, family=family), SCOPE, aggregate)


def rows(
    name: str,
    values: Sequence[float] | FloatArray,
    *,
    frequency: Frequency = Frequency.MONTH,
    first: Period = FIRST,
    grade: Grade = Grade.FULL,
    late: timedelta = timedelta(days=1),
    number: int = 0,
) -> list[Observation]:
    """Observe one period after the other, each so long after its end; NaN is a coded absence."""
    start = Period.containing(first.start, frequency)
    return [
        Observation(
            id=number + place + 1,
            indicator=name,
            scope=SCOPE,
            period=(period := start.shift(place)),
            value=None if np.isnan(value) else float(value),
            missing=Missing.NOT_REPORTED if np.isnan(value) else None,
            grade=grade,
            known_at=period.ends_at + late,
            recorded_at=period.ends_at + late,
            definition="sha256:0",
        )
        for place, value in enumerate(values)
    ]


def inputs_of(
    ingredients: Sequence[Ingredient],
    seen: Sequence[Observation],
    as_of: datetime = LATER,
    above: float = 1.0,
) -> Inputs:
    """Return what a factor is asked from."""
    return Inputs(
        definition=factor_of([one.definition.id for one in ingredients], above),
        scope=SCOPE,
        observations=tuple(seen),
        as_of=as_of,
        ingredients=tuple(ingredients),
    )


def walk(rng: np.random.Generator, months: int, memory: float = 0.8) -> FloatArray:
    """Draw a factor of unit variance."""
    level = np.empty(months)
    level[0] = rng.normal()
    for month in range(1, months):
        level[month] = memory * level[month - 1] + np.sqrt(1 - memory**2) * rng.normal()
    return level


def quarters_of(months: FloatArray) -> FloatArray:
    """Return the mean of each whole quarter."""
    whole = months.size // 3 * 3
    return months[:whole].reshape(-1, 3).mean(axis=1)


def made(
    seed: int, *, months: int = 120, memory: float = 0.8, noise: float = 0.7
) -> tuple[FloatArray, Inputs]:
    """Draw a factor, and two monthly and two quarterly inputs that it moves."""
    rng = np.random.default_rng(seed)
    level = walk(rng, months, memory)
    ingredients, seen = [], []
    for place, name in enumerate(("m-one", "m-two", "q-one", "q-two")):
        frequency = Frequency.QUARTER if name.startswith("q") else Frequency.MONTH
        moved = quarters_of(level) if frequency is Frequency.QUARTER else level
        values = rng.uniform(0.6, 1.0) * moved + noise * rng.normal(size=moved.size)
        ingredients.append(ingredient(name, frequency))
        # In units of its own: neither mean nor spread may matter.
        seen += rows(name, 50 + 10 * values, frequency=frequency, number=1000 * place)
    return level, inputs_of(ingredients, seen)


def standardised(level: FloatArray) -> FloatArray:
    """Return a factor in standard deviations from its own mean."""
    return (level - level.mean()) / level.std()
