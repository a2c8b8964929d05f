"""Where the store lies, SQLite or PostgreSQL, and how a transaction on it begins and ends."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from sqlite3 import OperationalError
from types import MappingProxyType
from typing import Any

from sqlalchemy import URL, Connection, Engine, Insert, create_engine, event, exc, func, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, select

from forecaster.domain.errors import StoreUnavailable
from forecaster.store.tables import Row

__all__ = ["Database", "Session", "insert_unless_there", "lock"]

_BUSY_SECONDS = 30.0
_CONNECT_SECONDS = 5
_READING: Mapping[str, Mapping[str, Any]] = MappingProxyType({
    "sqlite": {"reading": True},
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
})  # fmt: skip


class Database:
    """One database, by its address; no connection is made before the first statement."""

    def __init__(self, url: str) -> None:
        """Take `sqlite:///path` or `postgresql://…`."""
        self._writer = _engine(_with_driver(make_url(url)))
        self._reader = self._writer.execution_options(**_READING[self._writer.dialect.name])

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Open a transaction that writes; it commits at the end, or leaves no trace."""
        with (
            _answering(),
            Session(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a transaction that sees one moment of the store and can change nothing."""
        with _answering(), Session(self._reader) as session:
            yield session

    def close(self) -> None:
        """Let go of all connections."""
        self._writer.dispose()


def lock(session: Session, name: str) -> None:
    """Let one transaction at a time pass here, until it ends.

    On SQLite that is already so: a transaction that writes begins with the write lock.
    """
    if session.get_bind().dialect.name == "postgresql":
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
        session.exec(select(func.pg_advisory_xact_lock(key))).one()


def insert_unless_there(session: Session, table: type[Row]) -> Insert:
    """Begin an INSERT that passes over rows whose key stands already."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


@contextmanager
def _answering() -> Iterator[None]:
    """Say in our words that the database does not answer."""
    try:
        yield
    except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError) as error:
        raise StoreUnavailable(f"the database does not answer: {error.args[0]}") from error


def _with_driver(url: URL) -> URL:
    return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url


def _engine(url: URL) -> Engine:
    to_json = partial(json.dumps, ensure_ascii=False, allow_nan=False)
    if url.get_backend_name() == "postgresql":
        return create_engine(
            url,
            json_serializer=to_json,
            pool_pre_ping=True,
            connect_args={"connect_timeout": _CONNECT_SECONDS},
        )
    engine = create_engine(url, json_serializer=to_json, connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _open_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _open_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: see _begin_sqlite
    cursor = connection.cursor()
    with suppress(OperationalError):  # locked: another one opens it at this moment, and does this
        cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once when writing: a lock taken later could be refused for good."""
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql(f"PRAGMA query_only={int(reading)}")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
