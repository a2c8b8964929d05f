"""A series is read as it was known at any moment."""

from datetime import timedelta

from forecaster.domain.observation import Missing, SeriesKey
from forecaster.store import observations
from forecaster.store.database import Database
from tests.store.samples import DAY, HOUR, KEY, NOW, reading, week
from tests.store.series import as_of, newest, record


def test_missing_is_not_zero(database: Database) -> None:
    record(database, reading(0, 0.0), reading(1, None, missing=Missing.NOT_REPORTED))

    assert as_of(database, NOW) == {0: 0.0, 1: "not_reported"}


def test_the_periods_of_a_read_can_be_bounded(database: Database) -> None:
    record(database, *(reading(number) for number in range(5)))
    bounds = {"since": week(1).start, "until": week(3).start}

    assert list(as_of(database, NOW, **bounds)) == [1, 2, 3]
    with database.read() as session:
        issued = observations.issues(session, KEY, NOW - 999 * DAY, NOW, **bounds)
        lagged = observations.lag(session, KEY, 9 * DAY, **bounds)
    assert [one.period for one in issued] == [one.period for one in lagged]
    assert len(issued) == 3


def test_issues_are_the_versions_that_became_known_in_a_span(database: Database) -> None:
    for days in range(5):
        record(database, reading(0, float(days), known_at=NOW + days * DAY), now=NOW + days * DAY)

    with database.read() as session:
        issued = observations.issues(session, KEY, NOW + DAY, NOW + 3 * DAY)

    assert [one.value for one in issued] == [1.0, 2.0, 3.0]


def test_a_lag_reads_each_period_as_it_was_so_long_after_its_end(database: Database) -> None:
    for number in (0, 1):
        for value, delay in ((1.0, DAY), (2.0, 5 * DAY)):
            known_at = week(number).ends_at + delay
            record(database, reading(number, value, known_at=known_at))

    def lagged(lag: timedelta) -> list[float | None]:
        with database.read() as session:
            return [one.value for one in observations.lag(session, KEY, lag)]

    assert lagged(HOUR) == []
    assert lagged(DAY) == [1.0, 1.0]
    assert lagged(5 * DAY) == [2.0, 2.0]


def test_the_newest_value_is_the_last_one_that_stands(database: Database) -> None:
    record(database, reading(0, 1.0), reading(1, 2.0), reading(2, 3.0), inferred=True)
    record(database, reading(0, 1.0), reading(1, 2.0), whole=True, now=NOW + DAY)

    found = newest(database, NOW + DAY)

    assert found.record_cut == 4
    assert found.last is not None
    assert (found.last.period, found.last.value) == (week(1), 2.0)


def test_a_series_may_hold_no_value_at_all(database: Database) -> None:
    record(database, reading(0, None, missing=Missing.INCOMPLETE))

    assert newest(database, NOW).last is None


def test_something_is_pending_once_it_is_recorded_or_becomes_known(database: Database) -> None:
    record(database, reading(0))
    cut = newest(database, NOW).record_cut
    later = NOW + DAY

    with database.read() as session:
        assert not observations.pending(session, KEY, cut, NOW, later)
        assert observations.pending(session, KEY, cut - 1, NOW, later)
        assert observations.pending(session, KEY, cut, week(0).ends_at, later)
        assert not observations.pending(session, SeriesKey("other", "CHN-RUS"), 0, NOW, later)
