"""The rolling origin: every method's forecasts at past moments, from what was known then."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from forecaster.domain.errors import CannotForecast
from forecaster.domain.forecast import Hindcast
from forecaster.domain.indicator import Threshold
from forecaster.model import calibrate, crossing, pool, scoring
from forecaster.model.family import FloatArray
from forecaster.model.method import Method, Parameters, dice, draw
from forecaster.model.panel import History, Panel

PATHS = 400
EARLIER = 5
"""Earlier origins with a known target, before they say anything of weights or of choice."""

_ORIGINS = 60
_TRAINING = 10  # values before the first origin, at least
_ESTIMATES = 3  # times that parameters are estimated on the way; between them they are fixed


class Origin(NamedTuple):
    """A past moment and the series as it was known then."""

    moment: float
    panel: Panel


@dataclass(frozen=True)
class Backtest:
    """Forecasts of every candidate at every origin, beside what came.

    Axes: O origins (in time), C candidates (members, then their pool), P paths, H steps. Whatever
    was learnt at an origin (weights, widening) was learnt from targets that were known then.
    """

    names: tuple[str, ...]
    spacing: int
    moments: FloatArray
    targets: FloatArray
    """(O, H), the newest values; NaN where there is none."""
    known: FloatArray
    """(O, H), when each target became known; infinity where it is not."""
    paths: FloatArray
    """(O, C, P, H), as the methods drew them."""
    raw_scores: FloatArray
    """(O, C, H), CRPS of those."""
    pits: FloatArray
    """(O, C, H), ranks of the targets among those."""
    factors: FloatArray
    """(O, C, H), the widening that earlier ranks called for."""
    scores: FloatArray
    """(O, C, H), CRPS after that widening."""

    @property
    def members(self) -> int:
        """Count the methods; the last candidate is their pool."""
        return len(self.names) - 1

    def usable(self, origin: int) -> NDArray[np.bool_]:
        """Say which targets (origin, H) of earlier origins were known at an origin."""
        return np.asarray(self.known[:origin] <= self.moments[origin])

    @property
    def known_now(self) -> NDArray[np.bool_]:
        """Say which targets (O, H) are known by now."""
        return np.asarray(np.isfinite(self.known))


def run(history: History, methods: Mapping[str, Method], steps: int, seed: int) -> Backtest:
    """Forecast at up to 60 evenly spaced origins with every method and with their pool."""
    origins, spacing = _origins(history)
    names = (*methods, pool.NAME)
    cells = (len(origins), len(names), steps)
    tested = Backtest(
        names=names,
        spacing=spacing,
        moments=np.array([one.moment for one in origins]),
        targets=np.empty((len(origins), steps)),
        known=np.empty((len(origins), steps)),
        paths=np.empty((*cells[:2], PATHS, steps)),
        raw_scores=np.empty(cells),
        pits=np.empty(cells),
        factors=np.empty(cells),
        scores=np.empty(cells),
    )
    parameters: Mapping[str, Parameters] = {}
    for place, origin in enumerate(origins):
        if place % -(-len(origins) // _ESTIMATES) == 0:
            parameters, _ = estimate(methods, origin.panel)
        drawn = _draw_all(methods, parameters, origin.panel, steps, seed)
        _fill(tested, place, history.targets(origin.panel.end + 1, steps), drawn, seed)
    return tested


def hindcasts(
    tested: Backtest, place: int, threshold: Threshold, seed: int
) -> tuple[Hindcast, ...]:
    """Return what a candidate would have said of a threshold, where all its periods are known."""
    width = threshold.within
    whole = np.flatnonzero(np.isfinite(tested.targets[:, :width]).all(axis=1))
    moved = (
        calibrate.widen_paths(
            tested.paths[origin, place, :, :width],
            tested.factors[origin, place, :width],
            dice(seed, "ranks", int(origin)),
        )
        for origin in whole
    )
    came = crossing.happens(tested.targets[whole], threshold)
    return tuple(
        Hindcast(p=crossing.probability(paths, threshold), happened=bool(happened))
        for paths, happened in zip(moved, came, strict=True)
    )


def estimate(
    methods: Mapping[str, Method], panel: Panel
) -> tuple[dict[str, Parameters], tuple[str, ...]]:
    """Fit every method that can be fitted; say why another cannot, and what the fits met."""
    parameters: dict[str, Parameters] = {}
    notes: list[str] = []
    for name, method in methods.items():
        try:
            learnt = method.fit(panel)
        except CannotForecast as refusal:
            notes.append(f"{name} is left out: {refusal}")
            continue
        parameters[name] = learnt.parameters
        notes.extend(learnt.warnings)
    return parameters, tuple(notes)


def member_shares(
    tested: Backtest, raw_scores: FloatArray, usable: NDArray[np.bool_]
) -> FloatArray:
    """Weigh the members by the usable scores (origins, C, H); equally where they are too few."""
    if usable.any(axis=1).sum() < EARLIER:
        return pool.weights(None, tested.members)
    return pool.weights(scoring.mean_over(raw_scores, usable)[: tested.members], tested.members)


def _origins(history: History) -> tuple[list[Origin], int]:
    moments = history.first_known()
    per_year = history.frequency.per_year
    training = max(_TRAINING, min(2 * per_year, moments.size // 3))
    eligible = moments[training - 1 : -1][::-1]
    spacing = max(1, -(-eligible.size // _ORIGINS))
    found: dict[int, Origin] = {}
    for moment in eligible[::spacing][::-1]:
        try:
            panel = history.at(moment)
        except CannotForecast:  # all that was known then had been withdrawn
            continue
        if panel.places.size >= training:
            found.setdefault(panel.end, Origin(float(moment), panel))
    return list(found.values()), spacing


def _draw_all(
    methods: Mapping[str, Method],
    parameters: Mapping[str, Parameters],
    panel: Panel,
    steps: int,
    seed: int,
) -> FloatArray:
    """Draw (members, P, H); a method that could not be fitted yet says what climatology says."""
    drawn = []
    for name in methods:
        stand_in = name if name in parameters else "climatology"
        rng = dice(seed, stand_in, panel.end)
        learnt = parameters[stand_in]
        drawn.append(draw(methods[stand_in], panel, learnt, steps, n_paths=PATHS, rng=rng))
    return np.stack(drawn)


def _fill(
    tested: Backtest,
    place: int,
    targets: tuple[FloatArray, FloatArray],
    drawn: FloatArray,
    seed: int,
) -> None:
    """Score one origin, with weights and widening from the origins before it."""
    tested.targets[place], tested.known[place] = targets
    usable = tested.usable(place)
    shares = member_shares(tested, tested.raw_scores[:place], usable)
    drawn = np.concatenate([drawn, pool.mix(drawn, shares)[None]])
    tested.paths[place] = drawn
    ordered = np.sort(drawn, axis=1)
    uniform = dice(seed, "pits", place).random(tested.pits.shape[1:])
    tested.pits[place] = calibrate.pits(ordered, targets[0], uniform)
    tested.factors[place] = calibrate.factors(tested.pits[:place], usable)
    tested.raw_scores[place] = scoring.crps(ordered, targets[0])
    widened = calibrate.widen(ordered, tested.factors[place])
    tested.scores[place] = scoring.crps(widened, targets[0])
