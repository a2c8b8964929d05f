"""What was measured: one window's scores, and their means over windows, series and data sets."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
from forecasters import WITHIN, Answer, threshold
from numpy.typing import NDArray
from scores import (
    COVERS,
    LEVELS,
    Ratio,
    central,
    covered,
    crps,
    interval_score,
    mase_scale,
    ratio,
)
from series import Window

_WIDE = COVERS[-1]


def measure(window: Window, answer: Answer) -> dict[str, float]:
    """Score an answer at the targets that are known; NaN where a measure has nothing to say."""
    known = np.isfinite(window.targets)
    quantiles, targets = answer.quantiles[known], window.targets[known]
    scale = mase_scale(window.past.to_numpy(float), window.series.season) or float("nan")
    missed = np.abs(targets - quantiles[:, LEVELS.index(0.5)])
    raw = crps(quantiles, targets)
    logs = crps(np.log1p(np.maximum(quantiles, 0)), np.log1p(np.maximum(targets, 0)))
    spans = interval_score(*central(quantiles, _WIDE), targets, _WIDE)
    scores = {
        "MASE": missed.mean() / scale,
        "CRPS": raw.mean() / scale,
        "raw CRPS": raw.mean(),
        "log CRPS": logs.mean(),
        "MSIS": spans.mean() / scale,
        "Brier": _brier(window, answer),
        "ms": 1e3 * answer.seconds,
    }
    shares = {f"cov{100 * one:.0f}": covered(quantiles, targets, one).mean() for one in COVERS}
    return {name: float(score) for name, score in {**scores, **shares}.items()}


def _brier(window: Window, answer: Answer) -> float:
    soon = window.targets[:WITHIN]
    if answer.p is None or soon.size < WITHIN or np.isnan(soon).any():
        return float("nan")
    return (answer.p - float(soon.max() > threshold(window))) ** 2


@dataclass
class Book:
    """All scores of a run, by data set, forecaster and series."""

    rng: np.random.Generator
    entries: dict[tuple[str, str], dict[str, list[Mapping[str, float]]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )

    def note(self, window: Window, who: str, scores: Mapping[str, float]) -> None:
        """Keep the scores of one window."""
        self.entries[window.series.group, who][window.series.name].append(scores)

    def forecasters(self, group: str) -> list[str]:
        """Return who forecast in a data set, in the order of their first entry."""
        return [who for where, who in self.entries if where == group]

    def means(self, groups: Collection[str], who: str, name: str) -> dict[str, float]:
        """Return each series' mean score."""
        return {
            f"{group}/{series}": _mean([one[name] for one in told])
            for group in groups
            for series, told in self.entries.get((group, who), {}).items()
        }

    def mean(self, groups: Collection[str], who: str, name: str) -> float:
        """Return the mean over series."""
        return _mean(list(self.means(groups, who, name).values()))

    def ratio(self, groups: Collection[str], who: str, other: str, name: str) -> Ratio:
        """Divide two forecasters' means over the series that both could forecast."""
        ours, theirs = self.means(groups, who, name), self.means(groups, other, name)
        both = [one for one in ours if one in theirs]
        return ratio(_array(ours, both), _array(theirs, both), self.rng)


def _array(scores: Mapping[str, float], names: list[str]) -> NDArray[np.float64]:
    return np.array([scores[one] for one in names])


def _mean(scores: list[float]) -> float:
    held = [one for one in scores if np.isfinite(one)]
    return sum(held) / len(held) if held else float("nan")
