"""Whether new values are still such as a fit expects; else it is time to learn anew."""

from bisect import bisect_left
from collections.abc import Sequence

from forecaster.domain.forecast import Step

_ALARM = 30.0
"""The bet's gain that says so: of 12 scores like those before it came in 1 of 100 cases."""


def step_score(step: Step, value: float) -> float:
    """Return the quantile score of one published step, averaged over its levels."""
    told = [(float(level), value - quantile) for level, quantile in step.quantiles.items()]
    return sum(max(level * miss, (level - 1) * miss) for level, miss in told) / len(told)


def has_drifted(expected: Sequence[float], scores: Sequence[float]) -> bool:
    """Say whether the scores since the fit, in time, are worse than those that it expected.

    Each score's rank among the n expected ones, r = (1 + #{expected >= score}) / (n + 1), is a
    conformal p-value; a bet against its being uniform gains 1 / (2 sqrt(r)), and never more than
    one on average while scores are exchangeable (the power martingale of Vovk, Nouretdinov and
    Gammerman 2003). Gains are multiplied from the best moment on, as in a CUSUM (Page 1954).
    """
    ranked, n, gain = sorted(expected), len(expected), 1.0
    for score in scores:
        rank = (1 + n - bisect_left(ranked, score)) / (n + 1)
        gain = max(gain, 1.0) * 0.5 * rank**-0.5
        if gain >= _ALARM:
            return True
    return False
