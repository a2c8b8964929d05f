"""The inputs of a factor → one table of months, standardised, with gaps where nothing is known."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from forecaster.domain.base import Frozen
from forecaster.domain.coverage import Grade
from forecaster.domain.errors import CannotForecast
from forecaster.domain.forecast import Inputs
from forecaster.domain.indicator import Family
from forecaster.domain.nowcast import Ingredient
from forecaster.domain.observation import Observation
from forecaster.domain.period import Frequency, Period
from forecaster.model.factor import SPAN
from forecaster.model.family import FloatArray, Scale, settle
from forecaster.model.operations import joined, within

AT_LEAST = 3  # inputs: two that move alike do not show which of them stands for the rest

_VALUES = 12  # of an input: with fewer its mean and spread are anybody's guess
_MOVES = 5  # of its values differ from the commonest: below, an input is a spike or two
_TOGETHER = 36  # months in which two inputs at least are known
_WINDOW = 240  # months: older values are left out of every estimate
_THURSDAY = 3  # a week lies in the month of its Thursday, as in the year (ISO 8601)
_TINY = 1e-9


class Prepared(Frozen):
    """How an input is read; learnt once, so that its unit stays while values come."""

    label: str
    quarterly: bool
    family: Family
    whole: float
    floor: float
    base: float
    mean: float
    spread: float

    @property
    def scale(self) -> Scale:
        """Return the scale of its family."""
        return Scale(self.family, self.whole, self.floor, base=self.base)


class Monthly(NamedTuple):
    """One input: month (that in which its period ends) → value, and base where it has one."""

    ingredient: Ingredient
    family: Family
    ordinals: NDArray[np.int64]
    values: FloatArray
    bases: FloatArray
    partial: bool
    """Some value is a lower bound."""

    @property
    def quarterly(self) -> bool:
        """Say whether a value is of three months."""
        return self.ingredient.definition.frequency is Frequency.QUARTER


class Table(NamedTuple):
    """Inputs beside one another, (months, n), standardised; NaN where nothing is known."""

    start: int
    """The ordinal of the first month."""
    values: FloatArray
    quarterly: NDArray[np.bool_]
    partial: bool
    lasts: tuple[date, ...]
    """The first day of each input's last valued period."""

    @property
    def reached(self) -> NDArray[np.int64]:
        """Count the inputs whose values reach each month: a quarter's reaches three."""
        counts: NDArray[np.int64] = _reach(np.isfinite(self.values), self.quarterly).sum(axis=1)
        return counts


def read(inputs: Inputs, *, families: Mapping[str, Family] | None = None) -> dict[str, Monthly]:
    """Return every input that has a value, as it is known, by its label."""
    rows: dict[str, list[Observation]] = {one.label: [] for one in inputs.ingredients}
    for seen in inputs.observations:
        label = f"{seen.indicator}/{seen.scope}"
        if label in rows and seen.known_at <= inputs.as_of:
            rows[label].append(seen)
    found = {}
    for one in inputs.ingredients:
        monthly = _monthly(one, rows[one.label], (families or {}).get(one.label))
        if monthly is not None:
            found[one.label] = monthly
    return found


def choose(inputs: Inputs) -> tuple[tuple[Monthly, ...], tuple[str, ...]]:
    """Return the inputs that can serve, and why the others cannot; refuse with too few."""
    found = read(inputs)
    reasons = {one.label: _unfit(found.get(one.label)) for one in inputs.ingredients}
    left_out = _left_out(reasons)
    serving = tuple(found[label] for label, why in reasons.items() if not why)
    if len(serving) < AT_LEAST:
        raise CannotForecast(
            f"a factor needs {AT_LEAST} inputs; of {len(reasons)}, {len(serving)} can serve: "
            + "; ".join(left_out)
        )
    return serving, left_out


def _left_out(reasons: Mapping[str, str | None]) -> tuple[str, ...]:
    """Say which inputs are left out, those with the same reason together."""
    together: dict[str, list[str]] = {}
    for label, why in reasons.items():
        if why is not None:
            together.setdefault(why, []).append(label)
    return tuple(
        f"{', '.join(labels)} {'is' if len(labels) == 1 else 'are'} left out: {why}"
        for why, labels in together.items()
    )


def prepare(serving: Sequence[Monthly]) -> tuple[tuple[Prepared, ...], int]:
    """Learn how each input is read, and from which month on two at least are known."""
    start = min(int(one.ordinals[0]) for one in serving)
    end = max(int(one.ordinals[-1]) for one in serving)
    quarterly = np.array([one.quarterly for one in serving])
    known = np.zeros((end - start + 1, len(serving)), dtype=bool)
    for place, one in enumerate(serving):
        known[one.ordinals - start, place] = True
    together = np.flatnonzero(_reach(known, quarterly).sum(axis=1) > 1)
    together = together[together > known.shape[0] - 1 - _WINDOW]
    if together.size < _TOGETHER:
        raise CannotForecast(
            f"a factor needs {_TOGETHER} months in which two inputs are known; "
            f"there are {together.size}"
        )
    begin = start + int(together[0])
    return tuple(_prepared(one, begin) for one in serving), begin


def tabled(inputs: Inputs, prepared: Sequence[Prepared], start: int) -> Table:
    """Set the inputs beside one another from a month on, to the last in which one is known."""
    found = read(inputs, families={one.label: one.family for one in prepared})
    gone = [one.label for one in prepared if one.label not in found]
    if gone:
        raise CannotForecast(f"every value of {' and '.join(gone)} was withdrawn")
    end = max(int(found[one.label].ordinals[-1]) for one in prepared)
    if end < start + SPAN:
        raise CannotForecast("the values that the factor was learnt from were withdrawn")
    values = np.full((end - start + 1, len(prepared)), np.nan)
    lasts = []
    for place, one in enumerate(prepared):
        given = found[one.label]
        moved = (one.scale.forward(given.values, given.bases) - one.mean) / one.spread
        kept = given.ordinals >= start
        values[given.ordinals[kept] - start, place] = moved[kept]
        lasts.append(_first_day(int(given.ordinals[-1]), quarterly=one.quarterly))
    return Table(
        start=start,
        values=values,
        quarterly=np.array([one.quarterly for one in prepared]),
        partial=any(found[one.label].partial for one in prepared),
        lasts=tuple(lasts),
    )


def _monthly(
    ingredient: Ingredient, rows: Sequence[Observation], family: Family | None
) -> Monthly | None:
    definition = ingredient.definition
    newest = _newest(rows, definition.frequency)
    held = {place: one for place, one in newest.items() if one.value is not None}
    if not held:
        return None
    own = [
        np.array([_number(getattr(one, name)) for one in held.values()])
        for name in ("value", "base")
    ]
    shown = settle(family or definition.family, own[0], own[1], definition.whole)
    by_month = _by_month(ingredient, newest)
    if not by_month:
        return None
    months = sorted(by_month)
    return Monthly(
        ingredient=ingredient,
        family=shown,
        ordinals=np.array(months),
        values=np.array([by_month[month][0] for month in months]),
        bases=np.array([by_month[month][1] for month in months]),
        partial=any(one.grade is Grade.PARTIAL for one in held.values()),
    )


def _newest(rows: Sequence[Observation], frequency: Frequency) -> dict[int, Observation]:
    """Return the newest version of each period; rows of other periods are of before a change."""
    told = [one for one in rows if one.period.frequency is frequency]
    return {one.period.ordinal: one for one in sorted(told, key=_recency)}


def _by_month(
    ingredient: Ingredient, newest: Mapping[int, Observation]
) -> dict[int, tuple[float, float]]:
    """Return the value and base of each month; of shorter periods all must be known."""
    frequency = ingredient.definition.frequency
    if ingredient.aggregate is None:
        last = SPAN - 1 if frequency is Frequency.QUARTER else 0
        width = SPAN if frequency is Frequency.QUARTER else 1
        return {
            place * width + last: (one.value, _number(one.base))
            for place, one in newest.items()
            if one.value is not None
        }
    months: dict[int, tuple[float, float]] = {}
    for month in range(*_months(newest, frequency)):
        places = _places(month, frequency)
        rows = [newest[place] for place in places if place in newest]
        made = joined(rows, len(places), ingredient.aggregate)
        if made.value is not None:
            months[month] = made.value, _number(made.base)
    return months


def _months(newest: Mapping[int, Observation], frequency: Frequency) -> tuple[int, int]:
    days = (Period.at(place, frequency) for place in (min(newest), max(newest)))
    first, last = (Period.containing(one.start, Frequency.MONTH).ordinal for one in days)
    return first, last + 2  # the last week may lie in the month after that of its Monday


def _places(month: int, frequency: Frequency) -> range:
    """List the days of a month, or the weeks whose Thursday it holds."""
    if frequency is Frequency.DAY:
        return within(month, Frequency.MONTH, frequency)
    days = within(month, Frequency.MONTH, Frequency.DAY)  # ordinals count from a Monday
    return range(-(-(days.start - _THURSDAY) // 7), (days.stop - 1 - _THURSDAY) // 7 + 1)


def _unfit(one: Monthly | None) -> str | None:
    """Say why an input cannot serve."""
    if one is None:
        return "no value is known"
    n = one.values.size
    if n < _VALUES:
        return f"{n} periods are known, {_VALUES} are needed"
    moves = n - Counter(one.values.tolist()).most_common(1)[0][1]
    if moves < _MOVES:
        return f"{moves} of its values differ from the commonest, {_MOVES} are needed"
    return None


def _prepared(one: Monthly, begin: int) -> Prepared:
    kept = one.ordinals >= begin
    whole = one.ingredient.definition.whole
    scale = Scale.of(one.values[kept], one.bases[kept], one.family, whole)
    moved = scale.forward(one.values[kept], one.bases[kept])
    spread = float(np.std(moved))
    if spread <= _TINY * float(np.abs(moved).max()):
        raise CannotForecast(f"{one.ingredient.label} does not move since others are known")
    return Prepared(
        label=one.ingredient.label,
        quarterly=one.quarterly,
        family=one.family,
        whole=whole,
        floor=scale.floor,
        base=scale.base,
        mean=float(np.mean(moved)),
        spread=spread,
    )


def _reach(known: NDArray[np.bool_], quarterly: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Let each quarter's value reach the two months before its last one."""
    reached = known.copy()
    for lag in range(1, SPAN):
        reached[:-lag] |= known[lag:] & quarterly
    return reached


def _first_day(month: int, *, quarterly: bool) -> date:
    return Period.at(month - (SPAN - 1 if quarterly else 0), Frequency.MONTH).start


def _recency(one: Observation) -> tuple[datetime, int]:
    return one.known_at, one.id


def _number(value: float | None) -> float:
    return np.nan if value is None else value
