"""The migrations lead to the tables of the code, there and back, one process at a time."""

from argparse import Namespace
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from forecaster.store import migrations
from forecaster.store.database import Database
from forecaster.store.migrating import is_current, migrate
from forecaster.store.tables import metadata

_CHECKOUT = Path(__file__).parents[2]


def _differences(url: str) -> list[object]:
    database = Database(url)
    with database.read() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        found = list(compare_metadata(context, metadata))
    database.close()
    return found


def _go_to(url: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__path__[0])))
    database = Database(url)
    with database.begin() as session:
        config.attributes["connection"] = session.connection()
        command.downgrade(config, revision)
    database.close()


def _tables(url: str) -> set[str]:
    database = Database(url)
    with database.read() as session:
        names = set(inspect(session.connection()).get_table_names())
    database.close()
    return names


def test_an_empty_database_becomes_what_the_tables_say(empty_url: str) -> None:
    migrate(empty_url)

    assert _differences(empty_url) == []
    assert _tables(empty_url) == {*metadata.tables, "alembic_version"}


def test_the_way_leads_back_and_forth(empty_url: str) -> None:
    migrate(empty_url)
    _go_to(empty_url, "base")
    assert _tables(empty_url) == {"alembic_version"}

    migrate(empty_url)

    assert _differences(empty_url) == []


def test_migrating_again_changes_nothing(database_url: str) -> None:
    migrate(database_url)

    assert _differences(database_url) == []


def test_two_that_start_together_do_not_disturb_each_other(empty_url: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(migrate, [empty_url] * 4))

    assert _differences(empty_url) == []


def test_a_store_knows_whether_it_is_current(empty_url: str) -> None:
    database = Database(empty_url)

    before = is_current(database)
    migrate(empty_url)

    assert (before, is_current(database)) == (False, True)
    database.close()


def test_migrating_says_nothing(empty_url: str, capfd: pytest.CaptureFixture[str]) -> None:
    migrate(empty_url)

    assert capfd.readouterr() == ("", "")


def test_the_command_line_works_from_a_checkout(empty_url: str) -> None:
    config = Config(_CHECKOUT / "alembic.ini", cmd_opts=Namespace(x=[f"url={empty_url}"]))

    command.upgrade(config, "head")

    command.check(config)  # raises where a migration is missing


def test_a_new_migration_does_not_lean_on_the_code_of_today(
    empty_url: str, tmp_path: Path
) -> None:
    config = Config(_CHECKOUT / "alembic.ini", cmd_opts=Namespace(x=[f"url={empty_url}"]))
    config.set_main_option("version_locations", str(tmp_path / "versions"))

    command.revision(config, "all anew", autogenerate=True, rev_id="0001")

    text = (tmp_path / "versions" / "0001_all_anew.py").read_text()
    assert text.count("op.create_table") == len(metadata.tables)
    assert "forecaster" not in text.split("def upgrade")[1]
    assert "sqlmodel" not in text
