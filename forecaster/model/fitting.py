"""Learn from the whole past of a series: which method, its parameters, width and record."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from forecaster.domain.forecast import Fitted, Inputs
from forecaster.domain.indicator import Threshold
from forecaster.domain.period import Period
from forecaster.model import calibrate, choice, pool, scoring
from forecaster.model.family import FloatArray
from forecaster.model.method import STOPPED, seed_of
from forecaster.model.rehearsing import rehearse
from forecaster.model.rolling import Backtest, Rehearsal, hindcasts


def fit(inputs: Inputs) -> Fitted:
    """Learn from what a series' definition says of it; refuse a series that shows nothing."""
    definition, seed = inputs.definition, seed_of(inputs)
    rehearsed = rehearse(inputs)
    return learnt(rehearsed, definition.thresholds, seed)


def learnt(rehearsed: Rehearsal, thresholds: Sequence[Threshold], seed: int) -> Fitted:
    """Choose, weigh, calibrate, and keep the record of what would have been said."""
    panel, parameters, notes, tested = rehearsed
    verdict = choice.decide(tested, seed)
    place = tested.names.index(verdict.choice)
    widening = tested.widening(tested.known_now)
    calibration, of_baseline = (
        tuple(widening[one].tolist()) for one in (place, tested.names.index(verdict.baseline))
    )
    record = {one.id: hindcasts(tested, place, one, seed) for one in thresholds}
    weights = _weights(tested, verdict.choice)
    return Fitted(
        family=panel.family,
        baseline=verdict.baseline,
        choice=verdict.choice,
        weights=weights,
        parameters={name: dict(learnt) for name, learnt in parameters.items()},
        scale=panel.scale.learnt,
        calibration=calibration,
        baseline_calibration=of_baseline,
        skill=verdict.skill,
        against=verdict.against,
        record=record,
        calibration_error={name: scoring.calibration_error(past) for name, past in record.items()},
        one_step_scores=_one_step(tested, place),
        spacing=tested.spacing,
        n_origins=tested.moments.size,
        trained_from=Period.at(panel.start, panel.frequency).start,
        trained_to=Period.at(panel.end, panel.frequency).last_day,
        n_observations=panel.places.size,
        n_effective=effective(panel.moved),
        converged=converged(notes, weights),
        note=verdict.note,
        warnings=(*notes, *_unsupported(tested)),
    )


def converged(notes: Collection[str], members: Iterable[str]) -> bool:
    """Say whether no member's fit noted that it stopped early."""
    return not any(f"{name}: {STOPPED}" in notes for name in members)


def _one_step(tested: Backtest, place: int) -> tuple[float, ...]:
    """Return how forecasts of the next value were met, each calibrated as it was then."""
    known = tested.known_now[:, 0]
    ordered = np.sort(tested.paths[known, place, :, :1], axis=1)
    moved = calibrate.widen(ordered, tested.factors[known, place, :1])
    return tuple(scoring.pinball(moved, tested.targets[known, :1])[:, 0].tolist())


def effective(values: FloatArray) -> float:
    """Return n (1 - r) / (1 + r): so many independent values tell as much of the mean.

    `values` (periods,) on the family's scale, NaN for a gap; r is the lag-one autocorrelation,
    over the neighbours that both have a value, at least 0 (Bayley and Hammersley 1946; Wilks 2011,
    ch. 5). At least 1.
    """
    known = np.isfinite(values)
    rest = np.where(known, values - np.mean(values[known]), 0.0)
    both = known[1:] & known[:-1]
    power = float(np.square(rest).sum() / known.sum())
    if not both.any() or power <= np.finfo(np.float64).tiny:
        return float(known.sum())
    lagged = float((rest[1:] * rest[:-1])[both].mean()) / power
    lagged = min(max(lagged, 0.0), 1.0)
    return max(1.0, float(known.sum()) * (1 - lagged) / (1 + lagged))


def _weights(tested: Backtest, chosen: str) -> Mapping[str, float]:
    if chosen != pool.NAME:
        return {chosen: 1.0}
    shares = tested.shares(tested.known_now)
    return {name: float(one) for name, one in zip(tested.names, shares, strict=False) if one}


def _unsupported(tested: Backtest) -> tuple[str, ...]:
    """Say which steps have too few residuals for a map."""
    steps = np.flatnonzero(~calibrate.enough(tested.known_now)) + 1
    if not steps.size:
        return ()
    span = f"steps {steps[0]} to {steps[-1]}"
    few = f"fewer than {calibrate.AT_LEAST} checked forecasts"
    return (f"{span} have the width that series like this one need: {few}",)
