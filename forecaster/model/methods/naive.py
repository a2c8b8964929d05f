"""Persistence: the last value, and from there steps like those of the past."""

from typing import ClassVar

import numpy as np

from forecaster.domain.indicator import Family
from forecaster.model.family import FloatArray
from forecaster.model.method import Estimate, Parameters
from forecaster.model.panel import Panel


class Naive:
    """A random walk on the family's scale; for binary values a two-state Markov chain.

    z[t+1] = z[t] + s d, with d drawn from the past differences (a difference over a gap of k
    periods is divided by sqrt(k)) and s = +1 or -1 with equal chance: no drift, the series' own
    spread and tails. Chain: P(1 after i) = (n_i1 + 1/2) / (n_i + 1).
    """

    families: ClassVar[frozenset[Family]] = frozenset(Family)

    def fit(self, panel: Panel) -> Estimate:
        """Learn nothing: the past steps are read when paths are drawn."""
        del panel
        return Estimate({})

    def paths(
        self,
        panel: Panel,
        parameters: Parameters,
        steps: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> FloatArray:
        """Draw walks from the last value, of shape (n_paths, steps)."""
        del parameters
        if panel.family is Family.BINARY:
            return _chain(panel.values, rng.random((n_paths, steps)))
        held = panel.places
        moves = np.diff(panel.moved[held]) / np.sqrt(np.diff(held))
        if not moves.size:
            moves = np.zeros(1)
        drawn = rng.choice(moves, (n_paths, steps)) * rng.choice((-1.0, 1.0), (n_paths, steps))
        return panel.scale.back(panel.moved[-1] + np.cumsum(drawn, axis=1))


def _chain(values: FloatArray, uniform: FloatArray) -> FloatArray:
    before, after = values[:-1], values[1:]
    chance = np.array(
        [
            ((after[before == state] == 1).sum() + 0.5)
            / (np.isfinite(after[before == state]).sum() + 1)
            for state in (0, 1)
        ]
    )
    paths = np.empty_like(uniform)
    state = np.full(uniform.shape[0], int(values[-1]))
    for step in range(uniform.shape[1]):
        state = (uniform[:, step] < chance[state]).astype(int)
        paths[:, step] = state
    return paths
