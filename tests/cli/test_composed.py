"""Commands meet what is composed: they say so, and show it beside everything else."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from forecaster.cli.main import app
from tests.cycle.composed import RATE, lay_out

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command over two collected indicators and two composed ones."""
    lay_out(tmp_path / "indicators")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FORECASTER_SHIPPED", "false")
    monkeypatch.setenv("FORECASTER_WORKERS", "1")
    return lambda *words: CliRunner().invoke(app, list(words))


def told(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    rows: list[dict[str, Any]] = json.loads(result.stdout)
    return rows


def test_only_what_has_a_source_is_collected_and_the_rest_is_shown(run: Run) -> None:
    assert [row["indicator"] for row in told(run("collect", "--json"))] == [
        "patrols",
        "statements",
    ]

    shown = {row["series"]: row for row in told(run("status", "--json"))}
    assert shown["rate/CHN-RUS"]["last_value"] == 1.0
    assert shown["rate/CHN-RUS"]["source"].endswith(": ok")
    assert shown["patrols/CHN-RUS"]["source"] == "ok"

    assert {row["scope"] for row in told(run("backtest", "rate", "--json"))} == {"CHN-RUS"}


def test_to_collect_what_is_composed_is_refused_with_its_inputs(run: Run) -> None:
    run("collect")

    result = run("collect", "rate")

    assert result.exit_code == 1
    assert str(result.exception) == "rate is composed of patrols and statements: collect those"


def test_one_file_is_checked_beside_its_inputs(run: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "indicators" / "rate.yml"
    wrong.write_text(RATE.replace("statements]", "statement]"))

    result = run("check", str(wrong))

    assert result.exit_code == 1
    assert "rate.yml:8:28: no indicator named 'statement'" in result.output
    assert run("check", str(tmp_path / "indicators" / "surprise.yml")).exit_code == 0
