"""Receivers are registered, listed, tested and removed by whoever holds the key."""

from datetime import timedelta

import httpx
import pytest
from structlog.testing import capture_logs

from forecaster.alert.secrets import Vault
from forecaster.store import endpoints, outbox
from forecaster.store.database import Database
from tests.api.world import BEARER, KEY, NOW, Asking, Clock

pytestmark = pytest.mark.anyio

URL = "http://127.0.0.1:9000/hook"
JSON = {"Content-Type": "application/json"}


async def registered(api: httpx.AsyncClient) -> dict[str, str]:
    answer = await api.post("/v1/webhooks", headers=BEARER, json={"url": URL})
    assert answer.status_code == httpx.codes.CREATED, answer.text
    document: dict[str, str] = answer.json()
    return document


async def test_a_registration_answers_with_where_it_is_and_its_secret(
    database: Database, asking: Asking
) -> None:
    async with asking(database) as api:
        answer = await api.post(
            "/v1/webhooks", headers=BEARER, json={"url": URL, "description": "the newsroom"}
        )

    document = answer.json()
    assert answer.status_code == httpx.codes.CREATED
    assert answer.headers["Location"] == f"/v1/webhooks/{document['id']}"
    assert answer.headers["Cache-Control"] == "no-store"
    assert document["id"].startswith("ep_")
    assert document.pop("secret").startswith("whsec_")
    assert document == {
        "id": document["id"],
        "url": URL,
        "description": "the newsroom",
        "created_at": "2026-03-04T12:00:30Z",
        "disabled_at": None,
        "disabled_reason": None,
    }


async def test_the_secret_is_kept_sealed_and_never_shown_again(
    database: Database, asking: Asking, vault: Vault
) -> None:
    async with asking(database) as api:
        made = await registered(api)
        listed = await api.get("/v1/webhooks", headers=BEARER)

    with database.read() as session:
        sealed = endpoints.sealed_secret(session, made["id"])
    assert vault.open(sealed) == made["secret"]
    assert made["secret"].encode() not in sealed
    assert listed.json() == {
        "count": 1,
        "webhooks": [{name: made[name] for name in made if name != "secret"}],
    }


async def test_a_removed_receiver_is_gone(database: Database, asking: Asking) -> None:
    async with asking(database) as api:
        made = await registered(api)
        answer = await api.delete(f"/v1/webhooks/{made['id']}", headers=BEARER)
        again = await api.delete(f"/v1/webhooks/{made['id']}", headers=BEARER)
        listed = await api.get("/v1/webhooks", headers=BEARER)

    assert (answer.status_code, answer.content) == (httpx.codes.NO_CONTENT, b"")
    assert again.status_code == httpx.codes.NOT_FOUND
    assert listed.json()["webhooks"] == []


async def test_a_test_puts_a_ping_on_its_way_to_that_receiver_alone(
    database: Database, asking: Asking, clock: Clock
) -> None:
    async with asking(database) as api:
        made = await registered(api)
        await registered(api)
        clock.pass_by(timedelta(seconds=1))
        answer = await api.post(f"/v1/webhooks/{made['id']}/test", headers=BEARER)

    with database.read() as session:
        (delivery,) = outbox.due(session, clock(), limit=10)
    assert answer.status_code == httpx.codes.ACCEPTED
    assert answer.json() == {"message": delivery.message.id, "type": "ping"}
    assert delivery.endpoint.id == made["id"]
    assert delivery.message.type == "ping"


async def test_a_disabled_receiver_is_not_tested(sqlite: Database, asking: Asking) -> None:
    async with asking(sqlite) as api:
        made = await registered(api)
        with sqlite.begin() as session:
            endpoints.disable(session, made["id"], now=NOW, reason="the receiver said 410")
        answer = await api.post(f"/v1/webhooks/{made['id']}/test", headers=BEARER)

    assert answer.status_code == httpx.codes.CONFLICT
    assert "the receiver said 410" in answer.json()["detail"]


@pytest.mark.parametrize("name", ["ep_01ARZ3NDEKTSV4RRFFQ69G5FAV", "ep_0", "%00", "x" * 500])
async def test_an_unknown_receiver_is_not_found(
    database: Database, asking: Asking, name: str
) -> None:
    async with asking(database) as api:
        removed = await api.delete(f"/v1/webhooks/{name}", headers=BEARER)
        tested = await api.post(f"/v1/webhooks/{name}/test", headers=BEARER)

    assert removed.status_code == tested.status_code == httpx.codes.NOT_FOUND
    assert removed.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/webhooks"),
        ("POST", "/v1/webhooks"),
        ("DELETE", "/v1/webhooks/ep_0"),
        ("POST", "/v1/webhooks/ep_0/test"),
    ],
)
@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {KEY}"},
     {"Authorization": b"Bearer \xff\xfe"}, {"Authorization": "Bearer"}],
)  # fmt: skip
async def test_without_the_key_nothing_of_webhooks_is_read_or_written(
    sqlite: Database,
    asking: Asking,
    method: str,
    path: str,
    headers: dict[str, str | bytes],
) -> None:
    with capture_logs() as logs:
        async with asking(sqlite) as api:
            answer = await api.request(method, path, headers=headers)  # type: ignore[arg-type]

    assert answer.status_code == httpx.codes.UNAUTHORIZED
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["type"] == "/problems/key-needed"
    assert KEY not in answer.text + str(logs)


@pytest.mark.parametrize(
    ("url", "detail"),
    [
        ("http://127.0.0.1/", "a private or loopback address; FORECASTER_ALLOW_PRIVATE_RECEIVERS"),
        ("http://[::1]:9000/", "FORECASTER_ALLOW_PRIVATE_RECEIVERS=true allows it"),
        ("http://[::ffff:10.0.0.1]/", "FORECASTER_ALLOW_PRIVATE_RECEIVERS=true allows it"),
    ],
)
async def test_a_private_receiver_is_refused_with_the_setting_that_allows_it(
    sqlite: Database, asking: Asking, url: str, detail: str
) -> None:
    async with asking(sqlite, allow_private=False) as api:
        answer = await api.post("/v1/webhooks", headers=BEARER, json={"url": url})

    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert answer.json()["type"] == "/problems/receiver-refused"
    assert detail in answer.json()["detail"]


@pytest.mark.parametrize("allow_private", [True, False])
@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "http://169.254.169.254/",
        "http://user:word@127.0.0.1/",
        "x",
        f"http://{'a' * 64}.example/",
    ],
)
async def test_what_no_setting_allows_is_refused_without_naming_one(
    sqlite: Database, asking: Asking, url: str, allow_private: bool
) -> None:
    async with asking(sqlite, allow_private=allow_private) as api:
        answer = await api.post("/v1/webhooks", headers=BEARER, json={"url": url})

    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert answer.json()["type"] == "/problems/receiver-refused"
    assert "FORECASTER_" not in answer.text


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        (b'{"urll": "x"}', 422, "url: Field required; urll: is not a known field; did you mean"),
        (b'{"url": 7}', 422, "url: Input should be a valid string"),
        (b"[]", 422, "the body: Input should be"),
        (b'{"url": "http://127.0.0.1/", "description": "a\\u0000b"}', 422, "description: "),
        (b'{"url": "http://127.0.0.1/\\ud800"}', 422, "url: "),
        (b'{"url": "x", "url": "y"}', 400, "the body is not one JSON object: a field stands"),
        (b'{"url": NaN}', 400, "the body is not one JSON object: NaN is not a JSON number"),
        (b'{"url": "x"', 400, "the body is not one JSON object"),
        (b"", 400, "the body is not one JSON object"),
        (b"\xff\xfe{}", 400, "the body is not one JSON object"),
        (b"[" * 15_000, 400, "the body is not one JSON object"),
        (b" " * 16_001, 413, "the body may hold 16000 bytes at most"),
    ],
    ids=range(12),
)  # fmt: skip
async def test_a_body_that_is_not_right_is_refused_with_what_is_wrong(
    sqlite: Database, asking: Asking, body: bytes, status: int, detail: str
) -> None:
    async with asking(sqlite) as api:
        answer = await api.post("/v1/webhooks", headers=BEARER | JSON, content=body)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"].startswith(detail)


async def test_a_body_must_be_declared_as_json(sqlite: Database, asking: Asking) -> None:
    async with asking(sqlite) as api:
        answer = await api.post("/v1/webhooks", headers=BEARER, data={"url": URL})

    assert answer.status_code == httpx.codes.UNSUPPORTED_MEDIA_TYPE


async def test_without_the_key_the_body_is_not_even_looked_at(
    sqlite: Database, asking: Asking
) -> None:
    async with asking(sqlite) as api:
        answer = await api.post("/v1/webhooks", content=b" " * 20_000)

    assert answer.status_code == httpx.codes.UNAUTHORIZED
