"""What every answer carries, and what becomes of errors that nobody expected."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, HTTPException, Response
from fastapi.responses import StreamingResponse
from structlog.testing import capture_logs

from forecaster.alert.secrets import Vault
from forecaster.api.app import create_app
from forecaster.publish.image import Image
from forecaster.serving import Serving
from forecaster.store.database import Database
from tests.api.world import KEY, Asking, Clock

pytestmark = pytest.mark.anyio


@pytest.fixture
def broken(tmp_path: Path, clock: Clock, vault: Vault) -> Serving:
    """Return a server's parts over a database whose directory is not there."""
    database = Database(f"sqlite:///{tmp_path}/gone/forecaster.db")
    return Serving(database, Image(), clock, KEY, vault)


async def ask(app: FastAPI, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as api:
        return await api.get(path)


async def test_every_answer_carries_the_headers_that_protect_its_reader(
    sqlite: Database, asking: Asking
) -> None:
    async with asking(sqlite) as api:
        answers = [await api.get(path) for path in ("/", "/v1/forecasts", "/elsewhere", "/v1/x?y")]

    for answer in answers:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    "path", ["/v1/indicators", "/v1/indicators/patrols", "/v1/changes", "/readyz"]
)
async def test_a_database_that_does_not_answer_is_a_503_to_be_tried_again(
    broken: Serving, path: str
) -> None:
    with capture_logs() as logs:
        answer = await ask(create_app(broken), path)

    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert answer.json()["type"] == "/problems/database-unavailable"
    assert answer.headers["Retry-After"] == "5"
    assert "unable to open database file" in logs[-1]["error"]


async def test_a_postgresql_that_does_not_answer_is_a_503_too(broken: Serving) -> None:
    nobody = Database("postgresql://nobody@127.0.0.1:1/nothing")

    with capture_logs():
        answer = await ask(create_app(replace(broken, database=nobody)), "/v1/changes")

    assert answer.json()["type"] == "/problems/database-unavailable"


async def test_an_error_of_ours_is_a_500_that_tells_nothing_of_the_inside(
    broken: Serving,
) -> None:
    def fails() -> datetime:
        raise RuntimeError("the inside")

    with capture_logs() as logs:
        answer = await ask(create_app(replace(broken, clock=fails)), "/v1/forecasts")

    assert answer.status_code == httpx.codes.INTERNAL_SERVER_ERROR
    assert answer.json()["type"] == "/problems/internal-error"
    assert "the inside" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert [(one["event"], one["path"]) for one in logs] == [("request_failed", "/v1/forecasts")]


async def test_an_error_in_the_middle_of_an_answer_cuts_it_off(broken: Serving) -> None:
    app = create_app(broken)

    async def halves() -> AsyncIterator[bytes]:
        yield b"half"
        raise RuntimeError("the inside")

    @app.get("/halves")
    async def answer_by_halves() -> Response:
        return StreamingResponse(halves())

    with capture_logs() as logs, pytest.raises(RuntimeError, match="the inside"):
        await ask(app, "/halves")

    assert logs[0]["event"] == "request_failed"


async def test_a_refusal_of_the_framework_is_a_problem_too(broken: Serving) -> None:
    app = create_app(broken)

    @app.get("/refused")
    async def refuse() -> Response:
        raise HTTPException(400, "the framework says no")

    answer = await ask(app, "/refused")

    assert answer.status_code == httpx.codes.BAD_REQUEST
    assert answer.json()["type"] == "/problems/malformed-request"
    assert answer.json()["detail"] == "the framework says no"
