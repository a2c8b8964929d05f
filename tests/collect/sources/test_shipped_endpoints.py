"""Each shipped definition of an endpoint reads what such an endpoint answers."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from forecaster.definitions.load import load_catalogue
from forecaster.domain.errors import SourceUnavailable
from tests.collect.asked import run
from tests.collect.sources.shipped import ENDPOINTS, KEYS, answering_by, declared, shipped

CASES = [(name, case) for name in ENDPOINTS for case in declared(name)["tests"]]


@pytest.mark.parametrize(
    ("name", "case"), CASES, ids=[f"{name}: {case['name']}" for name, case in CASES]
)
def test_its_own_examples_hold(tmp_path: Path, name: str, case: dict[str, Any]) -> None:
    now = datetime(*case["now"].timetuple()[:3], 12, tzinfo=UTC)
    ran = run(
        tmp_path, shipped(name), answering_by(case["given"]["documents"]), now=now, keys=KEYS
    )
    assert ran.error is None

    found = {
        (each.scope, str(each.period)): each.missing or round(each.value or 0, 6)
        for each in ran.readings
    }
    for expected in case["expect"]["observations"]:
        place = (expected["scope"], str(expected["period"]))
        assert found[place] == expected.get("missing", expected.get("value")), place


@pytest.mark.parametrize("name", ENDPOINTS)
def test_it_is_declared_without_a_mistake(tmp_path: Path, name: str) -> None:
    fields = {key: value for key, value in declared(name).items() if key != "tests"}
    (tmp_path / f"{name}.yml").write_text(yaml.safe_dump(fields, allow_unicode=True), "utf-8")
    loaded = load_catalogue([tmp_path])
    assert loaded.problems == ()
    assert [definition.id for definition in loaded.catalogue] == [name]


@pytest.mark.parametrize("name", ENDPOINTS)
def test_where_nothing_answers_it_says_so(tmp_path: Path, name: str) -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route to host", request=request)

    ran = run(tmp_path, shipped(name), away, keys=KEYS)
    assert ran.batches == []
    assert isinstance(ran.error, SourceUnavailable)
    assert len(set(ran.urls)) <= 2


@pytest.mark.parametrize("name", ENDPOINTS)
def test_a_backfill_can_be_asked_for(tmp_path: Path, name: str) -> None:
    start = datetime(2025, 6, 4, tzinfo=UTC)
    window = (start, start + timedelta(days=30))
    case = declared(name)["tests"][0]
    respond = answering_by(case["given"]["documents"])
    now = datetime(2026, 4, 1, tzinfo=UTC)
    ran = run(tmp_path, shipped(name), respond, now=now, keys=KEYS, window=window)
    assert ran.error is None
    first, end = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    assert all(first.date() <= each.period.start < end.date() for each in ran.readings)
