"""What was seen is recorded once, however often and from wherever it is told."""

from datetime import date, datetime
from typing import Any

import pytest

from forecaster.domain.coverage import Grade
from forecaster.domain.errors import UnknownName
from forecaster.domain.observation import Missing, Observation, Reading, SeriesKey
from forecaster.domain.period import Frequency, Period
from forecaster.store import documents, observations
from forecaster.store.database import Database
from forecaster.store.observations import Recorded
from tests.store.samples import DAY, KEY, NOW, definition, document, reading, week
from tests.store.series import as_of, newest, record, versions


def test_a_reading_becomes_an_observation_that_says_where_it_came_from(database: Database) -> None:
    published = NOW - 3 * DAY
    told = reading(0, 2.5, base=40, grade="partial", known_at=published, doubtful="a jump")
    with database.begin() as session:
        documents.record(session, document("d1"))

    recorded = record(database, told, document="d1")

    assert recorded == Recorded(new=1, revised=0, doubtful=1)
    assert versions(database) == (
        Observation(
            id=1,
            indicator="visits",
            scope="CHN-RUS",
            period=week(0),
            value=2.5,
            base=40,
            grade=Grade.PARTIAL,
            known_at=published,
            recorded_at=NOW,
            pseudo=False,
            doubtful="a jump",
            definition=definition().digest,
            document="d1",
        ),
    )


def test_shipped_values_were_known_a_lag_after_their_period(database: Database) -> None:
    record(database, reading(0), inferred=True)

    (one,) = versions(database)
    assert (one.known_at, one.pseudo) == (week(0).ends_at + 2 * DAY, True)


def test_a_lived_value_is_known_when_it_was_recorded(database: Database) -> None:
    record(database, reading(0))

    record(database, reading(1), now=NOW + DAY)

    assert [(one.known_at, one.pseudo) for one in versions(database)] == [
        (week(0).ends_at + 2 * DAY, True),  # the series was empty: nobody had lived it
        (NOW + DAY, False),
    ]


def test_the_scopes_of_an_indicator_are_lived_each_for_itself(database: Database) -> None:
    record(database, reading(0))

    record(database, reading(0, scope="IRN-RUS"), now=NOW + DAY)

    with database.read() as session:
        (one,) = observations.versions(session, SeriesKey("visits", "IRN-RUS"))
    assert one.pseudo


def test_what_is_held_now_is_not_known_only_later(database: Database) -> None:
    current = Period.containing(NOW.date(), Frequency.WEEK)
    told = Reading(scope="CHN-RUS", period=current, value=1.0)

    record(database, told, inferred=True)
    record(database, reading(0, known_at=NOW + DAY))

    assert {one.known_at for one in versions(database)} == {NOW}


def test_collecting_twice_changes_nothing_but_the_confirmation(database: Database) -> None:
    record(database, reading(0), reading(1))

    again = record(database, reading(0), reading(1), now=NOW + DAY)

    assert again == Recorded(0, 0, 0)
    assert len(versions(database)) == 2
    with database.read() as session:
        assert observations.confirmed_at(session, KEY) == NOW + DAY


def test_a_series_that_nobody_recorded_was_never_confirmed(database: Database) -> None:
    with database.read() as session:
        assert observations.confirmed_at(session, KEY) is None
        assert observations.newest(session, KEY, NOW) is None
        assert observations.versions(session, KEY) == ()


@pytest.mark.parametrize(
    "change",
    [{"value": 3.0}, {"base": 7}, {"grade": "partial"}, {"doubtful": "odd"}, {"missing": "gone"}],
    ids=lambda change: next(iter(change)),
)
def test_any_change_of_what_is_said_is_a_revision(
    database: Database, change: dict[str, Any]
) -> None:
    if "missing" in change:
        change = {"value": None, "missing": Missing.INCOMPLETE}
    record(database, reading(0, 1.0))

    recorded = record(database, reading(0, **{"value": 1.0} | change), now=NOW + DAY)

    assert recorded.revised == 1
    assert len(versions(database)) == 2


def test_a_revision_leaves_what_was_known_before(database: Database) -> None:
    record(database, reading(0, 1.0))

    record(database, reading(0, 2.0), now=NOW + DAY)

    assert as_of(database, NOW) == {0: 1.0}
    assert as_of(database, NOW + DAY) == {0: 2.0}


def test_a_backfill_rewrites_no_answer_to_an_earlier_cut(database: Database) -> None:
    record(database, reading(0, 1.0, known_at=NOW - 9 * DAY))
    cut = newest(database, NOW).record_cut

    record(database, reading(0, 5.0, known_at=NOW - 8 * DAY), now=NOW + DAY, inferred=True)

    assert as_of(database, NOW) == {0: 5.0}
    assert as_of(database, NOW, cut=cut) == {0: 1.0}
    assert [one.value for one in versions(database, cut=cut, known_by=NOW)] == [1.0]


def test_a_vintage_between_two_others_falls_into_its_place(database: Database) -> None:
    record(database, reading(0, 1.0, known_at=NOW - 9 * DAY))
    record(database, reading(0, 3.0, known_at=NOW - 7 * DAY))

    record(database, reading(0, 2.0, known_at=NOW - 8 * DAY), now=NOW + DAY)

    assert [as_of(database, NOW - days * DAY)[0] for days in (9, 8, 7)] == [1.0, 2.0, 3.0]


def test_several_vintages_may_come_at_once(database: Database) -> None:
    told = [reading(0, float(days), known_at=NOW - days * DAY) for days in (3, 1, 2)]

    assert record(database, *told) == Recorded(new=1, revised=2, doubtful=0)
    assert record(database, *told) == Recorded(0, 0, 0)
    assert [one.value for one in versions(database)] == [3.0, 2.0, 1.0]


def test_a_backfill_without_publication_times_does_not_undo_what_was_lived(
    database: Database,
) -> None:
    record(database, reading(0))
    record(database, reading(1, None, missing=Missing.INCOMPLETE), now=NOW + DAY)

    record(database, reading(1, 4.0), now=NOW + 2 * DAY, inferred=True)

    assert as_of(database, NOW + DAY)[1] == "incomplete"
    assert as_of(database, NOW + 2 * DAY)[1] == 4.0
    assert not versions(database)[-1].pseudo


def test_a_corrected_shipped_value_takes_the_place_of_the_old_one(database: Database) -> None:
    record(database, reading(0, 1.0), inferred=True)
    cut = newest(database, NOW).record_cut

    record(database, reading(0, 2.0), inferred=True, now=NOW + DAY)

    assert as_of(database, week(0).ends_at + 2 * DAY) == {0: 2.0}
    assert as_of(database, NOW, cut=cut) == {0: 1.0}


def test_what_a_source_no_longer_holds_is_withdrawn(database: Database) -> None:
    record(database, reading(0), reading(1), inferred=True, whole=True)

    recorded = record(database, reading(1), inferred=True, whole=True, now=NOW + DAY)

    assert recorded == Recorded(new=0, revised=1, doubtful=0)
    assert as_of(database, NOW) == {0: 1.0, 1: 1.0}
    assert as_of(database, NOW + DAY) == {0: "withdrawn", 1: 1.0}


def test_what_was_withdrawn_is_withdrawn_once(database: Database) -> None:
    record(database, reading(0), reading(1), inferred=True, whole=True)
    record(database, reading(1), inferred=True, whole=True, now=NOW + DAY)

    assert record(database, reading(1), whole=True, now=NOW + 2 * DAY) == Recorded(0, 0, 0)


@pytest.mark.parametrize("known_at", [None, NOW - 30 * DAY], ids=["inferred", "published"])
def test_what_was_withdrawn_can_be_given_again(
    database: Database, known_at: datetime | None
) -> None:
    told = reading(0, 1.0, known_at=known_at)
    record(database, told, inferred=True, whole=True)
    record(database, inferred=True, whole=True, now=NOW + DAY)

    record(database, told, inferred=True, whole=True, now=NOW + 2 * DAY)

    assert as_of(database, NOW + DAY) == {0: "withdrawn"}
    assert as_of(database, NOW + 2 * DAY) == {0: 1.0}
    assert record(database, told, inferred=True, whole=True, now=NOW + 3 * DAY) == (0, 0, 0)


def test_a_count_that_was_known_later_and_no_longer_stands_is_taken_back(
    database: Database,
) -> None:
    first = reading(0, 1.0, known_at=NOW - 20 * DAY)
    second = reading(0, 2.0, known_at=NOW - 10 * DAY)
    record(database, first, second, inferred=True, whole=True)

    record(database, first, inferred=True, whole=True, now=NOW + DAY)

    assert as_of(database, NOW - 15 * DAY) == {0: 1.0}
    assert as_of(database, NOW) == {0: 2.0}
    assert as_of(database, NOW + DAY) == {0: 1.0}


def test_what_a_source_infers_is_marked_even_if_it_gives_the_time(database: Database) -> None:
    record(database, reading(0, 1.0, known_at=NOW - DAY, pseudo=True), inferred=True)
    record(database, reading(1, 1.0, known_at=NOW - DAY), inferred=True)
    assert [seen.pseudo for seen in versions(database)] == [True, False]


def test_a_period_without_a_value_is_not_withdrawn(database: Database) -> None:
    record(database, reading(0, None, missing=Missing.NOT_REPORTED), reading(1))

    record(database, reading(1), whole=True, now=NOW + DAY)

    assert as_of(database, NOW + DAY)[0] == "not_reported"


def test_a_source_without_a_word_on_a_scope_withdraws_what_it_held(database: Database) -> None:
    record(database, reading(0), reading(0, scope="IRN-RUS"), inferred=True, whole=True)

    record(database, reading(0, scope="IRN-RUS"), inferred=True, whole=True, now=NOW + DAY)

    assert as_of(database, NOW + DAY) == {0: "withdrawn"}


def test_only_what_a_source_holds_as_a_whole_can_be_withdrawn(database: Database) -> None:
    record(database, reading(0), reading(1))

    record(database, reading(1), now=NOW + DAY)

    assert as_of(database, NOW + DAY) == {0: 1.0, 1: 1.0}


def test_readings_of_another_scope_or_frequency_are_refused(database: Database) -> None:
    month = Period(frequency=Frequency.MONTH, start=date(2025, 1, 1))

    with pytest.raises(UnknownName, match="no scope named 'CHN-IRN'"):
        record(database, reading(0, scope="CHN-IRN"))
    with pytest.raises(ValueError, match="visits is told by week"):
        record(database, reading(0, period=month))
