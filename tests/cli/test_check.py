"""`forecaster check` runs the tests of definitions, and says where they are not kept."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from forecaster.cli.main import app
from tests.house import INDICATOR

Run = Callable[..., Result]

TESTS = """\
tests:
  - name: it fires
    given: {values: [7]}
    expect: {alerts: {many-patrols: firing}}
  - given: {values: [6]}
    expect: {alerts: {many-patrols: firing}}
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Check one definition of one's own."""
    (tmp_path / "indicators").mkdir()
    (tmp_path / "indicators" / "patrols.yml").write_text(INDICATOR + TESTS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FORECASTER_SHIPPED", "false")
    return lambda *words: CliRunner().invoke(app, ["check", *words])


def test_a_test_that_is_not_kept_is_told_at_its_line_and_column(run: Run) -> None:
    result = run()

    assert result.exit_code == 1
    assert (
        "indicators/patrols.yml:19:37: test 2: expected firing, found inactive"
    ) in result.output
    assert "1 good (1 series), 2 tests run, 1 problems" in result.output


def test_a_file_alone_is_tested_too(run: Run) -> None:
    assert "test 2: expected firing" in run("indicators/patrols.yml").output


def test_tests_can_be_left_out(run: Run) -> None:
    result = run("--no-tests")

    assert result.exit_code == 0
    assert "2 tests not run" in result.output


def test_machines_learn_of_the_tests_too(run: Run) -> None:
    told = json.loads(run("--json").stdout)

    assert (told["good"], told["tests"]) == (["patrols"], 2)
    assert [problem["line"] for problem in told["problems"]] == [19]


def test_a_definition_without_a_test_can_be_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "indicators" / "patrols.yml").write_text(INDICATOR)

    assert run().exit_code == 0
    result = run("--require-tests")

    assert result.exit_code == 1
    assert "patrols.yml:1:1: has no test" in result.output


def test_many_tests_show_how_far_they_have_come(run: Run, tmp_path: Path) -> None:
    one = TESTS.splitlines(keepends=True)[1:4]
    (tmp_path / "indicators" / "patrols.yml").write_text(
        INDICATOR + "tests:\n" + "".join(one) * 11
    )

    result = run()

    assert result.exit_code == 0
    assert "11/11" in result.stderr
