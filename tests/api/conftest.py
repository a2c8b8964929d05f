"""A server over a real database and a passed clock, asked in this very process."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest

from forecaster.alert.secrets import Vault, new_key
from forecaster.api.app import create_app
from forecaster.publish.image import Image
from forecaster.serving import Serving
from forecaster.store.database import Database
from tests.api.world import KEY, Asking, Clock


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vault() -> Vault:
    return Vault(new_key())


@pytest.fixture
def sqlite(sqlite_url: str) -> Iterator[Database]:
    """Open a migrated SQLite store, where the two databases cannot differ."""
    database = Database(sqlite_url)
    yield database
    database.close()


@pytest.fixture
def asking(clock: Clock, vault: Vault) -> Asking:
    """Start a server over a database, and ask it; its first image holds what is there by then."""

    @asynccontextmanager
    async def ask(
        database: Database, *, allow_private: bool = True
    ) -> AsyncIterator[httpx.AsyncClient]:
        serving = Serving(
            database=database,
            image=Image(),
            clock=clock,
            admin_key=KEY,
            vault=vault,
            allow_private_receivers=allow_private,
        )
        app = create_app(serving)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://api.test") as client,
        ):
            yield client

    return ask
