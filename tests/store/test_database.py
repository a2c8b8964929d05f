"""A transaction is whole or nothing, a read sees one moment, and nothing naive gets in or out."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import DateTime, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from forecaster.domain.errors import StoreUnavailable
from forecaster.domain.run import RunStatus, Trigger
from forecaster.store import forecasts, runs
from forecaster.store.columns import UtcDateTime
from forecaster.store.database import Database, Session
from forecaster.store.tables import metadata
from tests.store.samples import NOW, issue


def begin_and_fail(session: Session) -> None:
    runs.begin(session, "visits", Trigger.MANUAL, now=NOW)
    raise ValueError("no")


def test_a_transaction_that_fails_leaves_no_trace(database: Database) -> None:
    with pytest.raises(ValueError, match="no"), database.begin() as session:
        begin_and_fail(session)

    with database.read() as session:
        assert runs.last(session, "visits") is None


def test_a_read_can_change_nothing(database: Database) -> None:
    refused = pytest.raises((DBAPIError, StoreUnavailable), match=r"readonly|read-only")
    with refused, database.read() as session:
        runs.begin(session, "visits", Trigger.MANUAL, now=NOW)


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all.db", "postgresql://127.0.0.1:1/nobody"]
)
def test_a_database_that_does_not_answer_is_named_in_our_words(url: str) -> None:
    database = Database(url)
    with pytest.raises(StoreUnavailable), database.read() as session:
        runs.latest(session)
    database.close()


def test_a_read_sees_one_moment(database: Database) -> None:
    with database.read() as reading:
        before = runs.latest(reading)
        with database.begin() as session:
            runs.begin(session, "visits", Trigger.MANUAL, now=NOW)

        assert runs.latest(reading) == before

    with database.read() as reading:
        assert runs.latest(reading) != before


def test_a_row_that_names_what_is_not_there_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError), database.begin() as session:
        forecasts.add(session, issue("i1", fit="nobody"))


def test_moments_come_back_aware_and_in_utc(database: Database) -> None:
    there = datetime(2026, 3, 2, 14, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    with database.begin() as session:
        runs.begin(session, "visits", Trigger.MANUAL, now=there)
    with database.begin() as session:
        run = runs.end(session, 1, now=there, status=RunStatus.OK)

    assert run.began_at.tzinfo is UTC
    assert run.began_at == there
    assert run.began_at.microsecond == 123456


def test_a_naive_moment_is_refused(database: Database) -> None:
    naive = NOW.replace(tzinfo=None)

    with pytest.raises(StatementError, match="has no zone"), database.begin() as session:
        runs.begin(session, "visits", Trigger.MANUAL, now=naive)


def test_every_moment_of_every_table_is_aware() -> None:
    moments = [
        column
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, DateTime | UtcDateTime) or column.name.endswith("_at")
    ]

    assert len(moments) > 15
    assert all(isinstance(column.type, UtcDateTime) for column in moments)


def test_sqlite_keeps_a_log_and_foreign_keys(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.read() as session:
        modes = [
            session.connection().execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
    database.close()

    assert modes == ["wal", 1, 30_000]


def test_plain_postgresql_addresses_find_their_driver(postgresql_url: str) -> None:
    assert postgresql_url.startswith("postgresql://")
    for url in (postgresql_url, postgresql_url.replace("://", "+psycopg://", 1)):
        database = Database(url)
        with database.read() as session:
            assert runs.latest(session) == {}
        database.close()
