"""A person finds the way, and a machine finds the OpenAPI document."""

import httpx
import pytest

from forecaster.domain.publication import Draft, Kind
from forecaster.store import publications
from forecaster.store.database import Database
from tests.api.world import BEARER, NOW, Asking, declare, issue, patrols, publish

pytestmark = pytest.mark.anyio


async def test_the_start_lists_addresses_that_answer(sqlite: Database, asking: Asking) -> None:
    declare(sqlite, patrols())
    publish(sqlite, issue())
    with sqlite.begin() as session:
        draft = Draft(kind=Kind.SCHEMA, key="indicator.json", source="1")
        publications.publish(session, draft, lambda _seq: b"{}", now=NOW)

    async with asking(sqlite) as api:
        links = (await api.get("/")).json()["links"]
        answers = {
            name: await api.get(
                link.format(id="patrols", indicator="patrols", scope="CHN-RUS")
                + ("?scope=CHN-RUS" if name == "observations" else ""),
                headers=BEARER,
            )
            for name, link in links.items()
        }

    assert {name: one.status_code for name, one in answers.items()} == dict.fromkeys(
        links, httpx.codes.OK
    )


async def test_the_openapi_document_describes_every_problem(
    sqlite: Database, asking: Asking
) -> None:
    async with asking(sqlite) as api:
        document = (await api.get("/openapi.json")).json()

    assert document["openapi"].startswith("3.1")
    for operations in document["paths"].values():
        for operation in operations.values():
            problem = operation["responses"]["default"]["content"]["application/problem+json"]
            assert problem["schema"] == {"$ref": "#/components/schemas/ProblemDocument"}
    assert "detail" in document["components"]["schemas"]["ProblemDocument"]["properties"]
    assert "adminKey" in document["components"]["securitySchemes"]


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
async def test_there_are_no_pages_that_load_scripts_from_elsewhere(
    sqlite: Database, asking: Asking, path: str
) -> None:
    async with asking(sqlite) as api:
        assert (await api.get(path)).status_code == httpx.codes.NOT_FOUND


async def test_the_schema_of_indicators_is_served_as_it_was_published(
    sqlite: Database, asking: Asking
) -> None:
    with sqlite.begin() as session:
        draft = Draft(kind=Kind.SCHEMA, key="indicator.json", source="1")
        publications.publish(session, draft, lambda _seq: b'{"type":"object"}', now=NOW)

    async with asking(sqlite) as api:
        answer = await api.get("/v1/schemas/indicator.json")

    assert answer.json() == {"type": "object"}
    assert answer.headers["Content-Type"] == "application/schema+json"


async def test_before_a_schema_was_published_the_answer_says_who_publishes_it(
    sqlite: Database, asking: Asking
) -> None:
    async with asking(sqlite) as api:
        answer = await api.get("/v1/schemas/indicator.json")

    assert answer.status_code == httpx.codes.NOT_FOUND
    assert "forecaster work" in answer.json()["detail"]
