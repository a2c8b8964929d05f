"""The factor behind several inputs: learnt once, told by the month, and looked ahead from."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from scipy.special import ndtr, ndtri

from forecaster.domain.coverage import Grade
from forecaster.domain.errors import CannotForecast
from forecaster.domain.forecast import Fitted, Headline, Inputs, Previous, Projection, Trend
from forecaster.domain.indicator import Family
from forecaster.domain.nowcast import Nowcast
from forecaster.domain.period import Frequency, Period
from forecaster.model import crossing, factor
from forecaster.model.factor import SPAN
from forecaster.model.family import FloatArray
from forecaster.model.ingredients import Prepared, Table, choose, prepare, tabled
from forecaster.model.method import STOPPED, dice, seed_of
from forecaster.model.nowcasting import (
    NAME,
    Learnt,
    Told,
    learnt_of,
    month_of,
    news,
    nowcast,
    tell,
)
from forecaster.model.projecting import PATHS, Ahead, outlook

BASELINE = "climatology"

_DRAWS = 60  # of the parameters: they add a tenth to the intervals, known to a tenth of that
_Z90 = float(ndtri(0.95))
_BOTH_ENDS = (0.05, 0.95)
_ALIKE, _ALIKE_FROM = 0.999, 5  # correlation, periods known of both
_MOST = 2 / 3  # of the weight: the others together bring half as much
_NOTE = (
    "the factor is never observed, so that no skill can be told: it stands as what its inputs "
    "have in common"
)


def fit(inputs: Inputs) -> Fitted:
    """Learn the factor from all that is known of its inputs; refuse with too few of them."""
    serving, left_out = choose(inputs)
    prepared, begin = prepare(serving)
    start = Period.at(begin, Frequency.MONTH)
    table = tabled(inputs, prepared, begin)
    _check_apart(prepared, table)
    found = factor.estimate(
        table.values, table.quarterly, dice(seed_of(inputs), NAME), n_draws=_DRAWS
    )
    if found.gain <= 0:
        raise CannotForecast(
            f"its {len(prepared)} inputs do not move together: AIC is lower by {-found.gain:.1f} "
            "if each goes its own way"
        )
    smoothed = factor.smooth(table.values, table.quarterly, found.draws)
    centres = np.array([one.mean.mean() for one in smoothed])
    # The factor's own variance over the span, expected: that of its estimate is too small.
    units = [
        float(np.sqrt(np.mean(np.square(one.mean - centre) + one.variance)))
        for one, centre in zip(smoothed, centres, strict=True)
    ]
    learnt = Learnt(
        start=start.start,
        inputs=prepared,
        mode=tuple(found.mode.tolist()),
        draws=tuple(tuple(one) for one in found.draws.tolist()),
        centres=tuple(centres.tolist()),
        units=tuple(units),
        converged=found.converged,
    )
    stopped = () if found.converged else (f"{NAME}: {STOPPED}",)
    return Fitted(
        family=Family.REAL,
        baseline=BASELINE,
        choice=NAME,
        weights={NAME: 1.0},
        parameters={NAME: learnt.model_dump(mode="json")},
        calibration=(),
        skill=None,
        record={},
        calibration_error={},
        n_origins=0,
        trained_from=start.start,
        trained_to=month_of(table, table.values.shape[0] - 1).last_day,
        n_observations=table.values.shape[0],
        converged=found.converged,
        note=_NOTE,
        warnings=(*left_out, *stopped),
    )


def project(inputs: Inputs, fitted: Fitted, said: Mapping[str, str]) -> Projection:
    """Say where the factor stands and goes, with fixed parameters: inputs are filtered anew."""
    learnt = learnt_of(fitted)
    told = tell(inputs, learnt)
    standing = nowcast(inputs, learnt, told)
    paths, unaware = _paths(inputs, learnt, told)
    ahead = Ahead(
        paths=paths,
        baseline=unaware,
        end=month_of(told.table, told.value.size - 1),
        n_values=told.value.size,
        grade=Grade.PARTIAL if told.table.partial else Grade.FULL,
        trend=_trend(told),
    )
    found = outlook(ahead, inputs.definition.thresholds, fitted, said)
    warnings = (*found.warnings, *_carried(standing))
    return found.model_copy(update={"nowcast": standing, "warnings": warnings})


def explained(
    projection: Projection, previous: Previous, inputs: Inputs, fitted: Fitted
) -> Projection:
    """Add why the factor of a month is another than the issue before said, as far as it can."""
    before = previous.inputs.fitted
    if projection.nowcast is None or before is None or NAME not in before.parameters:
        return projection
    told = news(previous, learnt_of(before), inputs, learnt_of(fitted))
    standing = projection.nowcast.model_copy(update={"news": told})
    return projection.model_copy(update={"nowcast": standing})


def headline(inputs: Inputs, fitted: Fitted) -> Headline:
    """Read the headline numbers from the same paths that `project` would draw."""
    learnt = learnt_of(fitted)
    told = tell(inputs, learnt)
    paths, _ = _paths(inputs, learnt, told)
    first = next(iter(inputs.definition.thresholds), None)
    p = None if first is None else crossing.probability(paths, first, told.value.size)
    return Headline(median=float(np.median(paths[:, 0])), p=p)


def _check_apart(prepared: Sequence[Prepared], table: Table) -> None:
    """Refuse two inputs that move as one: of such a pair the likelihood has no maximum."""
    known = np.isfinite(table.values)
    for (one, first), (other, second) in combinations(enumerate(prepared), 2):
        pair = table.values[known[:, one] & known[:, other]][:, [one, other]]
        if pair.shape[0] < _ALIKE_FROM:
            continue
        x, y = np.diff(pair, axis=0).T  # levels that rise alike are not yet the same
        if (x @ y) ** 2 > _ALIKE**2 * (x @ x) * (y @ y):
            raise CannotForecast(
                f"{first.label} and {second.label} say the same, which would count double"
            )


def _carried(standing: Nowcast) -> tuple[str, ...]:
    """Name the one input from which most of what is known of the factor comes."""
    return tuple(
        f"{one.input} alone brings {one.weight:.0%} of what is known of the factor"
        for one in standing.loadings
        if one.weight > _MOST
    )


def _paths(inputs: Inputs, learnt: Learnt, told: Told) -> tuple[FloatArray, FloatArray]:
    """Draw paths (n, steps) from what is known now, and from knowing nothing of the present."""
    rng = dice(seed_of(inputs), "paths")
    draws = np.arange(PATHS) % len(learnt.draws)
    units, centres = (np.array(one)[draws] for one in (learnt.units, learnt.centres))
    memory = np.tanh(np.array(learnt.draws)[draws, -1])
    spread = np.sqrt(np.maximum(told.last_covariance[draws, 0, 0], 0.0))
    now = told.last[draws, 0] + spread * rng.standard_normal(PATHS)
    anywhere = (rng.standard_normal(PATHS) - centres) / units
    level = -centres / units  # where the factor goes back to, in its own unit
    shocks = np.sqrt(1 - np.square(memory)) / units
    steps = inputs.definition.steps
    paths, unaware = np.empty((PATHS, steps)), np.empty((PATHS, steps))
    for step in range(steps):
        pushed = shocks * rng.standard_normal(PATHS)
        now = level + memory * (now - level) + pushed
        anywhere = level + memory * (anywhere - level) + pushed
        paths[:, step], unaware[:, step] = now, anywhere
    return paths, unaware


def _trend(told: Told) -> Trend:
    """Return the slope over the last two months, from their joint distribution."""
    way = np.zeros(SPAN)
    way[0], way[-1] = 1 / (SPAN - 1), -1 / (SPAN - 1)
    slopes = told.last @ way
    error = float(np.sqrt(np.mean(told.last_covariance @ way @ way) + slopes.var()))
    slope = float(slopes.mean())
    return Trend(
        level=float(told.value[-1]),
        slope=slope,
        slope_90=(slope - _Z90 * error, slope + _Z90 * error),
        p_rising=float(ndtr(slope / error)),
    )
