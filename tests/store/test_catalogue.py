"""Which definitions are in force, and which ever were."""

from datetime import timedelta
from typing import Any

import pytest

from forecaster.domain.errors import UnknownName
from forecaster.domain.indicator import Status
from forecaster.store import catalogue
from forecaster.store.catalogue import Changes, DefinitionVersion, Newest, Problem
from forecaster.store.database import Database
from tests.store.samples import DAY, NOW, definition

RICH: dict[str, Any] = {
    "title": "Visite, визит, 訪問 {a}",
    "family": "share",
    "collect": {
        "source": "history",
        "schedule": "0 6 * * MON",
        "options": {"z": 1, "a": [1.0, True, None, {"y": "\u2028", "b": -0.0}], "big": 1e300},
    },
    "coverage": [{"from": "2018-01-01", "to": "2023-06-25", "grade": "partial"}],
    "lag": "36 hours",
    "thresholds": [{"id": "surge", "above": 10, "within": 4}],
    "alerts": [{"id": "a", "probability": "surge", "above": 0.6, "clear_below": 0.5, "for": 2}],
    "license": {"name": "GDELT terms", "redistribution": "derived"},
}


def record(database: Database, *definitions: Any, days: int = 0) -> Changes:
    with database.begin() as session:
        return catalogue.record(session, definitions, now=NOW + days * DAY)


@pytest.mark.parametrize("fields", [{}, RICH, {"for_each": None}], ids=["plain", "rich", "world"])
def test_a_definition_comes_back_as_it_was_declared(
    database: Database, fields: dict[str, Any]
) -> None:
    declared = definition(**fields)
    record(database, declared)

    with database.read() as session:
        read = catalogue.get(session, "visits")

    assert read == declared
    assert read.digest == declared.digest
    assert read.model_dump_json(by_alias=True) == declared.model_dump_json(by_alias=True)
    assert isinstance(read.lag, timedelta)


def test_a_catalogue_says_what_it_brought_changed_and_retired(database: Database) -> None:
    first = record(database, definition("a"), definition("b"), definition("c"))
    again = record(database, definition("a"), definition("b"), definition("c"), days=1)
    second = record(database, definition("b", unit="days"), definition("d"), days=2)
    third = record(database, definition("b", unit="days"), definition("c"), days=3)

    assert first == Changes(("a", "b", "c"), (), ())
    assert again == Changes((), (), ())
    assert second == Changes(("d",), ("b",), ("a", "c"))
    assert third == Changes(("c",), (), ("d",))


def test_only_what_is_in_force_is_current(database: Database) -> None:
    record(database, definition("a"), definition("b"))
    record(database, definition("b", unit="days"), days=1)

    with database.read() as session:
        assert catalogue.current(session) == (definition("b", unit="days"),)
        with pytest.raises(UnknownName, match=r"no indicator named 'a'; known: b"):
            catalogue.get(session, "a")


def test_every_version_stays_readable(database: Database) -> None:
    old, new = definition(), definition(unit="days")
    gone = new.model_copy(update={"status": Status.RETIRED})
    record(database, old)
    record(database, new, days=1)
    record(database, days=2)

    with database.read() as session:
        assert catalogue.versions(session, "visits") == (
            DefinitionVersion(old.digest, NOW, Status.ACTIVE),
            DefinitionVersion(new.digest, NOW + DAY, Status.ACTIVE),
            DefinitionVersion(new.digest, NOW + 2 * DAY, Status.RETIRED),
        )
        assert catalogue.newest(session) == (Newest(gone, NOW + 2 * DAY, Status.RETIRED),)
        assert catalogue.version(session, old.digest) == old
        with pytest.raises(UnknownName):
            catalogue.version(session, "sha256:other")


def test_problems_are_those_of_now(database: Database) -> None:
    with database.begin() as session:
        catalogue.set_problems(session, [("x.yml", 3, 7, "an old one")])
    with database.begin() as session:
        catalogue.set_problems(session, [("b.yml", 1, 1, "bad \0 byte"), ("a.yml", 2, 5, "wrong")])

    with database.read() as session:
        assert catalogue.problems(session) == (
            Problem("b.yml", 1, 1, "bad \ufffd byte"),
            Problem("a.yml", 2, 5, "wrong"),
        )


def test_a_change_of_status_is_a_version_with_the_same_digest(database: Database) -> None:
    record(database, definition())
    paused = record(database, definition(status="paused"), days=1)
    again = record(database, definition(status="paused"), days=2)

    with database.read() as session:
        versions = catalogue.versions(session, "visits")
        assert catalogue.get(session, "visits").status is Status.PAUSED
    assert (paused, again) == (Changes((), ("visits",), ()), Changes((), (), ()))
    assert [version.status for version in versions] == [Status.ACTIVE, Status.PAUSED]
    assert len({version.digest for version in versions}) == 1


def test_a_file_that_says_so_retires_like_one_that_is_gone(database: Database) -> None:
    record(database, definition())
    retired = definition(status="retired", superseded_by="calls")

    assert record(database, retired, days=1) == Changes((), (), ("visits",))
    assert record(database, retired, days=2) == Changes((), (), ())
    assert record(database, days=3) == Changes((), (), ())

    with database.read() as session:
        assert catalogue.current(session) == ()
        assert catalogue.newest(session) == (Newest(retired, NOW + DAY, Status.RETIRED),)


def test_a_file_that_begins_as_retired_declares_nothing(database: Database) -> None:
    assert record(database, definition(status="retired")) == Changes((), (), ())

    with database.read() as session:
        assert catalogue.newest(session) == ()


def test_a_former_name_says_by_whom_it_was_followed(database: Database) -> None:
    record(database, definition("visits"), definition("trips"))
    record(database, definition("trips"), days=1)  # of visits the file went before
    brought = record(database, definition("calls", formerly=["visits", "trips"]), days=2)

    assert brought == Changes(("calls",), (), ("trips",))
    with database.read() as session:
        followed = {
            one.definition.id: (one.status, one.definition.superseded_by)
            for one in catalogue.newest(session)
        }
    assert followed == {
        "calls": (Status.ACTIVE, None),
        "trips": (Status.RETIRED, "calls"),
        "visits": (Status.RETIRED, "calls"),
    }
