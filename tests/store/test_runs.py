"""Every run of a collector is a row, from its beginning to its end."""

from forecaster.domain.run import Run, RunStatus, Trigger
from forecaster.store import runs
from forecaster.store.database import Database, Session
from tests.store.samples import HOUR, NOW


def ran(session: Session, indicator: str, status: RunStatus, hour: int = 0) -> Run:
    run_id = runs.begin(session, indicator, Trigger.SCHEDULE, now=NOW + hour * HOUR)
    return runs.end(session, run_id, now=NOW + (hour + 1) * HOUR, status=status)


def test_a_run_begins_and_ends(database: Database) -> None:
    with database.begin() as session:
        run_id = runs.begin(session, "visits", Trigger.MANUAL, now=NOW)
        begun = runs.last(session, "visits")
    with database.begin() as session:
        ended = runs.end(
            session,
            run_id,
            now=NOW + HOUR,
            status=RunStatus.CHANGED,
            documents=1,
            new=2,
            revised=3,
            doubtful=4,
            error="column 'x' is \0 gone \udcff",
        )

    assert begun == Run(
        id=run_id,
        indicator="visits",
        trigger=Trigger.MANUAL,
        status=RunStatus.RUNNING,
        began_at=NOW,
    )
    with database.read() as session:
        assert runs.last(session, "visits") == ended.model_copy(
            update={"error": "column 'x' is \ufffd gone ?"}
        )


def test_the_last_good_run_is_remembered_beside_the_last(database: Database) -> None:
    with database.begin() as session:
        good = ran(session, "visits", RunStatus.OK)
        bad = ran(session, "visits", RunStatus.UNAVAILABLE, hour=2)
        other = ran(session, "other", RunStatus.OK, hour=3)

    with database.read() as session:
        assert runs.last(session, "visits") == bad
        assert runs.last_ok(session, "visits") == good
        assert runs.latest(session) == {"visits": bad, "other": other}
        assert runs.last(session, "unheard-of") is None


def test_what_a_crash_left_open_is_marked(database: Database) -> None:
    with database.begin() as session:
        ran(session, "visits", RunStatus.OK)
        runs.begin(session, "visits", Trigger.SCHEDULE, now=NOW)

    with database.begin() as session:
        assert runs.interrupt_open(session, now=NOW + HOUR) == 1
        assert runs.interrupt_open(session, now=NOW + HOUR) == 0
        left = runs.last(session, "visits")

    assert left is not None
    assert (left.status, left.ended_at) == (RunStatus.INTERRUPTED, NOW + HOUR)


def test_reading_the_archive_again_says_nothing_of_the_source(database: Database) -> None:
    with database.begin() as session:
        asked = ran(session, "visits", RunStatus.OK)
        again = runs.begin(session, "visits", Trigger.REPARSE, now=NOW + 2 * HOUR)
        runs.end(session, again, now=NOW + 3 * HOUR, status=RunStatus.UNAVAILABLE)

    with database.read() as session:
        assert runs.last(session, "visits") == asked
        assert runs.latest(session) == {"visits": asked}
