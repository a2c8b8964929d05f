"""Series for the tests of the model: observations, definitions and inputs from plain numbers."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from forecaster.domain.coverage import Grade
from forecaster.domain.forecast import Inputs, Previous
from forecaster.domain.indicator import Collect, Definition, Family, Role, Threshold
from forecaster.domain.observation import Missing, Observation
from forecaster.domain.period import Frequency, Period
from forecaster.domain.sourcing import License
from forecaster.model.panel import History, Panel

LATER = datetime(2200, 1, 1, tzinfo=UTC)
FIRST_DAY = {Frequency.DAY: "2001-01-01", Frequency.WEEK: "2001-01-01"}
SHIPPED = Path(__file__).parents[2] / "indicators" / "history" / "series.csv"
FAMILIES = {
    "china-negative": (Family.SHARE, 1000.0),
    "eu-russia": (Family.COUNT, 1.0),
    "gdelt": (Family.REAL, 1.0),
    "gpr": (Family.POSITIVE, 1.0),
    "prk-rus": (Family.COUNT, 1.0),
    "state-media": (Family.SHARE, 1000.0),
    "unga": (Family.SHARE, 1.0),
    "us-troops": (Family.POSITIVE, 1.0),
}


def definition(
    *,
    frequency: Frequency = Frequency.MONTH,
    family: Family = Family.AUTO,
    above: float | None = None,
    within: int = 3,
    whole: float = 1.0,
    horizon: int | None = None,
    methods: tuple[str, ...] = (),
    name: str = "made",
) -> Definition:
    """Declare an indicator, with one threshold if a level is given."""
    thresholds = () if above is None else (Threshold(id="up", above=above, within=within),)
    return Definition(
        id=name,
        title=name,
        role=Role.CONTEXT,
        unit="units",
        frequency=frequency,
        collect=Collect(source="history"),
        attribution="Nobody",
        license=License(name="CC0", redistribution="yes"),
        family=family,
        whole=whole,
        horizon=horizon,
        methods=methods,
        thresholds=thresholds,
    )


def observation(
    place: int,
    value: float | None,
    *,
    frequency: Frequency = Frequency.MONTH,
    number: int | None = None,
    base: float | None = None,
    grade: Grade = Grade.FULL,
    missing: Missing = Missing.NOT_REPORTED,
    late: timedelta = timedelta(days=1),
) -> Observation:
    """Observe the period at a place of a made calendar; no value is a coded absence."""
    first = Period(frequency=frequency, start=FIRST_DAY.get(frequency, "2001-01-01"))
    period = first.shift(place)
    absent = value is None or np.isnan(value)
    return Observation(
        id=place + 1 if number is None else number,
        indicator="made",
        scope="WORLD",
        period=period,
        value=None if absent else value,
        missing=missing if absent else None,
        base=base,
        grade=grade,
        known_at=period.ends_at + late,
        recorded_at=period.ends_at + late,
        pseudo=True,
        definition="sha256:0",
    )


def observations(
    values: Iterable[float], frequency: Frequency = Frequency.MONTH, base: float | None = None
) -> tuple[Observation, ...]:
    """Observe one period after the other, each a day after its end; NaN is a coded absence."""
    return tuple(
        observation(place, float(value), frequency=frequency, base=base)
        for place, value in enumerate(values)
    )


def inputs(
    values: Sequence[float] | np.ndarray, declared: Definition | None = None, *, above: float = 1.0
) -> Inputs:
    """Return inputs with every value known."""
    declared = declared or definition(above=above)
    return from_observations(observations(values, declared.frequency), declared)


def from_observations(seen: Iterable[Observation], declared: Definition) -> Inputs:
    """Return inputs with all of these versions known."""
    return Inputs(definition=declared, scope="WORLD", observations=tuple(seen), as_of=LATER)


def panel(
    values: Sequence[float] | np.ndarray, declared: Definition, *, base: float | None = None
) -> Panel:
    """Return the panel of a made series."""
    seen = observations(values, declared.frequency, base)
    return History.of(declared, seen, LATER).at(np.inf)


def previous(before: Inputs, words: dict[str, str] | None = None) -> Previous:
    """Return an issue before, from its inputs."""
    return Previous(issue="01J0", inputs=before, words=words or {})


def random(seed: int) -> np.random.Generator:
    """Return dice of a fixed seed."""
    return np.random.default_rng(seed)


def shipped() -> Iterator[Inputs]:
    """Return the inputs of every shipped series; the threshold is its 90 % point."""
    rows = defaultdict(list)
    for row in csv.DictReader(SHIPPED.read_text().splitlines()):
        rows[row["series"], row["scope"]].append(row)
    for (name, scope), series in rows.items():
        family, whole = next(kind for start, kind in FAMILIES.items() if name.startswith(start))
        frequency = Frequency(series[0]["frequency"])
        level = float(np.quantile([float(row["value"]) for row in series], 0.9))
        declared = definition(
            frequency=frequency, family=family, whole=whole, above=level, within=2, name=name
        )
        seen = tuple(_read(number, row) for number, row in enumerate(series, start=1))
        yield Inputs(definition=declared, scope=scope, observations=seen, as_of=LATER)


def _read(number: int, row: dict[str, str]) -> Observation:
    period = Period(frequency=row["frequency"], start=row["period_start"])
    known_at = period.ends_at + timedelta(days=1)
    return Observation(
        id=number,
        indicator=row["series"],
        scope=row["scope"],
        period=period,
        value=float(row["value"]),
        base=float(row["n"]) if row["n"] else None,
        known_at=known_at,
        recorded_at=known_at,
        pseudo=True,
        definition="sha256:0",
    )
