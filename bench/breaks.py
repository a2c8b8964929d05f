"""Measure the test for breaks: critical values, false alarms, what is found, what it gains."""

import argparse
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from forecaster.domain.forecast import Inputs
from forecaster.domain.indicator import Collect, Definition, Family, Role
from forecaster.domain.observation import Observation
from forecaster.domain.period import Frequency, Period
from forecaster.domain.sourcing import License
from forecaster.model import breaks, origins, rolling
from forecaster.model.method import roster
from forecaster.model.panel import History, Panel

Series = NDArray[np.float64]
Maker = Callable[[int, np.random.Generator], Series]
SIZES = (30, 60, 120, 240, 600)
LATER = datetime(2200, 1, 1, tzinfo=UTC)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--walks", type=int, default=4_000, help="for each critical value")
    parser.add_argument("--series", type=int, default=400, help="for each rate")
    parser.add_argument("--forecast", type=int, default=40, help="for each gain in CRPS")
    asked = parser.parse_args()
    rng = np.random.default_rng(1)
    critical(asked.walks, rng)
    false_alarms(asked.series, rng)
    found(asked.series, rng)
    gains(asked.forecast, rng)
    cost(rng)


def critical(walks: int, rng: np.random.Generator) -> None:
    """Print the highest F of random walks beside the value that the test uses."""
    print("random walks: 99 % and 99.9 % points of F")
    for size in SIZES:
        season = np.zeros(size, dtype=np.int_)
        steps = [breaks.strongest(walk(size, rng), season) for _ in range(walks)]
        high, extreme = np.quantile([one.f for one in steps], (0.99, 0.999))
        used = steps[0].f - steps[0].excess
        print(f"  n {size:3d}: {high:5.1f} {extreme:5.1f}; used {used:5.1f}")


def false_alarms(series: int, rng: np.random.Generator) -> None:
    """Print how many series without a break are said to have one."""
    print(f"false alarms, of n = {', '.join(map(str, SIZES))}")
    for name, (make, family) in UNBROKEN.items():
        rates = [
            np.mean([bool(settled(make(size, rng), family).notes) for _ in range(series)])
            for size in SIZES
        ]
        print(f"  {name:22s}", *(f"{one:6.1%}" for one in rates))


def found(series: int, rng: np.random.Generator) -> None:
    """Print how many shifts of level are found within three periods of their place."""
    print("found, of 100 and 200 values (shift in standard deviations, values after it)")
    for phi in (0.0, 0.5):
        for shift in (2.0, 2.5, 3.0):
            for after in (12, 16, 24, 40):
                rates = []
                for size in (100, 200):
                    panels = [
                        settled(shifted(size, after, shift, phi, rng), Family.REAL).panel
                        for _ in range(series)
                    ]
                    rates.append(np.mean([abs(one.values.size - after) <= 3 for one in panels]))  # noqa: PLR2004  (as the title says)
                print(f"  AR {phi}, {shift} sd, {after:2d}:", *(f"{one:4.0%}" for one in rates))


def gains(series: int, rng: np.random.Generator) -> None:
    """Print the pool's CRPS over the later half of the origins, against no break awareness."""
    print("CRPS of the pool, as a share of its CRPS without break awareness (n = 120)")
    kinds = {
        "2 sd, 30 after": lambda: shifted(120, 30, 2.0, 0.0, rng),
        "3 sd, 60 after, AR 0.5": lambda: shifted(120, 60, 3.0, 0.5, rng),
        **{
            name: lambda make=make: make(120, rng)
            for name, (make, family) in UNBROKEN.items()
            if family is Family.REAL
        },
    }
    for name, make in kinds.items():
        pairs = [aware_and_not(make()) for _ in range(series)]
        aware, unaware = np.sum(pairs, axis=0)
        print(f"  {name:22s} {aware / unaware:.4f}")


def cost(rng: np.random.Generator) -> None:
    """Print how long one look takes."""
    panel = panel_of(walk(300, rng), Family.REAL)
    began = time.perf_counter()
    for _ in range(100):
        breaks.settled(panel)
    print(f"one look at 300 values: {(time.perf_counter() - began) * 10:.2f} ms")


def aware_and_not(values: Series) -> tuple[float, float]:
    """Return the pool's mean CRPS with and without break awareness."""
    history = history_of(values)
    methods = roster(Family.REAL, ())
    real = breaks.settled
    scores = []
    for look in (real, breaks.Training):
        origins.settled = look
        tested = rolling.run(history, methods, 6, seed=1).tested
        scores.append(float(np.nanmean(tested.scores[tested.moments.size // 2 :, -1])))
    origins.settled = real
    return scores[0], scores[1]


def settled(values: Series, family: Family) -> breaks.Training:
    """Look for breaks in a monthly series."""
    return breaks.settled(panel_of(values, family))


def panel_of(values: Series, family: Family) -> Panel:
    """Return the panel of a monthly series."""
    return Panel(Frequency.MONTH, family, 1.0, 24_000, values, np.full(values.size, np.nan))


def history_of(values: Series) -> History:
    """Return the history of a monthly series, each value known a day after its month."""
    declared = Definition(
        id="made",
        title="Made",
        role=Role.CONTEXT,
        unit="units",
        frequency=Frequency.MONTH,
        family=Family.REAL,
        collect=Collect(source="history"),
        attribution="Nobody",
        license=License(name="CC0", redistribution="yes"),
    )
    periods = [Period.at(24_000 + place, Frequency.MONTH) for place in range(values.size)]
    seen = [
        Observation(
            id=place + 1,
            indicator="made",
            scope="WORLD",
            period=period,
            value=float(values[place]),
            known_at=period.ends_at + timedelta(days=1),
            recorded_at=period.ends_at + timedelta(days=1),
            definition="sha256:0",
        )
        for place, period in enumerate(periods)
    ]
    asked = Inputs(definition=declared, scope="WORLD", observations=tuple(seen), as_of=LATER)
    return History.of(asked.definition, asked.observations, asked.as_of)


def autoregression(phi: float) -> Maker:
    """Return a maker of autoregressions with unit innovations."""

    def make(size: int, rng: np.random.Generator) -> Series:
        values = rng.normal(size=size + 50)
        for place in range(1, values.size):
            values[place] += phi * values[place - 1]
        return values[50:]

    return make


def walk(size: int, rng: np.random.Generator) -> Series:
    """Return a random walk."""
    return rng.normal(size=size).cumsum()


def seasonal(size: int, rng: np.random.Generator) -> Series:
    """Return a year's wave with noise."""
    return 5 * np.sin(2 * np.pi * np.arange(size) / 12) + rng.normal(size=size)


def counts(rate: float) -> Maker:
    """Return a maker of Poisson counts with at least one event."""
    return lambda size, rng: np.append(rng.poisson(rate, size - 1), 1).astype(float)


def bursts(size: int, rng: np.random.Generator) -> Series:
    """Return zeros with rare bursts of a few periods."""
    on = np.zeros(size, dtype=bool)
    for start in np.flatnonzero(rng.random(size) < 0.03):  # noqa: PLR2004  (how rare)
        on[start : start + rng.geometric(0.2)] = True
    return np.append(np.where(on, rng.negative_binomial(1, 0.1, size), 0)[1:], 1).astype(float)


def shifted(size: int, after: int, shift: float, phi: float, rng: np.random.Generator) -> Series:
    """Return an autoregression whose level shifts, in its own standard deviations."""
    values = autoregression(phi)(size, rng)
    values[size - after :] += shift / np.sqrt(1 - phi**2) * rng.choice((-1, 1))
    return values


UNBROKEN: dict[str, tuple[Maker, Family]] = {
    "noise": (autoregression(0), Family.REAL),
    "AR 0.5": (autoregression(0.5), Family.REAL),
    "AR 0.9": (autoregression(0.9), Family.REAL),
    "random walk": (walk, Family.REAL),
    "walk with t(3) steps": (lambda n, rng: rng.standard_t(3, n).cumsum(), Family.REAL),
    "noise around a level that wanders": (
        lambda n, rng: 0.3 * walk(n, rng) + rng.normal(size=n),
        Family.REAL,
    ),
    "season": (seasonal, Family.REAL),
    "trend": (lambda n, rng: 0.05 * np.arange(n) + rng.normal(size=n), Family.REAL),
    "Cauchy": (lambda n, rng: rng.standard_cauchy(n), Family.REAL),
    "counts, mean 0.05": (counts(0.05), Family.COUNT),
    "counts, mean 2": (counts(2), Family.COUNT),
    "bursts of counts": (bursts, Family.COUNT),
}


if __name__ == "__main__":
    main()
