"""A forecast as a person holds it in a notebook: quantiles, probabilities, method and skill."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from forecaster.domain.forecast import Fitted, Skill
from forecaster.domain.indicator import Threshold
from forecaster.model import crossing
from forecaster.model.family import FloatArray
from forecaster.model.panel import Panel
from forecaster.model.projecting import paths_ahead, quantiles, window
from forecaster.model.reading import Index, Reading
from forecaster.model.rehearsing import BacktestScore

LEVELS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5)
LEVELS += tuple(round(1 - one, 3) for one in reversed(LEVELS[:-1]))
"""The columns of `Forecast.quantiles`."""
_COLUMNS = pd.Index(LEVELS, name="level")


class Told(NamedTuple):
    """What was computed of the steps with many other series, instead of read from paths."""

    quantiles: FloatArray
    """(levels, steps)"""
    means: FloatArray
    """(steps,)"""


@dataclass(frozen=True)
class Forecast:
    """What is said of the steps after the last value; numbers are computed when asked for."""

    reading: Reading
    fitted: Fitted
    horizon: int
    seed: int
    told: Told | None = None
    """Without it, all numbers are read from paths."""

    @property
    def method(self) -> str:
        """Name what is published: the pool, or the baseline that nothing beat."""
        return self.fitted.choice

    @property
    def weights(self) -> Mapping[str, float]:
        """Return the shares of the methods whose paths these are."""
        return self.fitted.weights

    @property
    def skill(self) -> Skill | None:
        """Return the skill against the baseline, with its 80 % interval, or none if unjudged."""
        return self.fitted.skill

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return what the fit met, and why the choice fell as it did."""
        return (*self.fitted.warnings, self.fitted.note)

    @cached_property
    def index(self) -> Index:
        """Return the periods ahead, in the manner of the series' own index."""
        return self.reading.ahead(self.horizon)

    @cached_property
    def panel(self) -> Panel:
        """Return the series as the methods see it."""
        return window(self.reading.history, self.fitted)

    @cached_property
    def paths(self) -> FloatArray:
        """Return the paths (1000, horizon) of which every number is read that was not told."""
        return paths_ahead(self.panel, self.fitted, self.horizon, self.seed)

    @cached_property
    def quantiles(self) -> pd.DataFrame:
        """Return quantiles: a row a step, a column a level."""
        if self.told is None:
            read = quantiles(self.paths, self.fitted.family, LEVELS)
        else:
            read = self.told.quantiles
        return pd.DataFrame(read.T, index=self.index, columns=_COLUMNS)

    @cached_property
    def mean(self) -> "pd.Series[float]":
        """Return the mean of each step."""
        means = self.paths.mean(axis=0) if self.told is None else self.told.means
        return pd.Series(means, index=self.index, name="mean")

    def probability(
        self, *, above: float | None = None, below: float | None = None, within: int | None = None
    ) -> float:
        """Return the probability that a step crosses a value: any, or one of the first `within`.

        It claims no more than the number of values known can resolve (`crossing.limit`).
        """
        steps = self.horizon if within is None else within
        if not 1 <= steps <= self.horizon:
            raise ValueError(f"within is 1 to {self.horizon}, the horizon, not {steps}")
        asked = Threshold(id="asked", above=above, below=below, within=steps)
        return crossing.probability(self.paths, asked, self.panel.places.size)

    def update(self, new: "pd.Series[Any] | float") -> "Forecast":
        """Return the forecast once later values are known; nothing is fitted again.

        `new` is a series that begins after the last value, or the one next value.
        """
        if not isinstance(new, pd.Series):
            new = pd.Series([float(new)], index=self.reading.ahead(1))
        reading = self.reading.extended(new)
        return Forecast(reading, self.fitted, self.horizon, self.seed)

    def to_frame(self) -> pd.DataFrame:
        """Return the mean and the quantiles of each step in one table."""
        return pd.concat([self.mean, self.quantiles], axis=1)

    def plot(self) -> Any:
        """Draw the series and its fan of 50, 80 and 95 % intervals (an Altair chart)."""
        from forecaster.model.picture import fan  # noqa: PLC0415  (Altair only for who looks)

        return fan(
            self.reading.past, self.quantiles, f"{self.method}: median, 50, 80 and 95 % intervals"
        )


@dataclass(frozen=True)
class Scores:
    """How every method did at every step, over the origins of a backtest."""

    rows: tuple[BacktestScore, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each method and step."""
        return pd.DataFrame([row.model_dump() for row in self.rows])

    def plot(self) -> Any:
        """Draw the CRPS of each method by step (an Altair chart)."""
        from forecaster.model.picture import by_step  # noqa: PLC0415  (Altair only for who looks)

        return by_step(self.to_frame())
