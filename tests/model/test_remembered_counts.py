"""Counts whose rate, or whose chance and size, are remembered."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from forecaster.domain.errors import CannotForecast
from forecaster.domain.indicator import Family
from forecaster.domain.period import Frequency
from forecaster.model.family import FloatArray
from forecaster.model.method import made
from forecaster.model.panel import Panel
from tests.model.series import definition, panel, random

NAMES = ("gamma_poisson", "hurdle")
ALL = (*NAMES, "log_level")
ENDS = np.array([40, 90, 91, 150])


def weekly(values: FloatArray, frequency: Frequency = Frequency.WEEK) -> Panel:
    return panel(values, definition(family=Family.COUNT, frequency=frequency))


def drawn(name: str, seen: Panel, *, steps: int = 4, n_paths: int = 4000) -> FloatArray:
    method = made(name)
    return method.paths(seen, method.fit(seen).parameters, steps, n_paths, random(5))


def clustered(n: int, seed: int = 6, level: float = 0.4) -> FloatArray:
    """Return counts that excite one another."""
    dice, rate, counts = random(seed), level, []
    for _ in range(n):
        counts.append(float(dice.poisson(rate)))
        rate = 0.25 * level + 0.4 * counts[-1] + 0.35 * rate
    return np.array(counts)


def fitting(name: str, n: int) -> FloatArray:
    """Return counts of which the method can learn: few zeros for a level on the log scale."""
    return clustered(n, level=9.0 if name == "log_level" else 0.4)


@pytest.mark.parametrize(("name", "wide"), [("gamma_poisson", 0.15), ("hurdle", 0.25)])
def test_a_poisson_law_is_found_again(name: str, wide: float) -> None:
    paths = drawn(name, weekly(random(1).poisson(0.8, 400).astype(float)))

    assert paths.mean() == pytest.approx(0.8, rel=0.2)
    assert (paths == 0).mean() == pytest.approx(np.exp(-0.8), abs=0.08)
    assert paths.var() == pytest.approx(0.8, rel=2 * wide)


def test_the_spread_of_a_negative_binomial_law_is_found_again() -> None:
    counts = random(2).negative_binomial(2, 2 / 32, 400).astype(float)

    paths = drawn("gamma_poisson", weekly(counts))

    assert paths.mean() == pytest.approx(30, rel=0.2)
    assert paths.std() / paths.mean() == pytest.approx(np.sqrt(1 / 30 + 1 / 2), rel=0.1)


def test_sizes_with_a_heavy_tail_stay_as_they_are() -> None:
    dice = random(3)
    counts = np.where(dice.random(400) < 0.15, np.ceil(dice.pareto(1.5, 400) * 3 + 1e-9), 0.0)

    paths = drawn("hurdle", weekly(counts))

    recent = counts[-200:][counts[-200:] > 0]
    assert (paths > 0).mean() == pytest.approx(0.15, abs=0.04)
    assert np.median(paths[paths > 0]) == pytest.approx(np.median(recent), abs=2)
    assert paths.max() > np.quantile(recent, 0.95)


@pytest.mark.parametrize("name", NAMES)
def test_a_burst_goes_on_and_fades(name: str) -> None:
    calm = clustered(300)
    burst = np.append(calm, [4.0, 5.0, 6.0, 5.0])

    after = drawn(name, weekly(burst), steps=12).mean(axis=0)

    assert after[0] > 1.5 * calm.mean()
    assert after[11] < 0.8 * after[0]


def test_counts_come_back_to_a_level_that_shifted() -> None:
    counts = np.append(random(4).poisson(3.0, 150), random(4).poisson(30.0, 20)).astype(float)

    assert drawn("gamma_poisson", weekly(counts)).mean() == pytest.approx(30, rel=0.15)


@pytest.mark.parametrize("name", NAMES)
def test_a_season_is_followed(name: str) -> None:
    week = np.arange(52 * 5)
    rate = 0.6 * np.exp(1.5 * np.sin(2 * np.pi * week / 52.18))
    counts = random(8).poisson(rate).astype(float)

    paths = drawn(name, weekly(counts), steps=40)

    assert (paths[:, 5:20] > 0).mean() > 1.5 * (paths[:, 30:40] > 0).mean()


@pytest.mark.parametrize("name", ALL)
def test_what_is_learnt_at_an_end_is_what_its_past_alone_would_teach(name: str) -> None:
    method: Any = made(name)
    values = fitting(name, 150)

    learnt = method.fit_at(weekly(values), ENDS)

    for end, one in zip(ENDS, learnt, strict=True):
        alone = method.fit(weekly(values[:end])).parameters
        np.testing.assert_allclose(one.parameters["shares"], alone["shares"], rtol=1e-6)
        np.testing.assert_allclose(one.parameters["season"], alone["season"], atol=1e-8)


@pytest.mark.parametrize("name", ALL)
def test_paths_at_an_end_know_nothing_that_comes_later(name: str) -> None:
    method: Any = made(name)
    values = fitting(name, 150)
    changed = np.append(values[:91], np.full(59, 77.0))
    learnt = [one.parameters for one in method.fit_at(weekly(values), ENDS)]

    before, after = (
        method.paths_at(weekly(one), learnt[:3], ENDS[:3], 4, n_paths=100, rng=random(1))
        for one in (values, changed)
    )

    assert before.shape == (3, 100, 4)
    np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize("name", ALL)
def test_paths_at_the_last_end_are_the_paths_of_the_panel(name: str) -> None:
    method: Any = made(name)
    seen = weekly(fitting(name, 150))
    learnt = method.fit(seen).parameters

    at_end = method.paths_at(seen, [learnt], np.array([150]), 4, n_paths=100, rng=random(1))

    np.testing.assert_array_equal(at_end[0], method.paths(seen, learnt, 4, 100, random(1)))


@pytest.mark.parametrize("name", ALL)
def test_an_end_says_the_same_whichever_others_are_asked_for(name: str) -> None:
    method: Any = made(name)
    values = fitting(name, 150)
    early, late = (one.parameters for one in method.fit_at(weekly(values), np.array([40, 150])))

    together = method.paths_at(
        weekly(values), [early, early, late, late], ENDS, 4, n_paths=300, rng=random(1)
    )

    alone = method.paths(weekly(values[:91]), late, 4, 300, random(1))
    np.testing.assert_array_equal(together[2], alone)


@pytest.mark.parametrize("name", ALL)
def test_an_update_says_what_a_new_fit_would_say(name: str) -> None:
    values, method = fitting(name, 200), made(name)
    before = method.fit(weekly(values[:190])).parameters
    seen = weekly(values)

    updated = method.paths(seen, before, 4, 8000, random(1))
    refitted = method.paths(seen, method.fit(seen).parameters, 4, 8000, random(1))

    assert updated.mean() == pytest.approx(refitted.mean(), abs=0.1 * values.std())
    assert updated.std() == pytest.approx(refitted.std(), rel=0.3)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("frequency", list(Frequency))
@pytest.mark.parametrize(
    "values",
    [
        np.zeros(60),
        np.eye(1, 60, 30)[0],
        np.eye(1, 60, 59)[0] * 5000,
        np.repeat([0.0, 9.0], 30),
        np.full(60, 4.0),
        np.where(np.arange(600) % 7 == 3, np.arange(600) % 5, np.nan)[3:],
        np.append(np.full(12, np.nan), np.ones(9))[12:],
        random(1).poisson(2.0, 600).astype(float),
    ],
    ids=["zeros", "spike", "high at the end", "break", "equal", "irregular", "nine", "long"],
)
def test_any_series_of_counts_has_paths_or_the_wrong_share_of_zeros(
    name: str, frequency: Frequency, values: FloatArray
) -> None:
    try:
        paths = drawn(name, weekly(values, frequency), steps=20, n_paths=300)
    except CannotForecast:  # of zeros there were too many or too few
        assert name != "gamma_poisson"
        return

    assert np.isfinite(paths).all()
    assert (paths >= 0).all()
    assert paths.max() <= 50 * max(np.nanmax(values), 1)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_but_zeros_is_continued_by_almost_nothing_but_zeros(name: str) -> None:
    assert drawn(name, weekly(np.zeros(100))).mean() < 0.02


@pytest.mark.parametrize("name", ALL)
def test_gaps_are_no_zeros(name: str) -> None:
    counts = random(9).poisson(2.5, 300).astype(float)
    gappy = np.where((np.arange(300) % 3 > 0) & (np.arange(300) < 299), np.nan, counts)

    assert drawn(name, weekly(gappy)).mean() == pytest.approx(2.5, rel=0.25)


@pytest.mark.parametrize("name", ["gamma_poisson", "log_level"])
def test_ten_times_the_counts_have_paths_ten_times_as_high(name: str) -> None:
    counts = random(10).poisson(20.0, 200).astype(float)

    once, tenfold = (drawn(name, weekly(one)).mean() for one in (counts, 10 * counts))

    assert tenfold == pytest.approx(10 * once, rel=0.05)


@pytest.mark.parametrize("name", ALL)
def test_too_few_values_and_amounts_are_refused(name: str) -> None:
    method: Any = made(name)

    with pytest.raises(CannotForecast, match="8 values are needed, 5 are known"):
        method.fit(weekly(np.ones(5)))
    with pytest.raises(CannotForecast, match="not remembered one by one"):
        method.fit(weekly(np.rint(random(9).random(60) * 1e9)))


@pytest.mark.parametrize("name", ALL)
def test_an_end_at_which_too_little_is_known_is_refused_alone(name: str) -> None:
    method: Any = made(name)

    early, late = method.fit_at(weekly(np.tile([0.0, 1, 2, 3, 1, 4, 1, 2], 5)), np.array([5, 40]))

    assert isinstance(early, CannotForecast)
    assert late.parameters["shares"]


def test_a_level_on_the_log_scale_is_held_and_spread_like_its_errors() -> None:
    dice = random(11)
    counts = np.rint(np.exp(3.5 + 0.4 * dice.normal(size=300)))

    paths = drawn("log_level", weekly(counts))

    assert np.median(paths) == pytest.approx(np.exp(3.5), rel=0.15)
    assert np.log(paths + 0.5).std() == pytest.approx(0.4, rel=0.15)


def test_a_level_on_the_log_scale_is_no_law_of_rare_counts() -> None:
    with pytest.raises(CannotForecast, match="50% of the counts are zero, 0% to 20% are asked"):
        made("log_level").fit(weekly(np.tile([0.0, 3.0], 30)))


def test_without_zeros_there_is_no_hurdle() -> None:
    with pytest.raises(CannotForecast, match="0% of the counts are zero, 2% to 100% are asked"):
        made("hurdle").fit(weekly(np.full(60, 7.0)))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("declared", [52, 53, 0])
def test_a_year_of_weeks_is_the_same_however_it_is_declared(name: str, declared: int) -> None:
    seen = weekly(clustered(200))
    method: Any = made(name)

    assert method.fit(replace(seen, cycle=declared)) == method.fit(seen)


def test_a_declared_season_is_the_one_that_is_looked_for() -> None:
    values = np.tile([0.0, 0, 9, 0, 1], 40)
    seen = replace(weekly(values, Frequency.DAY), cycle=5)

    paths = made("gamma_poisson").paths(
        seen, made("gamma_poisson").fit(seen).parameters, 5, 500, random(1)
    )

    assert paths[:, 2].mean() > 3 * paths[:, [0, 1, 3]].mean()
