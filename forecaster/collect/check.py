"""What every reading must satisfy before it is remembered, whatever its source."""

import math
from collections.abc import Iterable
from datetime import datetime

from forecaster.domain.base import midnight
from forecaster.domain.errors import SourceChanged
from forecaster.domain.indicator import Definition, Family
from forecaster.domain.observation import Reading


def checked(
    definition: Definition, readings: Iterable[Reading], *, now: datetime
) -> tuple[Reading, ...]:
    """Return the readings as they are, or raise `SourceChanged` at the first impossible one."""
    given = tuple(readings)
    seen: dict[tuple[object, ...], Reading] = {}
    for reading in given:
        wrong = _misplaced(definition, reading, now) or _impossible(definition, reading.value)
        twin = seen.setdefault((reading.scope, reading.period, reading.known_at), reading)
        if wrong is None and _answer(twin) != _answer(reading):
            wrong = f"stands there twice, the other time as {_answer(twin)[0]}"
        if wrong is not None:
            raise SourceChanged(
                f"{definition.id}/{reading.scope}, {definition.frequency} of {reading.period}: "
                f"{reading.value if reading.missing is None else reading.missing} {wrong}"
            )
    return given


def _answer(reading: Reading) -> tuple[object, object]:
    return (reading.value if reading.missing is None else reading.missing, reading.base)


def _misplaced(definition: Definition, reading: Reading, now: datetime) -> str | None:
    """Say why this series has no such period."""
    if reading.scope not in definition.scopes:
        return f"is of a scope that was not asked for; those are {', '.join(definition.scopes)}"
    if reading.period.frequency != definition.frequency:
        return f"is of a {reading.period.frequency}"
    if midnight(reading.period.start) > now:
        return "lies in the future"
    return None


def _impossible(definition: Definition, value: float | None) -> str | None:
    """Say why this family has no such value."""
    if value is None:
        return None
    if not math.isfinite(value):
        return "is not a finite number"
    if definition.family is Family.SHARE and not 0 <= value <= definition.whole:
        return f"is not a share of {definition.whole:g}"
    if definition.family is Family.COUNT and value < 0:
        return "is not a count"
    return None
