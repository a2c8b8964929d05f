"""`forecaster try` shows what a definition would do, and leaves nothing behind."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from forecaster.cli.main import app
from forecaster.cli.preview import sparkline
from forecaster.collect.asking.archive import Archive, Remembered
from forecaster.domain.observation import Document
from tests.house import INDICATOR, quiet_weeks, write_patrols

Run = Callable[..., Result]

LIVE = """\
title: Reports, {a}-{b}
role: operational
family: count
unit: reports
frequency: day
lag: 1 hour
attribution: Nobody
license: {name: CC0, redistribution: "yes"}
for_each: {dyad: [CHN-RUS]}
collect:
  source: gdelt_events
  base_url: http://127.0.0.1:9
  feeds: [english]
  codes: ["05"]
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in a directory that holds a history, and no definition in force."""
    write_patrols(tmp_path / "mine", quiet_weeks(40))
    (tmp_path / "mine" / "patrols.yml").write_text(INDICATOR)
    (tmp_path / "mine" / "reports.yml").write_text(LIVE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FORECASTER_SHIPPED", "false")
    monkeypatch.setenv("FORECASTER_WORKERS", "1")
    monkeypatch.setenv("FORECASTER_ALLOW_PRIVATE_SOURCES", "true")
    return lambda *words: CliRunner().invoke(app, ["try", *words])


def told(result: Result) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def test_values_a_forecast_and_alerts_are_shown(run: Run) -> None:
    result = run("mine/patrols.yml")

    assert result.exit_code == 0, result.output
    shown = " ".join(result.stdout.split())
    assert "patrols from files: ok" in shown
    assert "Patrols, CHN-RUS ▁" in shown
    assert "… the newest 8 of 40" in shown
    assert "Forecast CHN-RUS, 2026-03-02:" in shown
    assert "busy (above 6 within 4):" in shown
    assert "over 40 values it would have fired 0 times" in shown


def test_machines_get_all_of_it(run: Run) -> None:
    document = told(run("mine/patrols.yml", "--json"))

    assert (document["id"], document["from"], document["run"]["status"]) == (
        "patrols",
        "files",
        "ok",
    )
    assert len(document["observations"]) == 40
    assert document["observations"][-1]["period"] == "2026-02-23"
    (forecast,) = document["forecasts"]
    low, high = forecast["interval_90"]
    assert low <= forecast["median"] <= high
    (probability,) = forecast["probabilities"]
    assert 0 <= probability["baseline_p"] <= 1
    assert document["alerts"] == [
        {
            "rule": "many-patrols",
            "scope": "CHN-RUS",
            "number": quiet_weeks(40)[-1],
            "status": "inactive",
            "would_have_fired": 0,
            "and_was_right": None,
            "of": 40,
        }
    ]


def test_nothing_is_left_behind(run: Run, tmp_path: Path) -> None:
    before = sorted(path for path in tmp_path.rglob("*"))

    run("mine/patrols.yml")

    assert sorted(path for path in tmp_path.rglob("*")) == before


def test_an_alert_on_a_probability_is_held_against_its_past(run: Run, tmp_path: Path) -> None:
    alert = "{id: busy-likely, probability: busy, above: 0.99}"
    (tmp_path / "mine" / "patrols.yml").write_text(
        INDICATOR.replace("alerts: [", f"alerts: [{alert}, ")
    )

    alerts = told(run("mine/patrols.yml", "--json"))["alerts"]

    likely = next(each for each in alerts if each["rule"] == "busy-likely")
    assert likely["status"] == "inactive"
    assert (likely["would_have_fired"], likely["and_was_right"]) == (0, 0)
    assert likely["of"] > 0


def test_assertions_say_how_they_stand(run: Run, tmp_path: Path) -> None:
    asserted = "assertions: {values: {max: 3}, max_age: 1 day, rows: {min: 1}, rows_change: 0.5}\n"
    (tmp_path / "mine" / "patrols.yml").write_text(INDICATOR + asserted)

    result = run("mine/patrols.yml", "--json")

    stands = {each["name"]: each["holds"] for each in told(result)["assertions"]}
    assert stands == {"values": False, "age": False, "rows": None, "rows_change": None}
    assert result.exit_code == 1
    shown = " ".join(run("mine/patrols.yml").stdout.split())
    assert "Assertion values: broken: 9 of 40 values lie outside" in shown
    assert "assertions.max_age is 1 days" in shown


def test_a_wrong_file_shows_its_problems(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine" / "patrols.yml").write_text(INDICATOR.replace("role:", "rolle:"))

    result = run("mine/patrols.yml")

    assert result.exit_code == 1
    assert "mine/patrols.yml:2:1: 'rolle' is not a field" in str(result.exception)


def test_a_source_that_cannot_be_reached_says_so_with_its_address_and_what_to_do(
    run: Run,
) -> None:
    result = run("mine/reports.yml")

    assert result.exit_code == 1
    shown = " ".join(result.stdout.split())
    assert "reports from the source: unavailable" in shown
    assert "http://127.0.0.1:9" in shown
    assert "save an answer in a folder, named like the last part of its address" in shown
    assert "There are no values, so there is nothing to forecast." in shown


def test_saved_answers_are_read_in_the_place_of_the_network(run: Run, tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()

    result = run("mine/reports.yml", "--from", "saved", "--json")

    assert told(result)["from"] == "saved"
    assert "127.0.0.1:9" in told(result)["run"]["error"]


PRICE = """\
title: Price
role: context
unit: dollars
frequency: day
lag: 1 day
attribution: Nobody
license: {name: CC0, redistribution: "yes"}
collect:
  source: http_json
  url: http://127.0.0.1:9/prices
  rows: "@"
  date: "[0]"
  value: "[1]"
assertions: {rows: {min: 1}}
alerts: [{id: dear, value: last, above: 4}]
"""


def answer() -> str:
    """Say the price of each of the last ten days, each higher than the one before."""
    today = datetime.now(UTC).date()
    return json.dumps([[str(today - timedelta(days=11 - day)), day] for day in range(10)])


def test_where_the_source_does_not_answer_the_archive_does(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine" / "price.yml").write_text(PRICE)
    archive = Archive(tmp_path / "data" / "archive")
    kept = Document(
        digest=archive.put(answer().encode()),
        url="http://127.0.0.1:9/prices",
        fetched_at=datetime.now(UTC),
        status=200,
        size=1,
    )
    archive.remember(Remembered(document=kept))

    document = told(run("mine/price.yml", "--json"))

    assert document["from"] == "data/archive"
    assert [seen["value"] for seen in document["observations"]][-2:] == [8, 9]
    assert document["assertions"] == [{"name": "rows", "holds": True, "told": "10 rows were read"}]


def test_a_saved_answer_is_shown_as_the_source_would_have_given_it(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "mine" / "price.yml").write_text(PRICE)
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "prices").write_text(answer())

    result = run("mine/price.yml", "--from", "saved")

    assert result.exit_code == 0, result.output
    shown = " ".join(result.stdout.split())
    assert "Price ▁▂▃▃▄▅▆▆▇█" in shown
    assert "Assertion rows: holds: 10 rows were read" in shown
    assert "Forecast WORLD, " in shown
    assert "Alert dear, WORLD: 9, firing after one issue; over 10 values" in shown


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_series_too_short_to_forecast_says_why(
    run: Run, tmp_path: Path, form: tuple[str, ...]
) -> None:
    (tmp_path / "mine" / "price.yml").write_text(PRICE)
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "prices").write_text(json.dumps(json.loads(answer())[:2]))

    result = run("mine/price.yml", "--from", "saved", *form)

    reason = told(result)["forecasts"][0]["refused"] if form else result.stdout
    assert "Forecast WORLD: none, because" in reason if not form else reason


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([], ""),
        ([None, None], "··"),
        ([1, 1], "▁▁"),
        ([0, None, 7], "▁·█"),
        ([0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"),
    ],
)
def test_a_sparkline_goes_from_the_least_to_the_most(
    values: list[float | None], line: str
) -> None:
    assert sparkline(values) == line
