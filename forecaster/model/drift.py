"""Whether new values are still such as a fit expects; else it is time to learn anew."""

from collections.abc import Sequence

import numpy as np

from forecaster.domain.forecast import Step

_ALARM = 100.0
"""The bet's gain that says so: in series that go on as before, once in 100 values at most."""


def step_score(step: Step, value: float) -> float:
    """Return the quantile score of one published step, averaged over its levels."""
    levels = np.array([float(level) for level in step.quantiles])
    missed = value - np.array(list(step.quantiles.values()))
    return float(np.maximum(levels * missed, (levels - 1) * missed).mean())


def has_drifted(expected: Sequence[float], scores: Sequence[float]) -> bool:
    """Say whether the scores since the fit, in time, are worse than those that it expected.

    Each score's rank among the n expected ones, r = (1 + #{expected >= score}) / (n + 1), is a
    conformal p-value; a bet against its being uniform gains 1 / (2 sqrt(r)), and never more than
    one on average while scores are exchangeable (the power martingale of Vovk, Nouretdinov and
    Gammerman 2003). Gains are multiplied from the best moment on, as in a CUSUM (Page 1954).
    """
    ranked, gain = np.sort(np.asarray(expected)), 1.0
    for score in scores:
        worse = ranked.size - int(np.searchsorted(ranked, score))
        gain = max(gain, 1.0) * 0.5 / np.sqrt((1 + worse) / (ranked.size + 1))
        if gain >= _ALARM:
            return True
    return False
