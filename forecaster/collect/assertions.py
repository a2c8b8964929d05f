"""Hold a run against what its definition asserts: too few rows, too many, odd values, old ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from forecaster.domain.errors import SourceChanged
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Reading
from forecaster.domain.period import Period

SHRINKS_BY = 0.5
"""A source that gives its whole table may lose this share of it, unless `rows_change` is given."""


@dataclass(frozen=True)
class Volume:
    """How much a run has read: rows, and whether they are all that the source has."""

    rows: int
    whole: bool


def doubt_of_volume(definition: Definition, read: Volume, before: int | None) -> str | None:
    """Say why the values of a run are doubtful: too many rows, or many more than the last time.

    Raises:
        SourceChanged: Fewer rows than the minimum, or many fewer than the last time.
    """
    asserted = definition.assertions
    least = asserted.rows.min if asserted.rows else None
    most = asserted.rows.max if asserted.rows else None
    if least is not None and read.rows < least:
        raise SourceChanged(
            f"{read.rows} rows were read; assertions.rows.min is {least}. What stood before stays"
        )
    shrinks_by = asserted.rows_change or (SHRINKS_BY if read.whole else None)
    if before and shrinks_by is not None and read.rows < before * (1 - shrinks_by):
        raise SourceChanged(
            f"{read.rows} rows were read, {before} the last time: it shrank by more than "
            f"{shrinks_by:g} of it (assertions.rows_change). What stood before stays"
        )
    if most is not None and read.rows > most:
        return f"{read.rows} rows were read; assertions.rows.max is {most}"
    grows_by = asserted.rows_change
    if before and grows_by is not None and read.rows > before * (1 + grows_by):
        return f"{read.rows} rows were read, {before} the last time (assertions.rows_change)"
    return None


def weighed(
    definition: Definition, readings: Iterable[Reading], doubt: str | None
) -> tuple[Reading, ...]:
    """Mark the readings that are doubtful: all of the run, or those out of bounds."""
    bounds = definition.assertions.values
    return tuple(
        _marked(reading, doubt or (_out_of_bounds(reading.value, bounds.min, bounds.max)))
        if bounds
        else _marked(reading, doubt)
        for reading in readings
    )


def stale(definition: Definition, newest: Period | None, now: datetime) -> str | None:
    """Say why a source that answers is stale: its newest value is old, or one is overdue."""
    asserted = definition.assertions
    if newest is None:
        return None
    if asserted.max_age is not None and now - newest.ends_at > asserted.max_age:
        return (
            f"the newest value is of the {definition.frequency} of {newest}; "
            f"assertions.max_age is {_days(asserted.max_age.total_seconds())}"
        )
    if asserted.overdue is not None:
        due = definition.known_at(newest.shift(1))
        if now - due > asserted.overdue:
            return (
                f"the {definition.frequency} of {newest.shift(1)} was due on {due:%Y-%m-%d}; "
                f"assertions.overdue is {_days(asserted.overdue.total_seconds())}"
            )
    return None


def differences(before: frozenset[str] | None, after: frozenset[str] | None) -> tuple[str, ...]:
    """Name the fields of a source that vanished, and those that are new, since the last time."""
    if before is None or after is None:
        return ()
    gone, new = sorted(before - after), sorted(after - before)
    return tuple(
        f"{said}: {', '.join(names)}"
        for said, names in (("fields vanished", gone), ("new fields", new))
        if names
    )


def _marked(reading: Reading, doubt: str | None) -> Reading:
    if doubt is None or reading.value is None or reading.doubtful is not None:
        return reading
    return reading.model_copy(update={"doubtful": doubt})


def _out_of_bounds(value: float | None, least: float | None, most: float | None) -> str | None:
    if value is None:
        return None
    if least is not None and value < least:
        return f"{value:g} is less than assertions.values.min, {least:g}"
    if most is not None and value > most:
        return f"{value:g} is more than assertions.values.max, {most:g}"
    return None


def _days(seconds: float) -> str:
    return f"{seconds / 86_400:g} days"
