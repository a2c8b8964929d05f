"""A new name keeps the history of the old one, with the moments at which it was known."""

from datetime import date

from forecaster.domain.observation import Observation, SeriesKey, Sighting, Slot
from forecaster.store import observations, renaming, sightings
from forecaster.store.database import Database
from tests.store.samples import DAY, KEY, NOW, definition, reading
from tests.store.series import record

NEW = definition("calls", formerly=["older", "visits"])
MONDAY = date(2026, 3, 2)


def inherit(database: Database, former: str = "visits") -> int:
    with database.begin() as session:
        return renaming.inherit(session, NEW, former)


def versions(database: Database, indicator: str) -> tuple[Observation, ...]:
    with database.read() as session:
        return observations.versions(session, SeriesKey(indicator, KEY.scope))


def test_every_version_is_copied_with_its_moments(database: Database) -> None:
    record(database, reading(1, 1.0), reading(2, 2.0))
    record(database, reading(2, 3.0), now=NOW + DAY)

    assert inherit(database) == 3

    kept = {"id", "indicator"}
    old, new = versions(database, "visits"), versions(database, "calls")
    assert [one.model_dump(exclude=kept) for one in new] == [
        one.model_dump(exclude=kept) for one in old
    ]
    assert [one.id for one in sorted(new, key=lambda one: one.recorded_at)] == sorted(
        one.id for one in new
    )
    with database.read() as session:
        confirmed = [
            observations.confirmed_at(session, SeriesKey(name, KEY.scope))
            for name in ("visits", "calls")
        ]
    assert confirmed == [NOW + DAY, NOW + DAY]


def test_a_series_with_a_history_of_its_own_inherits_nothing(database: Database) -> None:
    record(database, reading(1))

    assert inherit(database) == 1
    assert inherit(database) == 0
    assert inherit(database, "older") == 0


def test_a_name_that_nobody_bore_leaves_nothing(database: Database) -> None:
    assert inherit(database, "older") == 0
    assert versions(database, "calls") == ()


def test_what_was_counted_goes_along_where_the_source_is_asked_the_same(
    database: Database,
) -> None:
    record(database, reading(1))
    old = definition()
    seen = Sighting(scope=KEY.scope, name="a", day=MONDAY)
    slot = Slot(name="s", at=NOW, seen=True)
    with database.begin() as session:
        sightings.record(session, old.sieve, [seen], [slot], document=None)
        sightings.record(session, "visits@other", [seen], [], document=None)
        sightings.owe(session, old.sieve, [MONDAY])

    inherit(database)

    with database.read() as session:
        assert sightings.seen_between(session, NEW.sieve, KEY.scope, MONDAY, MONDAY) == (seen,)
        assert sightings.visited(session, NEW.sieve) == {"s"}
        assert sightings.owed(session, NEW.sieve) == (MONDAY,)
