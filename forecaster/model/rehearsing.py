"""What each method would have said, and how that compares with what came."""

import numpy as np
from pydantic import Field

from forecaster.domain.base import Frozen
from forecaster.domain.errors import CannotForecast
from forecaster.domain.forecast import Inputs
from forecaster.model import calibrate, scoring
from forecaster.model.family import WHOLE_NUMBERS
from forecaster.model.method import roster, seed_of
from forecaster.model.panel import History, Panel
from forecaster.model.rolling import Backtest, Rehearsal, hindcasts, run

_AT_LEAST = 8  # values of a series
_COVERED = (0.5, 0.8, 0.95)
_STILL = 1e-12  # relative: values that differ by less are the same


class BacktestScore(Frozen):
    """How a method did at one step, over the origins whose target is known."""

    method: str
    step: int
    n_origins: int
    crps: float
    skill: float = Field(description="1 - CRPS / that of climatology: 0 is no better")
    dm_p: float | None = Field(description="of so large a difference by chance; none: too few")
    mae: float = Field(description="of the median")
    pinball: float
    coverage_50: float
    coverage_80: float
    coverage_95: float
    interval_95: float = Field(description="interval score of the central 95 %")
    brier: float | None = Field(
        default=None, description="of the first threshold whose periods end here"
    )


def rehearse(inputs: Inputs) -> Rehearsal:
    """Fit every method now, and forecast with those that could be fitted at past origins."""
    definition = inputs.definition
    history = History.of(definition, inputs.observations, inputs.as_of, drivers=inputs.drivers)
    panel = history.at(np.inf)
    check(panel)
    methods = roster(panel.family, definition.methods, driven=bool(inputs.drivers))
    rehearsed = run(history, methods, definition.steps, seed_of(inputs))
    idle = [name for name in definition.methods if name not in methods]
    notes = tuple(f"{name} is left out: not for {panel.family} series" for name in idle)
    return rehearsed._replace(notes=rehearsed.notes + notes)


def report(inputs: Inputs) -> tuple[BacktestScore, ...]:
    """Score every candidate at every step, as it would have been published, for people to read."""
    tested, seed = rehearse(inputs).tested, seed_of(inputs)
    ends = {one.within: one for one in reversed(inputs.definition.thresholds)}
    return tuple(
        row.model_copy(
            update={
                "brier": scoring.brier(
                    hindcasts(tested, tested.names.index(row.method), ends[row.step], seed)
                )
            }
        )
        if row.step in ends
        else row
        for row in scores(tested)
    )


def scores(tested: Backtest) -> tuple[BacktestScore, ...]:
    """Score every candidate at every step over the origins whose target is known."""
    ordered = calibrate.widen(np.sort(tested.paths, axis=2), tested.factors)
    targets = tested.targets[:, None, :]
    climatology = tested.scores[:, tested.names.index("climatology")]
    rivals = tested.scores.swapaxes(0, 1)
    _, chance = scoring.diebold_mariano(climatology, rivals, tested.spacing)
    columns = {
        "crps": tested.scores,
        "mae": np.abs(np.median(ordered, axis=2) - targets),
        "pinball": scoring.pinball(ordered, targets),
        "interval_95": scoring.interval(ordered, targets, 0.95),
        **{
            f"coverage_{100 * share:g}": scoring.covered(ordered, targets, share)
            for share in _COVERED
        },
    }
    return tuple(
        BacktestScore(
            method=name,
            step=step,
            n_origins=int(known.sum()),
            skill=scoring.relative(
                rivals[place, known, step - 1].sum(), climatology[known, step - 1].sum()
            ).item(),
            dm_p=None if np.isnan(chance[place, step - 1]) else chance[place, step - 1],
            **{
                column: float(cells[known, place, step - 1].mean())
                for column, cells in columns.items()
            },
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
