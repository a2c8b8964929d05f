"""Counting sources' reports and slots are remembered once, however often they come."""

from datetime import date
from typing import Any

from forecaster.domain.observation import Sighting, Slot
from forecaster.store import documents, sightings
from forecaster.store.database import Database
from tests.store.samples import DAY, HOUR, NOW, document

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)


def seen(name: str, *, day: date = MONDAY, scope: str = "CHN-RUS") -> Sighting:
    return Sighting(scope=scope, name=name, day=day, weight=0.5)


def record(
    database: Database, *saw: Sighting, slots: tuple[Slot, ...] = (), **how: Any
) -> frozenset[tuple[str, date]]:
    with database.begin() as session:
        return sightings.record(session, "visits", saw, slots, **{"document": None} | how)


def test_a_new_report_touches_its_scope_and_day(database: Database) -> None:
    with database.begin() as session:
        documents.record(session, document("d1"))

    touched = record(
        database, seen("a"), seen("b"), seen("a", scope="IRN-RUS", day=TUESDAY), document="d1"
    )

    assert touched == {("CHN-RUS", MONDAY), ("IRN-RUS", TUESDAY)}


def test_a_report_seen_again_touches_nothing(database: Database) -> None:
    record(database, seen("a"))

    assert record(database, seen("a"), seen("a", day=TUESDAY)) == frozenset()
    assert record(database) == frozenset()


def test_a_report_twice_in_one_batch_counts_once(database: Database) -> None:
    record(database, seen("a"), seen("a"))

    with database.read() as session:
        found = sightings.seen_between(session, "visits", "CHN-RUS", MONDAY, MONDAY)

    assert found == (seen("a"),)


def test_the_newest_slot_is_the_last_one_however_long_ago(database: Database) -> None:
    old, new = (
        Slot(name=name, at=NOW - HOUR * back, seen=True) for name, back in (("z", 9), ("a", 5))
    )
    record(database, slots=(new, old))

    with database.read() as session:
        assert sightings.last_slot(session, "visits") == new
        assert sightings.last_slot(session, "others") is None


def test_reports_are_read_by_days_both_included(database: Database) -> None:
    days = [date(2026, 3, day) for day in (1, 2, 3, 4)]
    record(database, *(seen(f"r{day.day}", day=day) for day in days), seen("x", scope="IRN-RUS"))

    with database.read() as session:
        found = sightings.seen_between(session, "visits", "CHN-RUS", days[1], days[2])

    assert [one.name for one in found] == ["r2", "r3"]


def test_very_many_reports_come_in_one_batch(database: Database) -> None:
    many = [seen(f"r{number}") for number in range(12_000)]

    assert record(database, *many) == {("CHN-RUS", MONDAY)}
    assert record(database, *many, seen("new", day=TUESDAY)) == {("CHN-RUS", TUESDAY)}


def test_slots_are_visited_once_and_read_up_to_the_end(database: Database) -> None:
    slots = tuple(Slot(name=f"s{hour}", at=NOW + hour * HOUR, seen=hour != 1) for hour in range(3))
    record(database, slots=slots)
    record(database, slots=slots)

    with database.read() as session:
        assert sightings.visited(session, "visits") == {"s0", "s1", "s2"}
        assert sightings.visited(session, "visits", since=NOW + 2 * HOUR) == {"s2"}
        assert sightings.slots_between(session, "visits", NOW, NOW + 2 * HOUR) == slots[:2]
        assert sightings.slots_between(session, "other", NOW, NOW + DAY) == ()


def test_a_tally_is_owed_until_it_is_paid(database: Database) -> None:
    with database.begin() as session:
        sightings.owe(session, "visits", [TUESDAY, MONDAY, MONDAY])
        sightings.owe(session, "visits", [MONDAY])
        sightings.owe(session, "visits", [])
        sightings.owe(session, "other", [MONDAY])

    with database.begin() as session:
        before = sightings.owed(session, "visits")
        sightings.pay(session, "visits", MONDAY)

    with database.read() as session:
        assert before == (MONDAY, TUESDAY)
        assert sightings.owed(session, "visits") == (TUESDAY,)
        assert sightings.owed(session, "other") == (MONDAY,)
