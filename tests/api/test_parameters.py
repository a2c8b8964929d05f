"""No route lets an unknown parameter, or one given twice, pass in silence."""

from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI

from forecaster.alert.secrets import Vault, new_key
from forecaster.api.app import create_app
from forecaster.publish.image import Image
from forecaster.serving import Serving
from forecaster.store.database import Database
from tests.api.world import BEARER, KEY, Asking, Clock

pytestmark = pytest.mark.anyio

VALUES = {
    "indicator": "patrols",
    "scope": "CHN-RUS",
    "endpoint": "ep_0",
    "name": "not-found",
    "number": "1",
    "digest": "sha256:0",
}


def application() -> FastAPI:
    """Make an application that is only looked at; its database is never opened."""
    vault = Vault(new_key())
    return create_app(Serving(Database("sqlite://"), Image(), Clock(), KEY, vault))


def operations() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """List every method and path that the application takes, with its query parameters."""
    for path, methods in application().openapi()["paths"].items():
        for method, operation in methods.items():
            parameters = operation.get("parameters", ())
            known = tuple(one["name"] for one in parameters if one["in"] == "query")
            yield method, path.format(**VALUES), known
    yield "get", "/openapi.json", ()


@pytest.mark.parametrize(("method", "path", "known"), list(operations()))
async def test_an_unknown_parameter_is_refused_and_the_known_ones_are_named(
    sqlite: Database, asking: Asking, method: str, path: str, known: tuple[str, ...]
) -> None:
    async with asking(sqlite) as api:
        answer = await api.request(method, f"{path}?as_off=2026-01-01", headers=BEARER)

    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert answer.headers["Content-Type"] == "application/problem+json"
    detail = answer.json()["detail"]
    assert detail.startswith("query parameter 'as_off' is unknown")
    assert detail.endswith(
        f"(known here: {', '.join(sorted(known))})" if known else "(none is known here)"
    )


@pytest.mark.parametrize(
    ("method", "path", "parameter"),
    [(method, path, name) for method, path, known in operations() for name in known],
)
async def test_a_parameter_given_twice_is_refused(
    sqlite: Database, asking: Asking, method: str, path: str, parameter: str
) -> None:
    async with asking(sqlite) as api:
        answer = await api.request(method, f"{path}?{parameter}=1&{parameter}=2")

    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert answer.json()["errors"] == [
        {"in": "query", "name": parameter, "message": "stands there 2 times; once is enough"}
    ]


async def test_the_nearest_parameter_is_named(sqlite: Database, asking: Asking) -> None:
    async with asking(sqlite) as api:
        answer = await api.get("/v1/forecasts?scop=CHN-RUS")

    assert answer.json()["detail"] == (
        "query parameter 'scop' is unknown; did you mean 'scope'? "
        "(known here: hidden, indicator, role, scope)"
    )


async def test_the_known_parameters_are_said_once_where_none_is_near(
    sqlite: Database, asking: Asking
) -> None:
    async with asking(sqlite) as api:
        answer = await api.get("/v1/forecasts?x=1")

    assert answer.json()["detail"] == (
        "query parameter 'x' is unknown (known here: hidden, indicator, role, scope)"
    )


async def test_an_empty_query_is_no_parameter(sqlite: Database, asking: Asking) -> None:
    async with asking(sqlite) as api:
        answer = await api.get("/v1/forecasts?")

    assert answer.status_code == httpx.codes.OK
