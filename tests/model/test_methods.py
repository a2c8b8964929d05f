import json
from collections.abc import Callable

import numpy as np
import pytest

from forecaster import plugins
from forecaster.domain.errors import CannotForecast
from forecaster.domain.indicator import Family
from forecaster.domain.period import Frequency
from forecaster.model.family import FloatArray
from forecaster.model.method import BASELINES, Estimate, Method, draw, made, roster
from forecaster.model.methods.local_trend import LocalTrend, slope_now
from forecaster.model.panel import Panel
from tests.model.series import definition, panel, random

NAMES = plugins.names("methods")
STEPS, PATHS = 6, 200
Make = Callable[[int], FloatArray]
MAKERS: dict[Family, Make] = {
    Family.COUNT: lambda n: random(1).poisson(3.0, n).astype(float),
    Family.SHARE: lambda n: random(1).binomial(40, 0.3, n) / 40,
    Family.POSITIVE: lambda n: np.exp(random(1).normal(size=n).cumsum() / 5),
    Family.REAL: lambda n: random(1).normal(size=n),
    Family.BINARY: lambda n: random(1).integers(0, 2, n).astype(float),
}
CASES = [(name, family) for name in NAMES for family in MAKERS if family in made(name).families]
WITH_GAPS = np.array([1.0, 0, 0, np.nan, 2, 1, 0, np.nan, np.nan, 3, 1, 0] * 3)
ODD: dict[str, FloatArray] = {
    "two values": np.array([1.0, 0.0]),
    "short": np.array([1.0, 0, 0, 1, 1, 0, 1, 1]),
    "all zero": np.zeros(30),
    "constant": np.ones(30),
    "one spike": np.eye(1, 40, 20)[0],
    "spike at the end": np.eye(1, 40, 39)[0],
    "full of gaps": np.clip(WITH_GAPS, 0, 1),
    "a line": np.repeat([0.0, 1.0], 20),
}


def made_panel(family: Family, values: FloatArray | None = None) -> Panel:
    found = MAKERS[family](60) if values is None else values
    base = 40.0 if family is Family.SHARE else None
    return panel(found, definition(family=family), base=base)


@pytest.mark.parametrize(("name", "family"), CASES)
def test_paths_have_the_asked_shape_and_lie_in_the_range(name: str, family: Family) -> None:
    seen = made_panel(family)

    paths = drawn(made(name), seen)

    assert paths.shape == (PATHS, STEPS)
    assert in_range(paths, family)


@pytest.mark.parametrize(("name", "family"), CASES)
def test_parameters_are_plain_json(name: str, family: Family) -> None:
    parameters = made(name).fit(made_panel(family)).parameters

    assert json.loads(json.dumps(parameters, allow_nan=False)) == parameters


@pytest.mark.parametrize(("name", "family"), CASES)
def test_parameters_that_were_stored_give_the_same_paths(name: str, family: Family) -> None:
    seen, method = made_panel(family), made(name)
    parameters = method.fit(seen).parameters
    stored = json.loads(json.dumps(parameters))

    first = draw(method, seen, parameters, STEPS, n_paths=PATHS, rng=random(2))
    again = draw(method, seen, stored, STEPS, n_paths=PATHS, rng=random(2))

    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize(("name", "family"), CASES)
def test_the_panel_stays_as_it_was(name: str, family: Family) -> None:
    seen = made_panel(family)
    before = seen.values.copy()

    drawn(made(name), seen)

    np.testing.assert_array_equal(seen.values, before)


@pytest.mark.parametrize(("name", "family"), CASES)
def test_old_parameters_serve_a_longer_panel(name: str, family: Family) -> None:
    method, values = made(name), MAKERS[family](70)
    parameters = method.fit(made_panel(family, values[:60])).parameters

    paths = draw(
        method, made_panel(family, values), parameters, STEPS, n_paths=PATHS, rng=random(2)
    )

    assert in_range(paths, family)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(("name", "family"), CASES)
def test_an_odd_series_gives_paths_or_a_reason(name: str, family: Family, odd: str) -> None:
    seen, method = made_panel(family, ODD[odd]), made(name)

    if refuses(method, seen):
        assert name not in BASELINES
    else:
        assert in_range(drawn(method, seen), family)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_a_series_in_another_unit_has_the_same_paths_in_that_unit(
    name: str, factor: float
) -> None:
    if Family.POSITIVE not in made(name).families:
        return  # counts have no other unit
    values = MAKERS[Family.POSITIVE](60)

    small = drawn(made(name), made_panel(Family.POSITIVE, values))
    large = drawn(made(name), made_panel(Family.POSITIVE, values * factor))

    np.testing.assert_allclose(large, small * factor, rtol=1e-2)


def test_both_baselines_always_take_part() -> None:
    assert set(roster(Family.REAL, ("local_trend",))) == {"local_trend", *BASELINES}


def test_a_method_takes_part_only_where_it_serves_the_family() -> None:
    assert "negative_binomial" not in roster(Family.REAL, ())
    assert set(roster(Family.BINARY, ())) >= set(BASELINES)


def test_silence_is_walked_over_before_the_first_step() -> None:
    values = MAKERS[Family.REAL](60)
    silent = panel([*values, np.nan, np.nan], definition(family=Family.REAL))

    late = draw(made("naive"), silent, {}, 4, n_paths=PATHS, rng=random(3))
    whole = draw(
        made("naive"), made_panel(Family.REAL, values), {}, 6, n_paths=PATHS, rng=random(3)
    )

    np.testing.assert_array_equal(late, whole[:, 2:])


def test_zeros_seen_so_far_never_make_the_next_one_certain() -> None:
    paths = drawn(made("climatology"), made_panel(Family.COUNT, np.zeros(30)), n_paths=4000)

    assert paths.mean() == pytest.approx(0.5 / 30, rel=0.3)


def test_naive_spreads_like_the_walk_that_it_continues() -> None:
    walk = random(4).normal(size=400).cumsum()

    paths = drawn(made("naive"), panel(walk, definition(family=Family.REAL)), n_paths=4000)

    assert np.median(paths[:, -1]) == pytest.approx(walk[-1], abs=0.2)
    assert paths[:, -1].std() == pytest.approx(np.sqrt(STEPS), rel=0.15)


def test_a_difference_over_a_gap_counts_for_as_many_steps() -> None:
    walk = random(4).normal(size=598).cumsum()
    walk[np.arange(598) % 3 > 0] = np.nan
    seen = panel(walk, definition(family=Family.REAL))

    assert drawn(made("naive"), seen, n_paths=4000)[:, 0].std() == pytest.approx(1, rel=0.2)


def test_a_state_that_stays_is_continued_by_the_chain() -> None:
    values = np.repeat([0.0, 1.0, 0.0, 1.0], 15)

    paths = drawn(made("naive"), made_panel(Family.BINARY, values), n_paths=2000)

    assert paths[:, 0].mean() > 0.85


def test_climatology_keeps_what_follows_what() -> None:
    weekly = definition(family=Family.REAL, frequency=Frequency.WEEK)
    seen = panel(np.tile([0.0, 0.0, 9.0, 9.0], 15), weekly)

    paths = drawn(made("climatology"), seen, n_paths=2000)

    np.testing.assert_array_equal(paths[:, 2:], 9.0 - paths[:, :-2])


def test_climatology_sees_a_season() -> None:
    month = np.arange(96)
    values = 5 * np.sin(2 * np.pi * month / 12) + random(5).normal(size=96)

    paths = drawn(made("climatology"), made_panel(Family.REAL, values), steps=12)

    np.testing.assert_allclose(
        paths.mean(axis=0), 5 * np.sin(2 * np.pi * np.arange(12) / 12), atol=2
    )


def test_climatology_looks_back_five_years() -> None:
    values = np.concatenate([np.full(60, 50.0), random(5).normal(size=60)])

    assert drawn(made("climatology"), made_panel(Family.REAL, values)).max() < 10


def test_a_local_trend_goes_on() -> None:
    values = 2.0 * np.arange(60) + random(6).normal(size=60)

    paths = drawn(made("local_trend"), made_panel(Family.REAL, values))

    np.testing.assert_allclose(paths.mean(axis=0), 2.0 * np.arange(60, 60 + STEPS), atol=2)


def test_without_a_trend_the_state_has_no_slope() -> None:
    seen = made_panel(Family.REAL)

    assert slope_now(seen, LocalTrend().fit(seen).parameters) is None


def test_a_fit_that_stops_early_says_so() -> None:
    notes = {
        note
        for seed in range(12)
        for note in LocalTrend()
        .fit(panel(random(seed).standard_cauchy(150).cumsum(), definition(family=Family.REAL)))
        .warnings
    }

    assert notes <= {"local_trend: the optimiser stopped before it converged"}


def test_counts_that_depend_on_the_last_are_continued_from_the_last() -> None:
    rng, counts = random(7), [2.0]
    for _ in range(200):
        counts.append(float(rng.poisson(0.5 + 0.8 * counts[-1])))
    high = np.array([*counts, 12.0])

    first = drawn(made("negative_binomial"), made_panel(Family.COUNT, high))[:, 0]

    assert first.mean() > 2 * np.mean(counts)


def test_counts_with_a_season_follow_it() -> None:
    month = np.arange(120)
    counts = random(8).poisson(np.exp(1 + np.sin(2 * np.pi * month / 12))).astype(float)

    paths = drawn(made("negative_binomial"), made_panel(Family.COUNT, counts), steps=12)

    assert paths[:, 1:6].mean() > 2 * paths[:, 7:12].mean()


def test_counts_that_explode_stay_under_their_ceiling() -> None:
    counts = np.rint(1.12 ** np.arange(60.0))

    paths = drawn(made("negative_binomial"), made_panel(Family.COUNT, counts), steps=24)

    assert np.median(paths) < 4 * counts.max()


def test_counts_in_the_millions_are_no_counts_to_regress() -> None:
    counts = np.rint(random(9).random(60) * 1e9)

    with pytest.raises(CannotForecast, match="not regressed"):
        made("negative_binomial").fit(made_panel(Family.COUNT, counts))


def test_weekly_counts_have_a_year() -> None:
    week = np.arange(260)
    counts = random(8).poisson(np.exp(1 + np.sin(2 * np.pi * week / 52.2))).astype(float)
    weekly = definition(family=Family.COUNT, frequency=Frequency.WEEK)

    learnt: Estimate = made("negative_binomial").fit(panel(counts, weekly))

    assert learnt.parameters["season"] == pytest.approx(52.18, abs=0.01)


def drawn(method: Method, seen: Panel, *, steps: int = STEPS, n_paths: int = PATHS) -> FloatArray:
    learnt = method.fit(seen)
    return draw(method, seen, learnt.parameters, steps, n_paths=n_paths, rng=random(2))


def in_range(paths: FloatArray, family: Family) -> bool:
    whole = family in {Family.COUNT, Family.BINARY}
    low = -np.inf if family is Family.REAL else 0.0
    high = 1.0 if family in {Family.SHARE, Family.BINARY} else np.inf
    fits = np.isfinite(paths) & (paths >= low) & (paths <= high)
    return bool(fits.all() and (not whole or (paths == np.rint(paths)).all()))


def refuses(method: Method, seen: Panel) -> bool:
    try:
        method.fit(seen)
    except CannotForecast as reason:
        return bool(str(reason))
    return False
