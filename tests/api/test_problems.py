"""Whatever goes wrong is told as a problem document that says what to do."""

import httpx
import pytest

from forecaster.api.problems import KINDS
from forecaster.store.database import Database
from tests.api.world import Asking

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("/v1/forecast", "there is no such address; did you mean '/v1/forecasts'?"),
        ("/v1/alerts/", "there is no such address; did you mean '/v1/alerts'?"),
        ("/elsewhere", "there is no such address; / lists the addresses"),
    ],
)
async def test_an_unknown_address_is_answered_with_the_nearest(
    sqlite: Database, asking: Asking, path: str, detail: str
) -> None:
    async with asking(sqlite) as api:
        answer = await api.get(path)

    assert answer.status_code == httpx.codes.NOT_FOUND
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "/problems/not-found",
        "title": KINDS["not-found"].title,
        "status": 404,
        "detail": detail,
    }


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/v1/webhooks", "GET, HEAD, POST"),
        ("POST", "/v1/forecasts/patrols/CHN-RUS", "GET, HEAD"),
        ("HEAD", "/v1/webhooks/ep_0/test", "POST"),
        ("DELETE", "/healthz", "GET, HEAD"),
        ("POST", "/openapi.json", "GET, HEAD"),
    ],
)
async def test_a_method_that_an_address_does_not_take_is_refused_with_those_that_it_does(
    sqlite: Database, asking: Asking, method: str, path: str, allowed: str
) -> None:
    async with asking(sqlite) as api:
        answer = await api.request(method, path)

    assert answer.status_code == httpx.codes.METHOD_NOT_ALLOWED
    assert answer.headers["Allow"] == allowed


@pytest.mark.parametrize("kind", KINDS)
async def test_the_type_of_every_problem_is_an_address_that_says_what_it_means(
    sqlite: Database, asking: Asking, kind: str
) -> None:
    async with asking(sqlite) as api:
        answer = await api.get(f"/problems/{kind}")

    assert answer.json() == {
        "type": f"/problems/{kind}",
        "title": KINDS[kind].title,
        "status": KINDS[kind].status,
    }


async def test_an_unknown_type_of_problem_is_one_itself(sqlite: Database, asking: Asking) -> None:
    async with asking(sqlite) as api:
        answer = await api.get("/problems/not-fond")

    assert answer.json()["detail"] == "no problem named 'not-fond'; did you mean 'not-found'?"


async def test_problems_are_not_kept(sqlite: Database, asking: Asking) -> None:
    async with asking(sqlite) as api:
        answer = await api.get("/elsewhere")

    assert answer.headers["Cache-Control"] == "no-store"
