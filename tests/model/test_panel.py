"""A series as it was known at a moment."""

from datetime import timedelta

import numpy as np
import pytest

from forecaster.domain.coverage import Grade
from forecaster.domain.errors import CannotForecast
from forecaster.domain.indicator import Family
from forecaster.domain.observation import Missing
from forecaster.domain.period import Frequency
from forecaster.model.panel import History
from tests.model import series
from tests.model.series import LATER, definition, observation, observations

NAN = float("nan")
REAL = definition(family=Family.REAL)


def test_a_gap_is_a_place_without_a_value() -> None:
    panel = History.of(REAL, [observation(0, 1.0), observation(3, 4.0)], LATER).at(np.inf)

    np.testing.assert_array_equal(panel.values, [1.0, NAN, NAN, 4.0])


def test_leading_absences_are_left_out_and_trailing_ones_counted() -> None:
    panel = series.panel([NAN, 1.0, NAN, 2.0, NAN, NAN], REAL)

    np.testing.assert_array_equal(panel.values, [1.0, NAN, 2.0])
    assert panel.silence == 2


def test_a_period_of_which_too_little_was_seen_covers_nothing() -> None:
    seen = [*observations([1.0, 2.0]), observation(2, None, missing=Missing.INCOMPLETE)]

    assert History.of(REAL, seen, LATER).at(np.inf).silence == 0


def test_a_withdrawn_last_value_ends_the_series_before_it() -> None:
    tombstone = observation(2, None, number=9, missing=Missing.WITHDRAWN, late=timedelta(days=50))

    panel = History.of(REAL, [*observations([1.0, 2.0, 3.0]), tombstone], LATER).at(np.inf)

    np.testing.assert_array_equal(panel.values, [1.0, 2.0])
    assert panel.silence == 0


def test_the_newest_version_known_at_a_moment_is_seen() -> None:
    revised = observation(0, 7.0, number=9, late=timedelta(days=400))
    history = History.of(REAL, [revised, *observations([1.0, 2.0])], LATER)

    assert history.at(observation(1, 2.0).known_at.timestamp()).values[0] == 1.0
    assert history.at(np.inf).values[0] == 7.0


def test_of_two_versions_known_at_the_same_moment_the_later_recorded_one_counts() -> None:
    history = History.of(REAL, [observation(0, 7.0, number=9), *observations([1.0, 2.0])], LATER)

    assert history.at(np.inf).values[0] == 7.0


def test_what_becomes_known_after_the_moment_of_issue_is_not_there() -> None:
    seen = observations([1.0, 2.0, 3.0])

    panel = History.of(REAL, seen, seen[1].known_at).at(np.inf)

    np.testing.assert_array_equal(panel.values, [1.0, 2.0])


def test_a_target_is_the_newest_value_and_known_since_that_version() -> None:
    revised = observation(1, 9.0, number=9, late=timedelta(days=400))
    history = History.of(REAL, [*observations([1.0, 2.0, NAN]), revised], LATER)

    start = np.array([history.at(np.inf).start + 1])
    values, known = (row[0] for row in history.targets(start, 3))

    np.testing.assert_array_equal(values, [9.0, NAN, NAN])
    assert known[0] == revised.known_at.timestamp()
    assert np.isinf(known[1:]).all()


def test_one_partly_covered_period_marks_the_panel() -> None:
    seen = [observation(0, 1.0, grade=Grade.PARTIAL), observation(1, 2.0)]

    assert History.of(REAL, seen, LATER).at(np.inf).partial
    assert not series.panel([1.0, 2.0], REAL).partial


def test_what_lies_more_than_six_hundred_periods_back_is_left_out() -> None:
    assert series.panel(np.arange(700.0), REAL).values.size == 600


def test_periods_of_another_frequency_are_not_of_this_series() -> None:
    weekly = [observation(place, 1.0, frequency=Frequency.WEEK) for place in range(3)]

    with pytest.raises(CannotForecast, match="no value is known"):
        History.of(REAL, weekly, LATER)


def test_a_series_whose_values_were_all_withdrawn_is_refused() -> None:
    tombstone = observation(0, None, number=9, missing=Missing.WITHDRAWN, late=timedelta(days=50))

    with pytest.raises(CannotForecast, match="withdrawn"):
        History.of(REAL, [observation(0, 1.0), tombstone], LATER)


def test_an_impossible_value_that_was_put_right_was_never_one() -> None:
    wrong = observation(1, -5.0)
    right = observation(1, 5.0, number=9, late=timedelta(days=400))
    declared = definition(family=Family.COUNT)

    history = History.of(
        declared, [*observations([1.0]), wrong, right, observation(2, 3.0)], LATER
    )

    before = history.at(right.known_at.timestamp() - 1)
    np.testing.assert_array_equal(before.values, [1.0, NAN, 3.0])
