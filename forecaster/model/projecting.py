"""Look ahead with what was learnt: paths, and all that is read from them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, cast

import numpy as np

from forecaster.domain.coverage import Grade
from forecaster.domain.forecast import (
    LEVELS,
    Crossing,
    Fitted,
    Headline,
    Inputs,
    Method,
    Projection,
    Step,
    Trained,
    Trend,
)
from forecaster.domain.indicator import Family, Threshold
from forecaster.domain.period import Period
from forecaster.model import calibrate, crossing, pool, words
from forecaster.model.family import WHOLE_NUMBERS, FloatArray, Scale
from forecaster.model.method import Parameters, dice, draw, made, seed_of
from forecaster.model.panel import History, Panel
from forecaster.model.rehearsing import check
from forecaster.model.trend import trend_now

PATHS = 1000
"""Of them every published number is read."""


class Ahead(NamedTuple):
    """Where a series stands, and paths (n_paths, steps) from there."""

    paths: FloatArray
    baseline: FloatArray
    end: Period
    n_values: int
    grade: Grade
    trend: Trend


def project(inputs: Inputs, fitted: Fitted, said: Mapping[str, str]) -> Projection:
    """Forecast from the series as it is known, with fixed parameters; `said`: the last words."""
    panel = _panel(inputs, fitted)
    seed, steps = seed_of(inputs), inputs.definition.steps
    paths = paths_ahead(panel, fitted, steps, seed)
    watched = max((one.within for one in inputs.definition.thresholds), default=0)
    baseline = paths
    if fitted.choice != fitted.baseline and watched:
        baseline = _drawn(panel, fitted, fitted.baseline, steps, seed)[:, :watched]
        baseline = _widened(baseline, fitted.baseline_calibration, panel, seed)
    ahead = Ahead(
        paths=paths,
        baseline=baseline,
        end=Period.at(panel.end + panel.silence, panel.frequency),
        n_values=panel.places.size,
        grade=Grade.PARTIAL if panel.partial else Grade.FULL,
        trend=trend_now(panel, steps),
    )
    return outlook(ahead, inputs.definition.thresholds, fitted, said)


def outlook(
    ahead: Ahead, thresholds: Sequence[Threshold], fitted: Fitted, said: Mapping[str, str]
) -> Projection:
    """Read from paths all that is published of them."""
    probabilities = tuple(_crossing(one, ahead, fitted, said.get(one.id)) for one in thresholds)
    return Projection(
        coverage_end=ahead.end.last_day,
        grade=ahead.grade,
        method=Method(
            name=fitted.choice,
            members=fitted.weights,
            baseline=fitted.baseline,
            family=fitted.family,
            note=fitted.note,
            trained=_trained(fitted),
            converged=fitted.converged,
        ),
        trend=ahead.trend,
        steps=_steps(ahead.paths, ahead.end, fitted.family),
        probabilities=probabilities,
        skill=fitted.skill,
        against=fitted.against,
        warnings=(*fitted.warnings, *_unresolved(probabilities)),
    )


def headline(inputs: Inputs, fitted: Fitted) -> Headline:
    """Read the headline numbers from the same paths that `project` would draw."""
    panel = _panel(inputs, fitted)
    paths = paths_ahead(panel, fitted, inputs.definition.steps, seed_of(inputs))
    median = quantiles(paths[:, :1], fitted.family)[LEVELS.index(0.5), 0]
    first = next(iter(inputs.definition.thresholds), None)
    p = None if first is None else crossing.probability(paths, first, panel.places.size)
    return Headline(median=float(median), p=p)


def parameters_of(fitted: Fitted) -> dict[str, Parameters]:
    """Return each method's parameters."""
    return {name: cast("Parameters", learnt) for name, learnt in fitted.parameters.items()}


def _trained(fitted: Fitted) -> Trained:
    return Trained(
        start=fitted.trained_from,
        to=fitted.trained_to,
        n=fitted.n_observations,
        n_effective=fitted.n_effective,
        n_origins=fitted.n_origins,
    )


def _panel(inputs: Inputs, fitted: Fitted) -> Panel:
    history = History.of(
        inputs.definition, inputs.observations, inputs.as_of, fitted.family, inputs.drivers
    )
    panel = window(history, fitted)
    check(panel)
    return panel


def window(history: History, fitted: Fitted) -> Panel:
    """Return what is known now, from where the training began: a break may lie before.

    It keeps the scale that the parameters were learnt on, whatever came since: the first zero of a
    positive series would put it on another one.
    """
    since = Period.containing(fitted.trained_from, history.frequency).ordinal
    panel = history.at(np.inf).since(since)
    if not fitted.scale:
        return panel
    return replace(panel, learnt=Scale.again(panel.family, panel.whole, fitted.scale))


def paths_ahead(panel: Panel, fitted: Fitted, steps: int, seed: int) -> FloatArray:
    """Draw what is published (paths, steps): the choice's paths, widened step by step."""
    if fitted.choice == pool.NAME:
        drawn = [_drawn(panel, fitted, name, steps, seed) for name in fitted.weights]
        raw = pool.mix(np.stack(drawn), np.array(list(fitted.weights.values())))
    else:
        raw = _drawn(panel, fitted, fitted.choice, steps, seed)
    return _widened(raw, fitted.calibration, panel, seed)


def _widened(
    raw: FloatArray, calibration: tuple[float, ...], panel: Panel, seed: int
) -> FloatArray:
    # What is walked over in silence lies as far ahead as it did when the widening was learnt.
    factors = calibrate.stretch(np.array(calibration or (1.0,)), panel.silence, raw.shape[1])
    return calibrate.widen_paths(raw, factors, dice(seed, "ranks"))


def _drawn(panel: Panel, fitted: Fitted, name: str, steps: int, seed: int) -> FloatArray:
    learnt, rng = parameters_of(fitted)[name], dice(seed, name)
    return draw(made(name), panel, learnt, steps, n_paths=PATHS, rng=rng)


def quantiles(paths: FloatArray, family: Family, levels: Sequence[float] = LEVELS) -> FloatArray:
    """Return levels of each step, (levels, steps); of whole numbers, whole ones."""
    ordered, wanted = np.sort(np.ascontiguousarray(paths.T), axis=1), np.array(levels)
    n = ordered.shape[1]
    if family in WHOLE_NUMBERS:
        return ordered[:, np.ceil(np.round(wanted * n, 9)).astype(np.intp) - 1].T
    place = wanted * (n - 1)
    low = np.floor(place).astype(np.intp)
    found: FloatArray = ordered[:, low]
    found += (place - low) * (ordered[:, np.minimum(low + 1, n - 1)] - found)
    return found.T


def _steps(paths: FloatArray, end: Period, family: Family) -> tuple[Step, ...]:
    levels, means = quantiles(paths, family).T, paths.mean(axis=0)
    return tuple(
        Step(
            period=end.shift(ahead).start,
            mean=float(mean),
            quantiles={f"{level:g}": float(one) for level, one in zip(LEVELS, row, strict=True)},
        )
        for ahead, (mean, row) in enumerate(zip(means, levels, strict=True), start=1)
    )


def _crossing(threshold: Threshold, ahead: Ahead, fitted: Fitted, said: str | None) -> Crossing:
    n_values = ahead.n_values
    ours, theirs = (
        crossing.chances(paths, threshold, n_values) for paths in (ahead.paths, ahead.baseline)
    )
    p = ours.p
    record = fitted.record.get(threshold.id, ())
    behind = crossing.support(p, record, threshold.within, fitted.spacing)
    error = fitted.calibration_error.get(threshold.id, 1.0)
    return Crossing(
        id=threshold.id,
        above=threshold.above,
        below=threshold.below,
        within=threshold.within,
        p=p,
        p_90=behind.interval,
        baseline_p=theirs.p,
        p_end=ours.p_end,
        baseline_p_end=theirs.p_end,
        expected_exceedances=ours.expected_exceedances,
        baseline_expected_exceedances=theirs.expected_exceedances,
        n_observations=n_values,
        n_origins=len(record),
        n_effective=behind.n_effective,
        word=words.word(p, said),
        confidence=words.confidence(len(record), error, ahead.grade),
    )


def _unresolved(probabilities: Iterable[Crossing]) -> tuple[str, ...]:
    """Name the thresholds whose probability is cut off where the values can say no more."""
    return tuple(
        f"{one.id}: p is at the limit of what {one.n_observations} periods can resolve"
        for one in probabilities
        if not crossing.limit(one.n_observations, one.within)
        < one.p
        < 1 - crossing.limit(one.n_observations, 1)
    )
