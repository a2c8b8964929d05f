"""Alembic's way in: in the transaction that it is handed, else at the address it is told."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, TypeDecorator

from forecaster.store.database import Database
from forecaster.store.tables import metadata


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transactional_ddl=True,  # SQLite can, because the store begins its transactions itself
        render_as_batch=True,  # SQLite alters a table by making it anew
        render_item=_plainly,
    )
    with context.begin_transaction():
        context.run_migrations()


def _plainly(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    """Write a column's type without the code of today: a released migration must not change."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def _run_from_the_command_line() -> None:
    told = context.get_x_argument(as_dictionary=True)
    database = Database(told.get("url") or context.config.get_main_option("sqlalchemy.url", ""))
    try:
        with database.begin() as session:
            _run(session.connection())
    finally:
        database.close()


if "connection" in context.config.attributes:
    _run(context.config.attributes["connection"])
else:
    _run_from_the_command_line()
