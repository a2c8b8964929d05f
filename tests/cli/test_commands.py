"""Every command says what it does, does it, prints tables or JSON, and exits as it should."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from forecaster.cli.main import app
from tests.house import INDICATOR, quiet_weeks, write_patrols

Run = Callable[..., Result]

COMMANDS = (
    *("up", "serve", "work", "check", "try", "catalogue", "collect", "forecast", "backtest"),
    "status",
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command over one indicator of one's own, in a directory of its own."""
    write_patrols(tmp_path / "indicators", quiet_weeks(20))
    (tmp_path / "indicators" / "patrols.yml").write_text(INDICATOR)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FORECASTER_SHIPPED", "false")
    monkeypatch.setenv("FORECASTER_WORKERS", "1")
    return lambda *words: CliRunner().invoke(app, list(words))


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_an_example(command: str) -> None:
    shown = CliRunner().invoke(app, [command, "--help"])
    assert shown.exit_code == 0
    assert f"forecaster {command}" in shown.output
    assert "Example:" in shown.output


def test_check_finds_the_definitions_good(run: Run) -> None:
    assert run("check").exit_code == 0


def test_check_names_file_line_and_column_of_a_wrong_one(run: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(INDICATOR.replace("role:", "rolle:"))
    result = run("check", str(wrong))
    assert result.exit_code == 1
    assert "wrong.yml:2:1" in result.output


def test_check_reads_lookups_too(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "indicators" / "lookups" / "actors.yml"
    path.parent.mkdir()
    path.write_text("CHN: [China]\n")
    assert run("check").exit_code == 0
    assert run("check", str(path)).exit_code == 0

    path.write_text("CHN: [China]\nRUS: [China]\n")
    for words in (("check",), ("check", str(path))):
        checked = run(*words)
        assert checked.exit_code == 1
        assert "lookups/actors.yml:2:7: 'China' stands for CHN already" in checked.output


def test_check_prints_json_for_machines(run: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(INDICATOR.replace("role:", "rolle:"))
    result = run("check", str(wrong), "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["problems"][0]["line"] == 2


def test_collect_then_forecast_then_look(run: Run) -> None:
    (collected,) = told(run("collect", "--json"))
    assert (collected["status"], collected["new"]) == ("ok", 20)

    (made,) = told(run("forecast", "--json"))
    assert made["series"] == "patrols/CHN-RUS"
    assert "baseline" in made["probabilities"]
    assert "at the end" in made["probabilities"]
    assert made["skill"] == "no better than climatology"
    assert "no better than the baseline climatology" in made["note"]

    (shown,) = told(run("status", "--json"))
    assert shown["last_value"] == quiet_weeks(20)[-1]
    assert shown["source"] == "ok"
    assert 0 <= shown["probability"] <= 1

    scores = told(run("backtest", "patrols", "--json"))
    assert {score["method"] for score in scores} >= {"naive", "climatology"}
    assert "patrols/CHN-RUS" in run("status").stdout


def test_a_paused_indicator_is_left_out_and_who_names_it_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "indicators" / "patrols.yml").write_text(INDICATOR + "status: paused\n")

    assert told(run("collect", "--json")) == []
    assert [row["status"] for row in told(run("status", "--json"))] == ["paused"]
    result = run("collect", "patrols")
    assert result.exit_code == 1
    assert "patrols is paused: its file says 'status: paused'" in str(result.exception)


def test_the_catalogue_lists_what_is_watched_and_how_much_is_held(run: Run) -> None:
    (one,) = told(run("catalogue", "--json"))

    assert (one["id"], one["role"], one["series"]) == ("patrols", "operational", "CHN-RUS")
    assert one["history_held"].endswith("to 2026-03-01, 20 values")
    assert "patrols" in run("catalogue").stdout


def test_a_wrong_name_says_the_nearest(run: Run) -> None:
    run("collect")
    result = run("forecast", "patrol")
    assert result.exit_code == 1
    assert "did you mean 'patrols'" in str(result.exception)


def test_a_backfill_wants_two_days_in_order(run: Run) -> None:
    assert run("collect", "--backfill", "2026-01-31..2026-01-01").exit_code == 2
    assert run("collect", "--backfill", "January").exit_code == 2


def told(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_a_wrong_setting_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORECASTER_WORKERS", "many")
    result = run("status")
    assert result.exit_code == 1
    assert "FORECASTER_WORKERS" in str(result.exception)


def test_collecting_from_elsewhere_retires_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("collect")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    data = ("--data-dir", str(tmp_path / "data"))
    run("collect", *data)
    assert [row["series"] for row in told(run("status", *data, "--json"))] == ["patrols/CHN-RUS"]


def test_files_have_no_past_to_fetch(run: Run) -> None:
    run("collect")
    result = run("collect", "patrols", "--backfill", "2026-01-01..2026-01-31")
    assert result.exit_code == 1
    assert "comes from files" in str(result.exception)


def test_a_wrong_scope_says_the_known_ones(run: Run) -> None:
    run("collect")
    result = run("backtest", "patrols", "--scope", "CHN-RUZ")
    assert result.exit_code == 1
    assert "CHN-RUS" in str(result.exception)
