"""What was known at past origins, and nothing else."""

from datetime import timedelta

import numpy as np
import pytest

from forecaster.domain.indicator import Family
from forecaster.domain.observation import Missing
from forecaster.model import crossing, rolling
from forecaster.model.method import roster
from forecaster.model.panel import History
from forecaster.model.rolling import Backtest
from tests.model.series import LATER, definition, observation, observations, random

REAL = definition(family=Family.REAL)
VALUES = random(1).normal(size=70).cumsum()


def test_later_values_change_nothing_that_was_said_before() -> None:
    changed = VALUES.copy()
    changed[55:] += 100

    first, second = (
        run(History.of(REAL, observations(VALUES), LATER)),
        run(History.of(REAL, observations(changed), LATER)),
    )

    same = first.moments < observation(55, 0.0).known_at.timestamp()
    assert same.sum() > 20
    np.testing.assert_array_equal(first.moments, second.moments)
    np.testing.assert_array_equal(first.paths[same], second.paths[same])
    np.testing.assert_array_equal(first.factors[same], second.factors[same])
    assert (first.paths[-1] != second.paths[-1]).any()


def test_a_revision_is_not_used_before_it_was_known() -> None:
    wrong = VALUES.copy()
    wrong[30] += 50
    revision = observation(30, VALUES[30], number=999, late=timedelta(days=20_000))

    revised = run(History.of(REAL, [*observations(wrong), revision], LATER))
    unrevised = run(History.of(REAL, observations(wrong), LATER))

    members = slice(0, revised.members)  # the pool's weights may not use the target any more
    np.testing.assert_array_equal(revised.paths[:, members], unrevised.paths[:, members])


def test_a_revised_value_is_the_target_once_it_is_known() -> None:
    wrong = VALUES.copy()
    wrong[60] += 50
    revision = observation(60, VALUES[60], number=999, late=timedelta(days=20_000))

    tested = run(History.of(REAL, [*observations(wrong), revision], LATER))

    assert VALUES[60] in tested.targets
    assert wrong[60] not in tested.targets
    late = np.isin(tested.targets, VALUES[60])
    assert (tested.known[late] == revision.known_at.timestamp()).all()
    assert not tested.usable(tested.moments.size - 1)[late[:-1]].any()


def test_targets_are_used_only_once_they_are_known() -> None:
    tested = run(History.of(REAL, observations(VALUES), LATER))

    usable = tested.usable(20)

    assert usable[19].sum() == 1
    assert usable[17].sum() == 3
    assert usable[0].all()


def test_a_value_that_came_late_makes_no_origin_of_its_own() -> None:
    late = observation(50, VALUES[50], late=timedelta(days=100))
    seen = [one for one in observations(VALUES) if one.id != late.id]

    tested = run(History.of(REAL, [*seen, late], LATER))

    whole = run(History.of(REAL, observations(VALUES), LATER))
    assert tested.moments.size == whole.moments.size - 1


def test_a_long_series_is_tested_at_as_many_origins_as_may_be_evenly_spaced() -> None:
    history = History.of(REAL, observations(random(2).normal(size=400)), LATER)

    tested = run(history, ("naive",))

    assert tested.moments.size == rolling.ORIGINS
    assert set(np.diff(tested.ends)) == {int(tested.spacing), int(tested.spacing) + 1}


def test_one_value_more_than_the_most_origins_does_not_halve_them() -> None:
    sizes = [
        run(History.of(REAL, observations(random(2).normal(size=n)), LATER), ("naive",)).ends.size
        for n in (rolling.ORIGINS + 38, rolling.ORIGINS + 39)
    ]

    assert sizes == [rolling.ORIGINS] * 2


def test_silence_at_an_origin_moves_no_forecast_away_from_its_target() -> None:
    seen = observations(VALUES)
    absent = [
        observation(place, None, number=1000 + place, late=timedelta(days=1))
        for place in range(VALUES.size)
    ]
    late = [one.model_copy(update={"known_at": one.known_at + timedelta(days=62)}) for one in seen]

    tested = run(History.of(REAL, [*absent, *late], LATER))

    on_time = run(History.of(REAL, seen, LATER))
    np.testing.assert_array_equal(tested.ends, on_time.ends)
    np.testing.assert_array_equal(tested.raw_scores[:, 0], on_time.raw_scores[:, 0])


def test_forecasts_of_a_period_do_not_depend_on_the_origins_before_it() -> None:
    declared = definition(family=Family.COUNT, above=3.0)
    counts = random(8).poisson(2.0, 60).astype(float)
    early = observations(counts)
    fewer = [  # the first twenty became known at once: fewer origins
        one.model_copy(update={"known_at": max(one.known_at, early[19].known_at)}) for one in early
    ]

    first, second = (run(History.of(declared, seen, LATER), ("naive",)) for seen in (early, fewer))

    both = np.isin(first.ends, second.ends)
    assert both.sum() < first.ends.size
    np.testing.assert_array_equal(first.pits[:, both, 0], second.pits[:, :, 0])


def test_a_history_published_at_one_moment_has_no_origins() -> None:
    seen = [
        one.model_copy(update={"known_at": LATER - timedelta(days=1)})
        for one in observations(VALUES)
    ]

    tested = run(History.of(REAL, seen, LATER))

    assert tested.moments.size == 0


def test_until_a_method_can_be_fitted_climatology_speaks_for_it() -> None:
    history = History.of(REAL, observations(random(3).normal(size=22)), LATER)

    tested = run(history)

    one, other = (tested.names.index(name) for name in ("climatology", "arima"))  # it needs twelve
    np.testing.assert_array_equal(tested.paths[0, one], tested.paths[0, other])
    assert (tested.paths[-1, one] != tested.paths[-1, other]).any()


def test_moments_at_which_everything_stood_withdrawn_are_no_origins() -> None:
    seen = list(observations(VALUES))
    tombstones = [
        observation(
            place, None, number=1000 + place, missing=Missing.WITHDRAWN, late=timedelta(days=1)
        ).model_copy(update={"known_at": seen[39].known_at})
        for place in range(40)
    ]

    tested = run(History.of(REAL, [*seen, *tombstones], LATER))

    nothing_known = (seen[39].known_at.timestamp() <= tested.moments) & (
        tested.moments < seen[50].known_at.timestamp()
    )
    assert not nothing_known.any()
    assert tested.moments[0] < seen[39].known_at.timestamp()


def test_members_are_weighed_equally_until_five_origins_tell() -> None:
    tested = run(History.of(REAL, observations(VALUES), LATER))

    few, many = tested.shares(tested.usable(4)), tested.shares(tested.known_now)

    pooled = tested.members - 2
    assert sorted(few) == pytest.approx([0, 0, *[1 / pooled] * pooled])
    assert many.sum() == pytest.approx(1)
    assert np.ptp(many[many > 0]) > 0.005


def test_only_windows_whose_every_value_is_known_are_hindcasts() -> None:
    values = VALUES.copy()
    values[50] = np.nan
    declared = definition(family=Family.REAL, above=0.0, within=3)
    history = History.of(declared, observations(values), LATER)
    tested = run(history)

    past = rolling.hindcasts(tested, 0, declared.thresholds[0], 1)

    whole = np.isfinite(tested.targets[:, :3]).all(axis=1)
    assert len(past) == whole.sum() < whole.size - 2


def test_a_hindcast_claims_no_more_than_was_known_at_its_own_origin() -> None:
    declared = definition(family=Family.REAL, above=1000.0, within=3)
    tested = run(History.of(declared, observations(VALUES), LATER))

    past = rolling.hindcasts(tested, 0, declared.thresholds[0], 1)

    limits = [crossing.limit(int(n), 3) for n in tested.n_values]
    whole = limits[:-2]  # at the last two origins the window was not over yet
    assert [one.p for one in past] == whole[-len(past) :]
    assert past[0].p > 1.3 * past[-1].p


def run(history: History, methods: tuple[str, ...] = ()) -> Backtest:
    return rolling.run(history, roster(history.family, methods), 6, seed=7).tested
