"""Alive is not ready: ready means that there is something to serve, and that it is new."""

from datetime import timedelta

import httpx
import pytest

from forecaster.alert.secrets import Vault
from forecaster.api.app import create_app
from forecaster.publish.image import Image
from forecaster.serving import Serving
from forecaster.store.database import Database
from tests.api.world import KEY, Asking, Clock, issue, publish

pytestmark = pytest.mark.anyio


async def test_the_process_is_alive_even_over_an_empty_database(
    empty_sqlite_url: str, asking: Asking
) -> None:
    async with asking(Database(empty_sqlite_url)) as api:
        answer = await api.get("/healthz")

    assert answer.status_code == httpx.codes.OK
    assert answer.headers["Cache-Control"] == "no-store"


async def test_ready_when_something_was_published(database: Database, asking: Asking) -> None:
    publish(database, issue())

    async with asking(database) as api:
        answer = await api.get("/readyz")

    assert answer.json() == {"status": "ok"}


async def test_not_ready_before_the_migrations(empty_url: str, asking: Asking) -> None:
    database = Database(empty_url)

    async with asking(database) as api:
        answer = await api.get("/readyz")
    database.close()

    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert "not migrated; start a worker: 'forecaster work'" in answer.json()["detail"]


async def test_not_ready_before_the_first_publication(sqlite: Database, asking: Asking) -> None:
    async with asking(sqlite) as api:
        answer = await api.get("/readyz")

    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert answer.json()["detail"].startswith("nothing was published yet")


async def test_not_ready_when_the_image_is_no_longer_refreshed(
    sqlite: Database, clock: Clock, vault: Vault
) -> None:
    publish(sqlite, issue())
    app = create_app(Serving(sqlite, Image(), clock, KEY, vault))
    transport = httpx.ASGITransport(app)

    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as api:
        async with app.router.lifespan_context(app):
            assert (await api.get("/readyz")).status_code == httpx.codes.OK
        clock.pass_by(timedelta(seconds=31))
        answer = await api.get("/readyz")

    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert answer.json()["detail"].startswith("what was published cannot be read")
