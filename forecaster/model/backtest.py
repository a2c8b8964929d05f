"""What each method would have said, and how that compares with what came."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from pydantic import Field

from forecaster.domain.base import Frozen
from forecaster.domain.errors import CannotForecast
from forecaster.domain.forecast import Inputs
from forecaster.model import calibrate, scoring
from forecaster.model.family import WHOLE_NUMBERS
from forecaster.model.method import Parameters, roster, seed_of
from forecaster.model.panel import History, Panel
from forecaster.model.rolling import Backtest, estimate, hindcasts, run

_AT_LEAST = 8  # values of a series
_STILL = 1e-12  # relative: values that differ by less are the same


class BacktestScore(Frozen):
    """How a method did at one step, over the origins whose target is known."""

    method: str
    step: int
    n_origins: int
    crps: float
    pinball: float
    coverage_80: float
    brier: float | None = Field(description="of the first threshold whose periods end here")


class Rehearsal(NamedTuple):
    """A series as it is known now, what was learnt from it, and what would have been said."""

    panel: Panel
    parameters: Mapping[str, Parameters]
    notes: tuple[str, ...]
    tested: Backtest


def rehearse(inputs: Inputs) -> Rehearsal:
    """Fit every method now, and forecast with those that could be fitted at past origins."""
    definition = inputs.definition
    history = History.of(definition, inputs.observations, inputs.as_of)
    panel = history.at(np.inf)
    check(panel)
    methods = roster(panel.family, definition.methods)
    parameters, notes = estimate(methods, panel)
    fitted = {name: methods[name] for name in parameters}
    tested = run(history, fitted, definition.steps, seed_of(inputs))
    idle = [name for name in definition.methods if name not in methods]
    notes += tuple(f"{name} is left out: not for {panel.family} series" for name in idle)
    return Rehearsal(panel, parameters, notes, tested)


def report(inputs: Inputs) -> tuple[BacktestScore, ...]:
    """Score every candidate at every step, as it would have been published, for people to read."""
    tested, seed = rehearse(inputs).tested, seed_of(inputs)
    ordered = calibrate.widen(np.sort(tested.paths, axis=2), tested.factors)
    targets = tested.targets[:, None, :]
    pinball = scoring.pinball(ordered, targets)
    covered = scoring.covered(ordered, targets, calibrate.COVER)
    ends = {one.within: one for one in reversed(inputs.definition.thresholds)}
    records = {
        (place, step): hindcasts(tested, place, threshold, seed)
        for place in range(len(tested.names))
        for step, threshold in ends.items()
    }
    return tuple(
        BacktestScore(
            method=name,
            step=step,
            n_origins=int(known.sum()),
            crps=float(tested.scores[known, place, step - 1].mean()),
            pinball=float(pinball[known, place, step - 1].mean()),
            coverage_80=float(covered[known, place, step - 1].mean()),
            brier=scoring.brier(records.get((place, step), ())),
        )
        for place, name in enumerate(tested.names)
        for step, known in enumerate(tested.known_now.T, start=1)
        if known.any()
    )


def check(panel: Panel) -> None:
    """Refuse a series that is too short, or that never moved and could not have shown it."""
    held = panel.values[panel.places]
    if held.size < _AT_LEAST:
        raise CannotForecast(f"{held.size} values are known; {_AT_LEAST} are needed")
    still = np.ptp(held) <= _STILL * np.abs(held).max()
    if still and panel.family not in WHOLE_NUMBERS:
        raise CannotForecast(f"all {held.size} values are {held[0]:g}: nothing shows their spread")
