"""Bring a database to the shape that this code expects; also from an installed wheel."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from forecaster.store.database import Database, lock

_MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(url: str) -> None:
    """Apply the migrations that are missing; all of them or none, one process at a time."""
    database = Database(url)
    try:
        if not is_current(database):
            _upgrade(database)
    finally:
        database.close()


def is_current(database: Database) -> bool:
    """Say whether every migration has been applied."""
    with database.read() as session:
        applied = MigrationContext.configure(session.connection()).get_current_heads()
    return set(applied) == set(ScriptDirectory.from_config(_config()).get_heads())


def _upgrade(database: Database) -> None:
    config = _config()
    with database.begin() as session:
        lock(session, "migrations")
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config
