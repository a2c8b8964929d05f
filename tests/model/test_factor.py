"""The state space behind a factor: months and quarters in one likelihood, and its limits."""

import numpy as np
import pytest

from forecaster.domain.errors import CannotForecast
from forecaster.model import factor
from tests.model.factors import quarters_of, walk

MONTHS_ONLY = np.zeros(3, dtype=bool)


def panel(seed: int, months: int = 120) -> tuple[np.ndarray, np.ndarray]:
    """Draw three monthly inputs of one factor."""
    rng = np.random.default_rng(seed)
    level = walk(rng, months)
    return level, level[:, None] + 0.5 * rng.normal(size=(months, 3))


def test_a_quarter_tells_the_mean_of_its_three_months() -> None:
    rng = np.random.default_rng(1)
    level = walk(rng, 120)
    values = np.full((120, 2), np.nan)
    values[:, 0] = level
    values[2::3, 1] = quarters_of(level)
    quarterly = np.array([False, True])
    # Loadings of one and next to no noise: both inputs must agree on every month.
    parameters = np.array([1.0, 1.0, np.log(1e-3), np.log(1e-3), 0.0, 0.0, np.arctanh(0.8)])

    (told,) = factor.smooth(values, quarterly, parameters[None])

    assert np.abs(told.mean - level).max() < 0.01


def test_a_quarter_alone_leaves_its_months_open() -> None:
    values = np.full((30, 1), np.nan)
    values[2::3, 0] = 1.0
    parameters = np.array([1.0, np.log(0.1), 0.0, np.arctanh(0.8)])

    (told,) = factor.smooth(values, np.array([True]), parameters[None])

    means = told.mean.reshape(-1, 3).mean(axis=1)
    assert np.abs(means - 1).max() < 0.05
    assert told.variance.min() > 0.02


def test_parameters_are_found_that_drew_the_panel() -> None:
    _, values = panel(2, months=600)

    found = factor.estimate(
        values / values.std(axis=0), MONTHS_ONLY, np.random.default_rng(0), n_draws=5
    )

    loadings, noise, _, memory = factor.split(found.mode)
    assert found.converged
    assert loadings / noise == pytest.approx([2.0, 2.0, 2.0], rel=0.2)
    assert memory == pytest.approx(0.8, abs=0.1)


def test_a_factor_lowers_aic_where_there_is_one_and_not_where_there_is_none() -> None:
    _, common = panel(3)
    apart = np.random.default_rng(4).normal(size=(120, 3))

    gains = [
        factor.estimate(each, MONTHS_ONLY, np.random.default_rng(0), n_draws=2).gain
        for each in (common, apart)
    ]

    assert gains[0] > 0 > gains[1]


def test_the_search_ends_at_its_deadline() -> None:
    _, values = panel(5)

    with pytest.raises(CannotForecast, match="by its deadline of 0 s"):
        factor.estimate(values, MONTHS_ONLY, np.random.default_rng(0), n_draws=2, seconds=0)


def test_the_same_dice_give_the_same_draws() -> None:
    _, values = panel(6)

    one, other = (
        factor.estimate(values, MONTHS_ONLY, np.random.default_rng(0), n_draws=3).draws
        for _ in range(2)
    )

    assert (one == other).all()
