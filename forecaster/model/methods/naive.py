"""Persistence: the last value, and from there steps like those of the past."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from forecaster.domain.indicator import Family
from forecaster.model.family import FloatArray
from forecaster.model.method import Estimate, Parameters, Swift, even_dice
from forecaster.model.panel import Panel


class Naive(Swift):
    """A random walk on the family's scale; for binary values a two-state Markov chain.

    z[t+1] = z[t] + s d, with d drawn from the past differences (a difference over a gap of k
    periods is divided by sqrt(k)) and s = +1 or -1 with equal chance: no drift, the series' own
    spread and tails. Chain: P(1 after i) = (n_i1 + 1/2) / (n_i + 1).
    """

    families: ClassVar[frozenset[Family]] = frozenset(Family)

    def fit_at(self, panel: Panel, ends: NDArray[np.intp]) -> list[Estimate]:
        """Learn nothing, at each end."""
        del panel
        return [Estimate({})] * ends.size

    def paths_at(
        self,
        panel: Panel,
        parameters: Sequence[Parameters],
        ends: NDArray[np.intp],
        steps: int,
        *,
        n_paths: int,
        rng: np.random.Generator,
    ) -> FloatArray:
        """Draw walks from the last value before each end, of shape (ends, n_paths, steps)."""
        del parameters
        uniform = even_dice(rng, n_paths, steps)
        if panel.family is Family.BINARY:
            return _chains(panel.values, ends, uniform)
        held = panel.places
        moves = np.diff(panel.moved[held]) / np.sqrt(np.diff(held))
        if not moves.size:
            moves = np.zeros(1)
        count = np.searchsorted(held, ends)
        moved = (2 * uniform * np.maximum(count - 1, 1)[:, None, None]).astype(np.intp)
        walks = moves[moved // 2] * (1 - 2 * (moved % 2))  # up or down with equal chance
        last = panel.moved[held[count - 1]]
        return panel.back(last[:, None, None] + np.cumsum(walks, axis=2), ends)


def _chains(values: FloatArray, ends: NDArray[np.intp], uniform: FloatArray) -> FloatArray:
    before, after = values[:-1], values[1:]
    chances = []
    for one in (0, 1):
        follows = (before == one) & np.isfinite(after)
        known = np.r_[0, np.cumsum(follows)][ends - 1]
        ones = np.r_[0, np.cumsum(follows & (after == 1))][ends - 1]
        chances.append((ones + 0.5) / (known + 1))
    chance = np.stack(chances, axis=1)
    paths = np.empty((ends.size, *uniform.shape))
    last = np.flatnonzero(np.isfinite(values))
    begun = values[last[np.searchsorted(last, ends) - 1]]
    state: NDArray[np.intp] = np.repeat(begun.astype(np.intp)[:, None], uniform.shape[0], axis=1)
    rows = np.arange(ends.size)[:, None]
    for step in range(uniform.shape[1]):
        state = np.asarray(uniform[:, step] < chance[rows, state], dtype=np.intp)
        paths[:, :, step] = state
    return paths
