"""Whether the pool is published: only if it has earned that against a baseline."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from forecaster.domain.forecast import Skill
from forecaster.domain.indicator import Family
from forecaster.model import pool, scoring
from forecaster.model.family import WHOLE_NUMBERS
from forecaster.model.method import BASELINES, dice
from forecaster.model.rolling import EARLIER, Backtest

_JUDGED = 10  # origins at which the past could weigh the pool; with fewer the baseline stands
_BLOCKS = 5  # the same in horizons: an interval from fewer blocks is too narrow


class Verdict(NamedTuple):
    """The method to publish, the baseline it was held against, and why."""

    choice: str
    baseline: str
    skill: Skill | None
    note: str


def decide(tested: Backtest, family: Family, seed: int) -> Verdict:
    """Choose between the pool and the baseline.

    The baseline of counts and binary values is climatology: to persist after a rare event would
    be to say that it goes on. Elsewhere it is climatology or naive, whichever has the lower mean
    CRPS over all targets known by now (climatology where fewer than 5 origins tell). The pool's
    skill is prequential: at each origin it is weighed and widened by what was known there. It is
    published if the lower bound of that skill's 80 % interval is above zero; else the baseline is,
    and its own skill is given against the other baseline. Nothing replaces the baseline on fewer
    than 10 judged origins, or on fewer than five blocks (a block is the origins within a horizon:
    their forecasts overlap).
    """
    fallback = _baseline(tested, family)
    judged = _judged(tested)
    needed = max(_JUDGED, _BLOCKS * _block(tested))
    if judged.size < needed or np.nanmin(tested.targets) == np.nanmax(tested.targets):
        few = f"{judged.size} origins are too few to judge by, {needed} are needed"
        why = few if judged.size < needed else "every target was the same"
        return Verdict(fallback, fallback, None, f"{why}: the baseline {fallback} stands")
    found = _skill(tested, judged, pool.NAME, fallback, seed)
    low, high = found.interval_80
    terms = (
        f"skill {found.value:.3f}, 80 % interval {low:.3f} to {high:.3f}, {judged.size} origins"
    )
    if low > 0:
        return Verdict(pool.NAME, fallback, found, f"better than the baseline {fallback}: {terms}")
    other = next(one for one in BASELINES if one != fallback)
    own = _skill(tested, judged, fallback, other, seed)
    return Verdict(fallback, fallback, own, f"no better than the baseline {fallback}: {terms}")


def _baseline(tested: Backtest, family: Family) -> str:
    """Return the baseline that is hardest to beat by all that is known."""
    usable = tested.known_now
    if family in WHOLE_NUMBERS or usable.any(axis=1).sum() < EARLIER:
        return "climatology"
    scores = scoring.mean_over(tested.scores, usable)
    return min(BASELINES, key=lambda name: float(scores[tested.names.index(name)]))


def _judged(tested: Backtest) -> NDArray[np.intp]:
    """Return the origins at which the past could weigh the pool, and whose targets are known."""
    told = [
        tested.known_now[one].any() and tested.usable(one).any(axis=1).sum() >= EARLIER
        for one in range(tested.moments.size)
    ]
    return np.flatnonzero(told)


def _block(tested: Backtest) -> int:
    """Count the origins within a horizon."""
    return int(np.ceil(tested.scores.shape[2] / tested.spacing))


def _skill(tested: Backtest, judged: NDArray[np.intp], name: str, versus: str, seed: int) -> Skill:
    ours, theirs = (tested.scores[judged, tested.names.index(one)] for one in (name, versus))
    value, interval = scoring.skill(ours, theirs, _block(tested), dice(seed, "skill"))
    return Skill(value=value, interval_80=interval, versus=versus, n_origins=judged.size)
