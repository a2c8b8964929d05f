"""The image follows the publication log."""

from dataclasses import replace
from pathlib import Path

import anyio
import httpx
import pytest
from structlog.testing import capture_logs

from forecaster.alert.secrets import Vault
from forecaster.api import refreshing
from forecaster.api.app import create_app
from forecaster.domain.publication import Kind
from forecaster.publish.image import Image
from forecaster.serving import Serving
from forecaster.store.database import Database
from forecaster.store.migrating import migrate
from tests.api.world import KEY, NOW, Asking, Clock, issue, publish

pytestmark = pytest.mark.anyio


@pytest.fixture
def serving(sqlite: Database, clock: Clock, vault: Vault) -> Serving:
    return Serving(sqlite, Image(), clock, KEY, vault)


async def appears(api: httpx.AsyncClient) -> None:
    """Wait until a forecast is served."""
    for _ in range(100):
        if (await api.get("/v1/forecasts")).json()["count"] > 0:
            return
        await anyio.sleep(0.1)
    raise AssertionError("no forecast came in 10 s")


async def test_what_is_published_while_the_server_runs_is_served_soon(
    sqlite: Database, asking: Asking
) -> None:
    async with asking(sqlite) as api:
        publication = publish(sqlite, issue())
        await appears(api)
        answer = await api.get("/v1/forecasts/patrols/CHN-RUS")

    assert answer.content == publication.body


def test_only_the_newest_document_of_a_series_stays_in_the_image(
    database: Database, serving: Serving
) -> None:
    serving = replace(serving, database=database)
    publish(database, issue())
    refreshing.refresh(serving)
    newest = [publish(database, issue()) for _ in range(3)][-1]

    refreshing.refresh(serving)

    (entry,) = serving.image.snapshot.of(Kind.FORECAST)
    assert entry.publication == newest
    assert serving.image.snapshot.seq == 4
    assert serving.image.refreshed_at == NOW


def test_without_news_the_snapshot_stays_the_same(serving: Serving) -> None:
    publish(serving.database, issue())
    refreshing.refresh(serving)
    before = serving.image.snapshot

    refreshing.refresh(serving)

    assert serving.image.snapshot is before


def test_after_a_restore_of_the_database_the_image_shows_what_it_holds_now(
    serving: Serving, tmp_path: Path
) -> None:
    for _ in range(3):
        publish(serving.database, issue())
    refreshing.refresh(serving)
    url = f"sqlite:///{tmp_path / 'restored.db'}"
    migrate(url)
    restored = Database(url)
    publication = publish(restored, issue("IRN-RUS"))

    refreshing.refresh(replace(serving, database=restored))
    restored.close()

    (entry,) = serving.image.snapshot.of(Kind.FORECAST)
    assert entry.publication == publication


async def test_a_server_that_starts_before_its_database_serves_once_it_is_there(
    empty_sqlite_url: str, clock: Clock, vault: Vault
) -> None:
    database = Database(empty_sqlite_url)
    app = create_app(Serving(database, Image(), clock, KEY, vault))
    transport = httpx.ASGITransport(app)

    with capture_logs() as logs:
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://api.test") as api,
        ):
            assert (await api.get("/v1/forecasts")).json()["count"] == 0
            await anyio.sleep(3 * refreshing.EVERY_SECONDS)
            migrate(empty_sqlite_url)
            publish(database, issue())
            await appears(api)
    database.close()

    events = [one["event"] for one in logs]
    assert events.count("image_refresh_failed") == 1
    assert events[-1] == "image_refreshed_again"
