"""The shipped catalogue loads, fits and publishes, every series of it."""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import Any

import pytest

from forecaster.cycle.alerting import alert
from forecaster.cycle.collecting import collect, open_source
from forecaster.cycle.declaring import declare
from forecaster.cycle.forecasting import forecast
from forecaster.cycle.publishing import publish
from forecaster.definitions.shipped import shipped_root
from forecaster.domain.publication import Kind, Publication
from forecaster.domain.run import Trigger
from forecaster.store import catalogue, publications
from tests.house import house

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Publication]]:
    """Live the first day of the shipped catalogue, without its live sources."""
    folder = tmp_path_factory.mktemp("shipped")
    url = f"sqlite:///{folder / 'forecaster.db'}"
    with house(folder, url, clock=lambda: NOW) as bare:
        tools = replace(bare.tools, roots=(shipped_root(),))
        declare(bare.database, tools.roots, now=NOW)
        with bare.database.read() as session:
            definitions = catalogue.current(session)
        for definition in definitions:
            if definition.collect and open_source(definition).shipped:
                collect(tools, definition, Trigger.SCHEDULE, now=NOW)
        with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as executor:
            forecast(bare.database, executor, code="test", now=NOW)
        alert(bare.database, now=NOW)
        publish(bare.database, now=NOW)
        with bare.database.read() as session:
            yield list(publications.latest(session))


@pytest.fixture(scope="module")
def published(log: list[Publication]) -> list[dict[str, Any]]:
    """Return the forecasts that are served, as documents."""
    return [body for body in bodies(log) if body["status"] == "served"]


def bodies(log: list[Publication]) -> list[dict[str, Any]]:
    return [json.loads(one.body) for one in log if one.kind is Kind.FORECAST]


def test_every_series_with_a_history_is_served(
    log: list[Publication], published: list[dict[str, Any]]
) -> None:
    assert len(published) > 90
    refused = [
        body
        for body in bodies(log)
        if body["status"] == "refused" and body["indicator"] != "operational-depth"
    ]
    assert {body["indicator"] for body in refused} == {"help-in-a-crisis"}  # too few crises
    assert all("are needed" in body["reason"] or "no value" in body["reason"] for body in refused)


def test_depth_is_told_where_its_inputs_move_together_and_refused_by_name_elsewhere(
    log: list[Publication],
) -> None:
    told = {
        body["scope"]: body for body in bodies(log) if body["indicator"] == "operational-depth"
    }

    served = {scope: one for scope, one in told.items() if one["status"] == "served"}
    assert set(served) == {"CHN-RUS", "PRK-RUS"}
    for one in served.values():
        months = {month["period"]: month["value"] for month in one["nowcast"]["months"]}
        assert months["2025-06-01"] > 1  # both deepened after 2022
        assert months["2019-06-01"] < 0
        assert one["coverage_grade"] == "partial"
    reasons = {scope: one["reason"] for scope, one in told.items() if scope not in served}
    assert "its 3 inputs do not move together" in reasons.pop("IRN-RUS")
    assert all(one.startswith("a factor needs 3 inputs; of ") for one in reasons.values())
    assert set(reasons) == {"CHN-IRN", "CHN-PRK", "IRN-PRK"}


def test_inputs_that_serve_others_alone_are_not_forecast(log: list[Publication]) -> None:
    told = {body["indicator"] for body in bodies(log)}
    assert {"acts-per-display", "operational-share", "media-cooperation-surprise"} <= told
    assert not {"crises-daily", "operational-acts-daily"} & told


def test_every_forecast_starts_where_its_coverage_ends(published: list[dict[str, Any]]) -> None:
    for body in published:
        assert body["steps"][0]["period"] > body["coverage_end"]
        assert body["stale_after"] is not None


def test_every_role_and_every_dyad_is_there(published: list[dict[str, Any]]) -> None:
    assert {body["role"] for body in published} == {
        "display", "operational", "crack", "hedging", "posture", "context"
    }  # fmt: skip
    displayed = {body["scope"] for body in published if body["role"] == "display"}
    assert displayed >= {"CHN-IRN", "CHN-PRK", "CHN-RUS", "IRN-PRK", "IRN-RUS", "PRK-RUS"}


def test_every_probability_stands_beside_its_baseline_interval_and_n(
    published: list[dict[str, Any]],
) -> None:
    for body in published:
        for crossing in body["probabilities"]:
            low, high = crossing["p_90"]
            assert 0 <= low <= crossing["p"] <= high <= 1
            assert 0 <= crossing["baseline_p"] <= 1
            assert crossing["n_observations"] > 0
            assert crossing["word"]
            assert crossing["confidence"] in {"high", "moderate", "low"}


def test_where_nothing_beats_the_baseline_the_document_says_so(
    published: list[dict[str, Any]],
) -> None:
    for body in published:
        if body["method"]["name"] == body["method"]["baseline"]:
            assert "baseline" in body["method"]["note"]


def test_no_alert_fires_from_a_history_that_ended_long_ago(log: list[Publication]) -> None:
    alerts = [json.loads(one.body) for one in log if one.kind is Kind.ALERT]
    assert alerts
    firing = [state["indicator"] for state in alerts if state["status"] == "firing"]
    assert set(firing) <= {"eu-listings", "geopolitical-risk", "geopolitical-risk-country"}
