"""Panels whose factor is known: what moves them, and inputs of months and quarters with noise."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from forecaster.domain.compose import Compose
from forecaster.domain.forecast import Inputs
from forecaster.domain.indicator import Definition, Family, Role
from forecaster.domain.nowcast import Ingredient
from forecaster.domain.observation import Observation
from forecaster.domain.period import Frequency, Period
from forecaster.domain.sourcing import Collect, License

FIRST = Period(frequency=Frequency.MONTH, start=date(2010, 1, 1))
SCOPE = "WORLD"

_LATER = datetime(2200, 1, 1, tzinfo=UTC)
_LOADINGS = (0.5, 1.0)


@dataclass(frozen=True)
class Kind:
    """How panels of a kind are drawn."""

    name: str
    months: int
    monthly: int
    quarterly: int
    memory: float = 0.8
    noise: float = 1.0
    noise_memory: float = 0.0
    counts: bool = False
    together: bool = True
    """False: nothing moves the inputs together."""
    cut: int = 0
    """Months at the end of which the first input alone is known."""


KINDS = (
    Kind("2 months, 2 quarters", 160, 2, 2),
    Kind("the same, ragged", 160, 2, 2, cut=5),
    Kind("the same, short", 60, 2, 2),
    Kind("noise with a memory", 160, 2, 2, noise_memory=0.6),
    Kind("slow factor", 160, 2, 2, memory=0.95),
    Kind("3 quarters", 160, 0, 3),
    Kind("6 of each, clear", 160, 6, 6, noise=0.6),
    Kind("sparse counts", 160, 2, 2, counts=True),
    Kind("nothing in common", 160, 2, 2, together=False),
)


@dataclass(frozen=True)
class Panel:
    """A factor (months,), and its inputs (months, n), a quarter's value in its last month."""

    level: NDArray[np.float64]
    values: NDArray[np.float64]
    quarterly: NDArray[np.bool_]
    counts: bool

    @property
    def truth(self) -> NDArray[np.float64]:
        """Return the factor in standard deviations from its own mean."""
        return (self.level - self.level.mean()) / self.level.std()

    def inputs(self) -> Inputs:
        """Return what the service would be asked."""
        ingredients, seen = [], []
        for place, quarterly in enumerate(self.quarterly):
            one = Ingredient(_declared(f"input-{place}", self.counts, quarterly), SCOPE, None)
            ingredients.append(one)
            seen += _observed(one, self.values[:, place], 10_000 * place)
        names = tuple(one.definition.id for one in ingredients)
        depth = _declared("depth", counts=False, quarterly=False)
        depth = depth.model_copy(update={"collect": None, "compose": Compose(factor=names)})
        return Inputs(
            definition=depth,
            scope=SCOPE,
            observations=tuple(seen),
            as_of=_LATER,
            ingredients=tuple(ingredients),
        )


def drawn(kind: Kind, seed: int) -> Panel:
    """Draw a panel."""
    rng = np.random.default_rng(seed)
    level = _walk(rng, kind.months, kind.memory)
    n = kind.monthly + kind.quarterly
    quarterly = np.arange(n) >= kind.monthly
    values = np.full((kind.months, n), np.nan)
    for place in range(n):
        moved = rng.uniform(*_LOADINGS) * level * kind.together
        if quarterly[place]:
            moved = moved[: kind.months // 3 * 3].reshape(-1, 3).mean(axis=1)
        noise = _walk(rng, moved.size, kind.noise_memory ** (3 if quarterly[place] else 1))
        # A quarter averages its months' noise, too.
        told = moved + kind.noise * noise * (0.6 if quarterly[place] else 1.0)
        told = rng.poisson(np.exp(told - 0.5)).astype(float) if kind.counts else told
        if quarterly[place]:
            values[2 : 3 * told.size : 3, place] = told
        else:
            values[:, place] = told
    if kind.cut:
        values[-kind.cut :, 1:] = np.nan
    return Panel(level, values, quarterly, kind.counts)


def _walk(rng: np.random.Generator, n: int, memory: float) -> NDArray[np.float64]:
    """Draw an autoregression of unit variance."""
    walk = rng.standard_normal(n)
    for place in range(1, n):
        walk[place] = memory * walk[place - 1] + np.sqrt(1 - memory**2) * walk[place]
    return walk


def _declared(name: str, counts: bool, quarterly: bool) -> Definition:
    return Definition(
        id=name,
        title=name,
        role=Role.OPERATIONAL,
        unit="units",
        frequency=Frequency.QUARTER if quarterly else Frequency.MONTH,
        family=Family.COUNT if counts else Family.REAL,
        collect=Collect(source="history"),
        attribution="Nobody",
        license=License(name="CC0", redistribution="yes"),
    )


def _observed(one: Ingredient, values: NDArray[np.float64], number: int) -> list[Observation]:
    frequency = one.definition.frequency
    return [
        Observation(
            id=number + int(month) + 1,
            indicator=one.definition.id,
            scope=SCOPE,
            period=(period := Period.containing(FIRST.shift(int(month)).start, frequency)),
            value=float(values[month]),
            known_at=period.ends_at + timedelta(days=1),
            recorded_at=period.ends_at + timedelta(days=1),
            definition=one.definition.digest,
        )
        for month in np.flatnonzero(np.isfinite(values))
    ]
