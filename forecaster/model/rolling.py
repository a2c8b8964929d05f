"""The rolling origin: every method's forecasts at past moments, from what was known then."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
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

PATHS = 240
ORIGINS = 130
"""Past moments at which forecasts are tried, at most."""
EARLIER = 5
"""Earlier origins with a known target, before they say anything of weights or of choice."""

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
    spacing: float
    """Periods from one origin to the next, on average."""
    ends: NDArray[np.int64]
    """(O,), the ordinal of the last period that had a value at each origin."""
    moments: FloatArray
    n_values: NDArray[np.int_]
    """(O,), how many values were known."""
    targets: FloatArray
    """(O, H), the newest values; NaN where there is none."""
    known: FloatArray
    """(O, H), when each target became known; infinity where it is not."""
    paths: FloatArray
    """(O, C, P, H), as the methods drew them."""
    raw_scores: FloatArray
    """(O, C, H), CRPS of those."""
    pits: FloatArray
    """(2, O, C, H), from where to where the targets' ranks among those reach."""
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

    def is_calibrated_as_now(self, origin: int, width: int) -> bool:
        """Say whether each of the first steps that has a factor by now had one at an origin."""
        then, now = calibrate.enough(self.usable(origin)), calibrate.enough(self.known_now)
        return bool((then >= now)[:width].all())

    @property
    def known_now(self) -> NDArray[np.bool_]:
        """Say which targets (O, H) are known by now."""
        return np.asarray(np.isfinite(self.known))


def run(history: History, methods: Mapping[str, Method], steps: int, seed: int) -> Backtest:
    """Forecast at up to 130 evenly spaced origins with every method and with their pool."""
    origins = _origins(history)
    ends = np.array([one.panel.end for one in origins], dtype=np.int64)
    names = (*methods, pool.NAME)
    cells = (len(origins), len(names), steps)
    tested = Backtest(
        names=names,
        spacing=float(np.diff(ends).mean()) if ends.size > 1 else 1.0,
        ends=ends,
        moments=np.array([one.moment for one in origins]),
        n_values=np.array([one.panel.places.size for one in origins], dtype=np.int_),
        targets=np.empty((len(origins), steps)),
        known=np.empty((len(origins), steps)),
        paths=np.empty((*cells[:2], PATHS, steps)),
        raw_scores=np.empty(cells),
        pits=np.empty((2, *cells)),
        factors=np.empty(cells),
        scores=np.empty(cells),
    )
    parameters: Mapping[str, Parameters] = {}
    for place, origin in enumerate(origins):
        if place % -(-len(origins) // _ESTIMATES) == 0:
            parameters, _ = estimate(methods, origin.panel)
        drawn = _draw_all(methods, parameters, origin.panel, steps, seed)
        _fill(tested, place, history.targets(origin.panel.end + 1, steps), drawn)
    return tested


def hindcasts(
    tested: Backtest, place: int, threshold: Threshold, seed: int
) -> tuple[Hindcast, ...]:
    """Return what a candidate would have said of a threshold, where all its periods are known.

    Each is held to what the values known at its own origin could resolve. If the steps have a
    factor by now, only origins at which they had one tell of such forecasts.
    """
    width = threshold.within
    known = np.isfinite(tested.targets[:, :width]).all(axis=1)
    whole = np.array(
        [one for one in np.flatnonzero(known) if tested.is_calibrated_as_now(int(one), width)],
        dtype=np.intp,
    )
    moved = (
        calibrate.widen_paths(
            tested.paths[origin, place, :, :width],
            tested.factors[origin, place, :width],
            dice(seed, "ranks", int(tested.ends[origin])),
        )
        for origin in whole
    )
    came = crossing.happens(tested.targets[whole], threshold)
    return tuple(
        Hindcast(p=crossing.probability(paths, threshold, int(n)), happened=bool(happened))
        for paths, n, happened in zip(moved, tested.n_values[whole], came, strict=True)
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


def _origins(history: History) -> list[Origin]:
    """Choose evenly among the moments at which a period's first value became known.

    Silence is of no matter there: forecasts are checked from the period after the last value on.
    """
    moments = history.first_known()
    per_year = history.frequency.per_year
    training = max(_TRAINING, min(2 * per_year, moments.size // 3))
    eligible = moments[training - 1 : -1]
    chosen = np.linspace(0, eligible.size - 1, min(ORIGINS, eligible.size))
    found: dict[int, Origin] = {}
    for moment in eligible[np.unique(np.rint(chosen).astype(int))]:
        try:
            panel = replace(history.at(moment), silence=0)
        except CannotForecast:  # all that was known then had been withdrawn
            continue
        if panel.places.size >= training:
            found.setdefault(panel.end, Origin(float(moment), panel))
    return list(found.values())


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
) -> None:
    """Score one origin, with weights and widening from the origins before it."""
    tested.targets[place], tested.known[place] = targets
    usable = tested.usable(place)
    shares = member_shares(tested, tested.raw_scores[:place], usable)
    drawn = np.concatenate([drawn, pool.mix(drawn, shares)[None]])
    tested.paths[place] = drawn
    ordered = np.sort(drawn, axis=1)
    tested.pits[:, place] = calibrate.pits(ordered, targets[0])
    tested.factors[place] = calibrate.factors(tested.pits[:, :place], usable)
    tested.raw_scores[place] = scoring.crps(ordered, targets[0])
    widened = calibrate.widen(ordered, tested.factors[place])
    tested.scores[place] = scoring.crps(widened, targets[0])
