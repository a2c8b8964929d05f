"""Whether the pool is published: only if it has earned that against a baseline."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from forecaster.domain.forecast import Comparison, DieboldMariano, Skill, StepSkill
from forecaster.model import pool, scoring
from forecaster.model.family import WHOLE_NUMBERS, FloatArray
from forecaster.model.method import BASELINES, dice
from forecaster.model.rolling import EARLIER, Backtest

_JUDGED = 10  # origins; with fewer the baseline stands
_BLOCKS = 3  # of origins, at least: from fewer no interval is drawn


class Verdict(NamedTuple):
    """The method to publish, the baseline it was held against, and why."""

    choice: str
    baseline: str
    skill: Skill | None
    """Of the pool over the baseline, or of the baseline over another one."""
    against: Mapping[str, Comparison]
    """What is published held against each other baseline; nothing where nothing was judged."""
    note: str


def decide(tested: Backtest, seed: int) -> Verdict:
    """Choose between the pool and the baseline.

    The baseline of counts and binary values is climatology: to persist after a rare event would
    be to say that it goes on. Elsewhere it is climatology or naive, whichever has the lower mean
    CRPS over all targets known by now (climatology where fewer than 5 origins tell). The pool's
    skill is prequential on both sides: at each origin the pool is weighed and widened by what was
    known there, and held against the baseline that would have been chosen there. It is published
    if the lower bound of that skill's 80 % interval is above zero; else the baseline is, and its
    own skill is given over the other one. Nothing replaces the baseline on fewer than 10 origins.
    The interval's blocks hold the origins within a horizon, since their forecasts overlap, but at
    most a third of all.
    """
    fallback = _baseline(tested, tested.known_now)
    judged = np.flatnonzero(tested.known_now.any(axis=1))
    if judged.size < _JUDGED or np.nanmin(tested.targets) == np.nanmax(tested.targets):
        few = f"{judged.size} origins are too few to judge by, {_JUDGED} are needed"
        why = few if judged.size < _JUDGED else "every target was the same"
        return Verdict(fallback, fallback, None, {}, f"{why}: the baseline {fallback} stands")
    skill = _over_baseline(tested, judged, fallback, seed)
    low, high = skill.interval_80
    terms = f"skill {skill.value:.3f}, 80 % interval {low:.3f} to {high:.3f}"
    said = f"the baseline {fallback}: {terms}, {judged.size} origins"
    if low > 0:
        against = _compare(tested, judged, pool.NAME, BASELINES, seed)
        return Verdict(pool.NAME, fallback, skill, against, f"better than {said}")
    others = [one for one in BASELINES if one != fallback]
    against = _compare(tested, judged, fallback, others, seed)
    found = against[others[0]]
    own = Skill(
        value=found.value,
        interval_80=found.interval_80,
        versus=others[0],
        n_origins=found.n_origins,
    )
    return Verdict(fallback, fallback, own, against, f"no better than {said}")


def _baseline(tested: Backtest, usable: NDArray[np.bool_]) -> str:
    """Return the baseline that is hardest to beat by usable targets of the first origins."""
    if tested.family in WHOLE_NUMBERS or usable.any(axis=1).sum() < EARLIER:
        return "climatology"
    scores = scoring.mean_over(tested.scores[: usable.shape[0]], usable)
    return min(BASELINES, key=lambda name: float(scores[tested.names.index(name)]))


def _over_baseline(tested: Backtest, judged: NDArray[np.intp], fallback: str, seed: int) -> Skill:
    """Hold the pool at the judged origins against the baseline that each would have chosen."""
    chosen = [tested.names.index(_baseline(tested, tested.usable(one))) for one in judged.tolist()]
    ours, theirs = tested.scores[judged, -1], tested.scores[judged, chosen]
    found = scoring.skill(ours, theirs[None], _block(tested, judged.size), dice(seed, "skill"))
    return Skill(
        value=float(found.value[0, 0]),
        interval_80=(float(found.low[0, 0]), float(found.high[0, 0])),
        versus=fallback,
        n_origins=judged.size,
    )


def _block(tested: Backtest, judged: int) -> int:
    """Count the origins within a horizon, at most a third of those judged."""
    return max(1, min(int(np.ceil(tested.scores.shape[2] / tested.spacing)), judged // _BLOCKS))


def _compare(
    tested: Backtest,
    judged: NDArray[np.intp],
    name: str,
    rivals: Sequence[str],
    seed: int,
) -> dict[str, Comparison]:
    """Hold a candidate at the judged origins against rivals, over all steps and at each."""
    ours = tested.scores[judged, tested.names.index(name)]
    theirs = tested.scores[judged][:, [tested.names.index(one) for one in rivals]].swapaxes(0, 1)
    found = scoring.skill(ours, theirs, _block(tested, judged.size), dice(seed, "skill"))
    tests = scoring.diebold_mariano(ours, theirs, tested.spacing)
    return {
        versus: Comparison(
            value=float(found.value[rival, 0]),
            interval_80=(float(found.low[rival, 0]), float(found.high[rival, 0])),
            n_origins=int(found.n[0]),
            steps=_by_step(found, tests, rival),
        )
        for rival, versus in enumerate(rivals)
    }


def _by_step(
    found: scoring.Skills, tests: tuple[FloatArray, FloatArray], rival: int
) -> tuple[StepSkill, ...]:
    statistics, chances = (one[rival] for one in tests)
    return tuple(
        StepSkill(
            step=step,
            value=float(found.value[rival, step]),
            interval_80=(float(found.low[rival, step]), float(found.high[rival, step])),
            n_origins=int(found.n[step]),
            dm=None if np.isnan(statistic) else DieboldMariano(statistic=statistic, p=chance),
        )
        for step, (statistic, chance) in enumerate(zip(statistics, chances, strict=True), start=1)
        if found.n[step]
    )
