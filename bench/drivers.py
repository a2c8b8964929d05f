"""Measure what drivers are worth: on counts and onsets that are led, and on those that are not."""

import argparse
import time
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from forecaster.domain.forecast import Driver, Inputs
from forecaster.domain.indicator import Collect, Definition, Family, Role
from forecaster.domain.observation import Observation
from forecaster.domain.period import Frequency, Period
from forecaster.domain.sourcing import License
from forecaster.model.choice import decide
from forecaster.model.methods.driven import Learnt
from forecaster.model.rehearsing import rehearse
from forecaster.model.rolling import Rehearsal

Series = NDArray[np.float64]
SIZE, STEPS, LONGEST = 160, 6, 6
FIRST = Period.containing(datetime(2001, 1, 1, tzinfo=UTC).date(), Frequency.MONTH)
LATER = datetime(2200, 1, 1, tzinfo=UTC)


def main() -> None:
    """Print a row for each family and strength of the lead."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=40, help="in each row")
    asked = parser.parse_args()
    rng = np.random.default_rng(1)
    print(f"{SIZE} months, {STEPS} steps, leads by 1 to {LONGEST}; effect on the log (log-odds)")
    print("of 1 + driver; CRPS over the later half of the origins, led / not led")
    print("family effect  found  lag right  in the pool  CRPS of pool  CRPS published  seconds")
    for family in (Family.COUNT, Family.BINARY):
        for effect in (0.0, 1.0, 2.0):
            row(family, effect, asked.series, rng)


def row(family: Family, effect: float, series: int, rng: np.random.Generator) -> None:
    """Print how often the lead is found and used, and what that gains."""
    began = time.perf_counter()
    found = right = 0
    share, scores = 0.0, []
    for _ in range(series):
        lag = int(rng.integers(1, LONGEST + 1))
        values, lead = led(family, effect, lag, rng)
        with_it, alone = (rehearse(inputs(values, one, family)) for one in (lead, None))
        if "driven" in with_it.parameters:
            found += 1
            leads = Learnt.model_validate(with_it.parameters["driven"]).leads
            right += leads[0].lag == lag
            shares = with_it.tested.shares(with_it.tested.known_now)
            share += shares[with_it.tested.names.index("driven")]
        scores.append([*later(with_it), *later(alone)])
    pool, published, pool_alone, published_alone = np.sum(scores, axis=0)
    print(
        f"{family:6s} {effect:6g} {found / series:6.0%} {right / series:10.0%} "
        f"{share / series:12.2f} {pool / pool_alone:13.3f} {published / published_alone:15.3f} "
        f"{(time.perf_counter() - began) / series / 2:8.2f}"
    )


def later(rehearsed: Rehearsal) -> tuple[float, float]:
    """Return the CRPS of the pool and of what is published, over the later half."""
    tested = rehearsed.tested
    means = np.nanmean(tested.scores[tested.moments.size // 2 :], axis=(0, 2))
    return float(means[-1]), float(means[tested.names.index(decide(tested, 1).choice)])


def led(
    family: Family, effect: float, lag: int, rng: np.random.Generator
) -> tuple[Series, Series]:
    """Return a series and the counts that run ahead of it."""
    lead = rng.poisson(0.5, SIZE + lag).astype(float)
    pull = effect * np.log1p(lead[:SIZE])
    if family is Family.COUNT:
        mean = np.exp(pull - 0.3)
        return rng.negative_binomial(3, 3 / (3 + mean)).astype(float), lead[lag:]
    return (rng.random(SIZE) < 1 / (1 + np.exp(1.2 - pull))).astype(float), lead[lag:]


def inputs(values: Series, lead: Series | None, family: Family) -> Inputs:
    """Return what a forecast is computed from, each value known a day after its month."""
    declared = Definition(
        id="made",
        title="Made",
        role=Role.OPERATIONAL,
        unit="units",
        frequency=Frequency.MONTH,
        family=family,
        horizon=STEPS,
        collect=Collect(source="history"),
        attribution="Nobody",
        license=License(name="CC0", redistribution="yes"),
        drivers=() if lead is None else ("lead",),
    )
    driver = () if lead is None else (seen_as_driver(lead),)
    return Inputs(
        definition=declared,
        scope="WORLD",
        observations=seen(values),
        as_of=LATER,
        drivers=driver,
    )


def seen_as_driver(lead: Series) -> Driver:
    """Return a driver with every value known."""
    return Driver(
        indicator="lead",
        scope="WORLD",
        frequency=Frequency.MONTH,
        is_count=True,
        observations=seen(lead),
    )


def seen(values: Series) -> tuple[Observation, ...]:
    """Observe one month after the other."""
    periods = [FIRST.shift(place) for place in range(values.size)]
    return tuple(
        Observation(
            id=place + 1,
            indicator="made",
            scope="WORLD",
            period=period,
            value=float(value),
            known_at=period.ends_at + timedelta(days=1),
            recorded_at=period.ends_at + timedelta(days=1),
            definition="sha256:0",
        )
        for place, (period, value) in enumerate(zip(periods, values, strict=True))
    )


if __name__ == "__main__":
    main()
