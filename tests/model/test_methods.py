"""What every registered method must do, ours and other people's."""

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from forecaster import plugins
from forecaster.domain.errors import CannotForecast
from forecaster.domain.indicator import Family
from forecaster.model.family import FloatArray
from forecaster.model.method import BASELINES, Method, draw, made, roster
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
    "one value": np.ones(1),
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
    seen = panel(found, definition(family=family), base=base)
    ahead = np.roll(seen.values, -2) + 0.7 * random(4).normal(size=seen.values.size)
    return replace(seen, drivers=ahead[None], driving=("ahead",))


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
    assert set(roster(Family.REAL, ("smoothing",))) == {"smoothing", *BASELINES}


def test_a_method_takes_part_only_where_it_serves_the_family() -> None:
    assert "gamma_poisson" not in roster(Family.REAL, ())
    assert set(roster(Family.BINARY, ())) >= set(BASELINES)


def test_silence_is_walked_over_before_the_first_step() -> None:
    values = MAKERS[Family.REAL](60)
    silent = panel([*values, np.nan, np.nan], definition(family=Family.REAL))

    late = draw(made("naive"), silent, {}, 4, n_paths=PATHS, rng=random(3))
    whole = draw(
        made("naive"), made_panel(Family.REAL, values), {}, 6, n_paths=PATHS, rng=random(3)
    )

    np.testing.assert_array_equal(late, whole[:, 2:])


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
