"""A server is put together from settings, loads no statistics, and answers over real HTTP."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn

from forecaster import serving
from forecaster.api.app import create_app
from forecaster.settings import Settings
from forecaster.store.database import Database
from forecaster.store.migrating import migrate
from tests.api.world import NOW, issue, publish


@contextmanager
def served(settings: Settings) -> Iterator[httpx.Client]:
    """Run a real server on a free port of this machine."""
    parts = serving.build(settings, clock=lambda: NOW)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            create_app(parts), log_config=None, server_header=False, access_log=False
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            with httpx.Client(base_url=address, timeout=30) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join(30)
    parts.database.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


def test_a_server_answers_polls_over_real_http(settings: Settings) -> None:
    settings.data_dir.mkdir()
    migrate(settings.url)
    database = Database(settings.url)
    published = publish(database, issue())
    database.close()

    with served(settings) as api:
        first = api.get("/v1/forecasts/patrols/CHN-RUS")
        again = api.get(
            "/v1/forecasts/patrols/CHN-RUS", headers={"If-None-Match": first.headers["ETag"]}
        )
        head = api.head("/v1/forecasts")
        refused = api.post("/v1/webhooks", content=b" " * 1_000_000)

    assert first.content == published.body
    assert "Server" not in first.headers
    assert again.status_code == httpx.codes.NOT_MODIFIED
    assert (head.status_code, head.content) == (httpx.codes.OK, b"")
    assert int(head.headers["Content-Length"]) > 0
    assert refused.status_code == httpx.codes.UNAUTHORIZED


def test_the_admin_key_is_the_one_kept_in_the_data_directory(settings: Settings) -> None:
    parts = serving.build(settings)

    assert parts.admin_key == (settings.data_dir / "admin.key").read_text().strip()
    assert parts.admin_key not in repr(parts)
    assert parts.clock().tzinfo is not None
    assert parts.vault.open(parts.vault.seal("a secret")) == "a secret"
    parts.database.close()


def test_a_server_never_loads_the_statistics() -> None:
    program = (
        "import sys\n"
        "import forecaster.serving, forecaster.api.app\n"
        "heavy = {'statsmodels', 'pandas', 'scipy', 'numpy', 'polars', 'apscheduler'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )

    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout

    assert output.strip() == "[]"
