"""What is wrong with lookups is shown like what is wrong with definitions; the good ones work."""

from pathlib import Path

import pytest

from forecaster.cycle.declaring import declare
from forecaster.store import catalogue
from forecaster.working import Working
from tests.house import NOW


@pytest.fixture
def lookups(tmp_path: Path) -> Path:
    folder = tmp_path / "indicators" / "lookups"
    folder.mkdir()
    return folder


def test_a_broken_lookup_is_a_problem_with_its_place_and_breaks_nothing(
    working: Working, lookups: Path
) -> None:
    (lookups / "actors.yml").write_text("CHN: [China]\nRUS: China\n")

    changes = declare(working.database, working.roots, now=NOW)

    assert changes.added == ("patrols",)
    with working.database.read() as session:
        [(file, line, column, message)] = catalogue.problems(session)
    assert (file, line, column) == (str(lookups / "actors.yml"), 2, 6)
    assert message == "expected a list, found 'China'"


def test_what_a_run_is_given_follows_the_files(working: Working, lookups: Path) -> None:
    assert working.tools.lookups().actors == {}
    (lookups / "actors.yml").write_text("CHN: [China]\n")
    assert working.tools.lookups().actor("China") == "CHN"
    (lookups / "actors.yml").write_text("CHN: [China\n")
    assert working.tools.lookups().actor("China") == "CHN"
