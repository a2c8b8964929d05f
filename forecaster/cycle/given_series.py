"""What a test of a composed definition is given → the series that it is composed of."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from forecaster.domain.compose import Compose, Reference, nests
from forecaster.domain.errors import did_you_mean
from forecaster.domain.faults import Fault
from forecaster.domain.for_each import fill
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Missing, Observation
from forecaster.domain.period import Frequency, Period
from forecaster.model.composed import Series

Given = Mapping[str, Mapping[date, float | None]]
"""Indicator, or indicator/SCOPE → first day of a period → value; none: not reported."""

_AT = ("given", "series")


def series_given(
    definition: Definition, compose: Compose, scope: str, given: Given
) -> list[Series] | Fault:
    """Return every input over one scope as a test gives it, or say which one it does not give."""
    known = compose.indicators
    for name in given:
        indicator, _, _ = name.partition("/")
        if indicator not in known:
            near = did_you_mean(indicator, known)
            return Fault(f"{definition.id} is not composed of {indicator!r}{near}", (*_AT, name))
    chosen = []
    for reference in compose.references:
        wanted = fill(reference.scope or scope, scope)
        values = given.get(f"{reference.indicator}/{wanted}", given.get(reference.indicator))
        if not values:
            return Fault(f"no values of {reference.indicator} over {wanted} are given", _AT)
        chosen.append((reference, wanted, values))

    together = [day for _, _, values in chosen for day in values]
    series, number = [], 0
    for reference, wanted, values in chosen:
        days = together if compose.after_events is not None else values
        is_finer = reference.aggregate is not None or compose.after_events is not None
        frequency = _frequency(days, definition.frequency) if is_finer else definition.frequency
        rows = _rows(reference, wanted, values, frequency, number)
        number += len(rows)
        is_count = all(one is None or (one >= 0 and one.is_integer()) for one in values.values())
        series.append(Series(frequency, is_count, rows))
    return series


def _frequency(days: Iterable[date], ours: Frequency) -> Frequency:
    """Return the longest periods that lie in ours and on whose first days all the days lie."""
    fitting = [
        each
        for each in Frequency
        if nests(each, ours) and all(Period.containing(day, each).start == day for day in days)
    ]
    return max(fitting, key=lambda each: -each.per_year, default=Frequency.DAY)


def _rows(
    reference: Reference,
    scope: str,
    values: Mapping[date, float | None],
    frequency: Frequency,
    number: int,
) -> Sequence[Observation]:
    named = {Period.containing(day, frequency): value for day, value in sorted(values.items())}
    periods = min(named, key=_start).through(max(named, key=_start))
    rows: list[Observation] = []
    value: float | None = None
    for period in periods:
        value = named.get(period, value)
        rows.append(
            Observation(
                id=number + len(rows) + 1,
                indicator=reference.indicator,
                scope=scope,
                period=period,
                value=value,
                missing=Missing.NOT_REPORTED if value is None else None,
                known_at=period.ends_at,
                recorded_at=period.ends_at,
                definition="given",
            )
        )
    return rows


def _start(period: Period) -> date:
    return period.start
