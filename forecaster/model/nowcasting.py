"""Where a factor stands, month by month, given its parameters and what is known of its inputs."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from forecaster.domain.base import Frozen
from forecaster.domain.errors import CannotForecast
from forecaster.domain.forecast import Fitted, Inputs, Previous
from forecaster.domain.nowcast import Loading, News, Nowcast, Standing
from forecaster.domain.period import Frequency, Period
from forecaster.model import factor
from forecaster.model.factor import SPAN
from forecaster.model.family import FloatArray
from forecaster.model.ingredients import Prepared, Table, tabled

NAME = "composite"

_Z90 = float(ndtri(0.95))
_BOTH_ENDS = (0.05, 0.95)


class Learnt(Frozen):
    """What is kept of a fit: how inputs are read, the parameters, and the factor's own unit."""

    start: date
    inputs: tuple[Prepared, ...]
    mode: tuple[float, ...]
    draws: tuple[tuple[float, ...], ...]
    centres: tuple[float, ...]
    units: tuple[float, ...]
    converged: bool


class Told(NamedTuple):
    """The factor of each month, (months,), and of the last ones for each draw of parameters."""

    table: Table
    value: FloatArray
    error: FloatArray
    last: FloatArray
    """(draws, 3): the last month first."""
    last_covariance: FloatArray
    """(draws, 3, 3)"""


def learnt_of(fitted: Fitted) -> Learnt:
    """Return what a fit of the factor holds."""
    return Learnt.model_validate(fitted.parameters[NAME])


def tell(inputs: Inputs, learnt: Learnt) -> Told:
    """Return the factor of every month given all that is known, with fixed parameters.

    Its variance is that of the smoother, averaged over the draws of the parameters, plus that of
    the draws' means: the law of total variance.
    """
    start = Period.containing(learnt.start, Frequency.MONTH).ordinal
    table = tabled(inputs, learnt.inputs, start)
    draws = np.array(learnt.draws)
    smoothed = factor.smooth(table.values, table.quarterly, draws)
    centres, units = np.array(learnt.centres), np.array(learnt.units)

    def stacked(name: str) -> FloatArray:
        return np.stack([getattr(one, name) for one in smoothed])

    means = (stacked("mean") - centres[:, None]) / units[:, None]
    variances = stacked("variance") / np.square(units)[:, None]
    return Told(
        table=table,
        value=means.mean(axis=0),
        error=np.sqrt(variances.mean(axis=0) + means.var(axis=0)),
        last=(stacked("last") - centres[:, None]) / units[:, None],
        last_covariance=stacked("last_covariance") / np.square(units)[:, None, None],
    )


def nowcast(inputs: Inputs, learnt: Learnt, told: Told) -> Nowcast:
    """Return the factor of every month, and how its inputs go along with it."""
    reached = told.table.reached
    months = tuple(
        Standing(
            period=month_of(told.table, place).start,
            value=float(value),
            interval_90=(float(value - _Z90 * error), float(value + _Z90 * error)),
            inputs=int(reached[place]),
        )
        for place, (value, error) in enumerate(zip(told.value, told.error, strict=True))
    )
    return Nowcast(
        period=months[-1].period,
        value=months[-1].value,
        interval_90=months[-1].interval_90,
        memory=float(np.tanh(learnt.mode[-1])),
        months=months,
        loadings=_loadings(inputs, learnt, told.table),
        converged=learnt.converged,
    )


def news(previous: Previous, before: Learnt, inputs: Inputs, learnt: Learnt) -> News | None:
    """Split the change of the factor in the last month of the issue before.

    One input after the other, in the order of the file, gets what is known of it now; then the
    parameters and the definitions are replaced (model). Each part is the difference that its
    replacement makes, so that they sum to the whole. Nothing, if either cannot be computed.
    """
    try:
        stages = [tell(one, before) for one in _replaced(previous.inputs, inputs)]
        last = tell(inputs, learnt)
    except CannotForecast:
        return None
    first = stages[0].table
    month = first.start + first.values.shape[0] - 1
    if month < last.table.start:
        return None
    reached = [float(one.value[month - one.table.start]) for one in (*stages, last)]
    names = (*(one.label for one in previous.inputs.ingredients), "model")
    moved = np.diff(reached)
    return News.model_validate(
        {
            "from": previous.issue,
            "period": Period.at(month, Frequency.MONTH).start,
            "change": reached[-1] - reached[0],
            "parts": {name: float(one) for name, one in zip(names, moved, strict=True)},
        }
    )


def _replaced(old: Inputs, new: Inputs) -> Iterator[Inputs]:
    """Walk from the old inputs to the same with all that is known now, one input at a time.

    One that is no input any more keeps what it had: that it went is a change of the model.
    """
    still = {one.label for one in new.ingredients}
    held = old
    yield held
    for one in old.ingredients:
        if one.label not in still:
            yield held
            continue
        key = (one.definition.id, one.scope)
        kept = [seen for seen in held.observations if (seen.indicator, seen.scope) != key]
        kept += [seen for seen in new.observations if (seen.indicator, seen.scope) == key]
        held = held.model_copy(update={"observations": tuple(kept), "as_of": new.as_of})
        yield held


def _loadings(inputs: Inputs, learnt: Learnt, table: Table) -> tuple[Loading, ...]:
    given = {one.label: one for one in inputs.ingredients}
    draws = np.array(learnt.draws)
    loadings, noise, noise_memory, memory = factor.split(np.array(learnt.mode))
    # The mean of three months varies less than one of them.
    quarter = (3 + 4 * memory + 2 * memory**2) / SPAN**2
    explained = np.square(loadings) * np.where(table.quarterly, quarter, 1.0)
    low, high = np.quantile(draws[:, : loadings.size], _BOTH_ENDS, axis=0)
    counts = np.isfinite(table.values).sum(axis=0)
    # Values whose noise has a memory tell less: as many as (1 - r) / (1 + r) of them would.
    told = explained / np.square(noise) * counts * (1 - noise_memory) / (1 + noise_memory)
    return tuple(
        Loading(
            input=one.label,
            frequency=given[one.label].definition.frequency,
            aggregate=given[one.label].aggregate,
            loading=float(loadings[place]),
            loading_90=(float(low[place]), float(high[place])),
            share=float(explained[place] / (explained[place] + noise[place] ** 2)),
            weight=float(told[place] / told.sum()),
            values=int(counts[place]),
            last=table.lasts[place],
        )
        for place, one in enumerate(learnt.inputs)
    )


def month_of(table: Table, place: int) -> Period:
    """Return the month at a place of the table."""
    return Period.at(table.start + place, Frequency.MONTH)
