"""Whether the pool is published: only if it has earned that against a baseline."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from forecaster.domain.forecast import Comparison, DieboldMariano, Skill, StepSkill
from forecaster.domain.indicator import Family
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
    against: Mapping[str, Comparison]
    """What is published held against each other baseline; nothing where nothing was judged."""
    note: str

    @property
    def skill(self) -> Skill | None:
        """Return the skill against the baseline, or of the baseline against another one."""
        if not self.against:
            return None
        versus = self.baseline if self.choice != self.baseline else next(iter(self.against))
        found = self.against[versus]
        return Skill(
            value=found.value,
            interval_80=found.interval_80,
            versus=versus,
            n_origins=found.n_origins,
        )


def decide(tested: Backtest, family: Family, seed: int) -> Verdict:
    """Choose between the pool and the baseline.

    The baseline of counts and binary values is climatology: to persist after a rare event would
    be to say that it goes on. Elsewhere it is climatology or naive, whichever has the lower mean
    CRPS over all targets known by now (climatology where fewer than 5 origins tell). The pool's
    skill is prequential: at each origin it is weighed and widened by what was known there. It is
    published if the lower bound of that skill's 80 % interval is above zero; else the baseline is,
    and its own skill is given against the other baselines. Nothing replaces the baseline on fewer
    than 10 origins. The interval's blocks hold the origins within a horizon, since their forecasts
    overlap, but at most a third of all.
    """
    fallback = _baseline(tested, family)
    judged = np.flatnonzero(tested.known_now.any(axis=1))
    if judged.size < _JUDGED or np.nanmin(tested.targets) == np.nanmax(tested.targets):
        few = f"{judged.size} origins are too few to judge by, {_JUDGED} are needed"
        why = few if judged.size < _JUDGED else "every target was the same"
        return Verdict(fallback, fallback, {}, f"{why}: the baseline {fallback} stands")
    others = [one for one in BASELINES if one != fallback]
    against = _compare(tested, judged, pool.NAME, [fallback, *others], seed)
    found = against[fallback]
    low, high = found.interval_80
    terms = (
        f"skill {found.value:.3f}, 80 % interval {low:.3f} to {high:.3f}, {judged.size} origins"
    )
    if low > 0:
        return Verdict(
            pool.NAME, fallback, against, f"better than the baseline {fallback}: {terms}"
        )
    own = _compare(tested, judged, fallback, others, seed)
    return Verdict(fallback, fallback, own, f"no better than the baseline {fallback}: {terms}")


def _baseline(tested: Backtest, family: Family) -> str:
    """Return the baseline that is hardest to beat by all that is known."""
    usable = tested.known_now
    if family in WHOLE_NUMBERS or usable.any(axis=1).sum() < EARLIER:
        return "climatology"
    scores = scoring.mean_over(tested.scores, usable)
    return min(BASELINES, key=lambda name: float(scores[tested.names.index(name)]))


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
