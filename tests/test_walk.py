"""One observation's way, from a YAML file to a verified webhook: real processes, real HTTP."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import httpx
import standardwebhooks

from tests.house import INDICATOR, quiet_weeks, write_patrols
from tests.servers.receiver import receiver

T = TypeVar("T")


def test_one_observation_walks_from_yaml_to_a_verified_webhook(
    tmp_path: Path, database_url: str
) -> None:
    own = tmp_path / "indicators"
    own.mkdir()
    last = monday_of(datetime.now(UTC).date() - timedelta(days=9))
    write_patrols(own, quiet_weeks(40), last=last - timedelta(weeks=1))
    (own / "patrols.yml").write_text(INDICATOR)

    with (
        receiver() as hook,
        running(tmp_path, database_url) as address,
        httpx.Client(base_url=address, timeout=10) as api,
    ):
        first = eventually(lambda: forecast_of(api), seconds=60)
        assert first["coverage_end"] == (last - timedelta(days=1)).isoformat()

        etag = api.get("/v1/forecasts").headers["ETag"]
        again = api.get("/v1/forecasts", headers={"If-None-Match": etag})
        assert again.status_code == httpx.codes.NOT_MODIFIED

        key = (tmp_path / "data" / "admin.key").read_text().strip()
        made = api.post(
            "/v1/webhooks", headers={"Authorization": f"Bearer {key}"}, json={"url": hook.url}
        )
        assert made.status_code == httpx.codes.CREATED, made.text

        write_patrols(own, [*quiet_weeks(40), 9], last=last)
        (request,) = hook.wait_for(1, seconds=60)
        told = standardwebhooks.Webhook(made.json()["secret"]).verify(
            request.body.decode(), request.headers
        )
        assert told["type"] == "alert.firing"
        second = eventually(
            lambda: document if (document := forecast_of(api))["seq"] > first["seq"] else None
        )
        assert second["change"]["from"] == first["issue"]
        assert json.dumps(told["data"]).count(second["issue"]) >= 1

        (own / "patrols.yml").write_text(INDICATOR.replace("role:", "rolle:"))
        refused = eventually(lambda: api.get("/v1/indicators").json()["refused"])
        assert refused[0]["line"] == 2
        assert "did you mean 'role'" in refused[0]["message"]
        assert forecast_of(api)["issue"] == second["issue"]


@contextmanager
def running(folder: Path, url: str) -> Iterator[str]:
    """Run `forecaster up` with one's own definitions alone; give its address; stop it cleanly."""
    environment = {
        **os.environ,
        "FORECASTER_DATABASE_URL": url,
        "FORECASTER_SHIPPED": "false",
        "FORECASTER_ALLOW_PRIVATE_RECEIVERS": "true",
    }
    command = [sys.executable, "-m", "forecaster", "up", "--port", "0"]
    command += ["--data-dir", str(folder / "data"), "--indicators", str(folder / "indicators")]
    with (folder / "log").open("w+") as log:
        process = subprocess.Popen(command, env=environment, stderr=log, stdout=log)
        try:
            yield eventually(lambda: address_in(folder / "log"), seconds=30)
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(30)
    assert code == 0, (folder / "log").read_text()


def address_in(log: Path) -> str | None:
    found = re.search(r"Serving on (http://\S+?);", log.read_text())
    return found[1] if found else None


def forecast_of(api: httpx.Client) -> dict[str, object] | None:
    answer = api.get("/v1/forecasts/patrols/CHN-RUS")
    return answer.json() if answer.status_code == httpx.codes.OK else None


def eventually(look: Callable[[], T | None], seconds: float = 30) -> T:
    """Look until there is something to see."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.2)
    raise AssertionError(f"nothing came in {seconds} s")


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
