"""A key of a source shows nowhere: not in logs, errors, the archive or the database."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
import zstandard

from tests.servers.gdelt import Answer, Gdelt, gdelt, row

SECRET = "s3cret/of+FRED"
IN_ADDRESSES = quote(SECRET, safe="")
ANSWERS = {
    "well": None,
    "forbidden": Answer(status=403),
    "elsewhere": Answer(status=302, headers={"Location": f"http://localhost:1/{IN_ADDRESSES}"}),
    "nowhere": Answer(status=302, headers={"Location": f"ftp://x/{SECRET}"}),
    "echoed": Answer(SECRET.encode() * 3),
    "cut": Answer(SECRET.encode(), manner="short"),
    "encoded": Answer(b"x", headers={"Content-Encoding": SECRET}),
}
YAML = """\
title: Reports
role: display
for_each: {{dyad: [CHN-RUS]}}
unit: reports
frequency: week
collect:
  source: gdelt_events
  base_url: "{url}/{{key:{key}}}"
  feeds: [english]
  schedule: "0 0 * * *"
attribution: Nobody
license: {{name: tests, redistribution: "yes"}}
"""
PROGRAM = """
from forecaster import logs
from forecaster.cycle.collecting import collect
from forecaster.cycle.declaring import declare
from forecaster.domain.run import Trigger
from forecaster.settings import Settings
from forecaster.store import catalogue
from forecaster.working import open_working

logs.configure("DEBUG", json=True)
with open_working(Settings()) as working:
    declare(working.database, working.roots, now=working.now())
    with working.database.read() as session:
        definitions = catalogue.current(session)
    for definition in definitions:
        run = collect(working.tools, definition, Trigger.MANUAL, now=working.now())
        print(run.indicator, run.status, run.error)
"""


class Ended:
    """What a whole run left behind: its words, its files, and what the sources were sent."""

    def __init__(self, output: str, folder: Path, servers: dict[str, Gdelt]) -> None:
        self.output, self.servers = output, servers
        self.files = b"".join(_read(path) for path in folder.rglob("*") if path.is_file())


def _read(path: Path) -> bytes:
    content = path.read_bytes()
    return zstandard.ZstdDecompressor().decompress(content) if path.suffix == ".zst" else content


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ended]:
    """Run the service's own program against sources that fail in every way, logging all."""
    folder = tmp_path_factory.mktemp("house")
    (folder / "indicators").mkdir()
    slot = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    with ExitStack() as stack:
        servers = {name: stack.enter_context(gdelt()) for name in ANSWERS}
        for name, server in servers.items():
            server.publish(slot, [row()])
            answer = ANSWERS[name]
            for file in server.answers if answer else ():
                server.answers[file] = [answer]  # type: ignore[list-item]  # it is not none here
            write = (folder / "indicators" / f"{name}.yml").write_text
            write(YAML.format(url=server.url, key="fred"))
        (folder / "indicators" / "keyless.yml").write_text(YAML.format(url="http://x", key="bea"))
        environment = os.environ | {
            "FORECASTER_DATA_DIR": str(folder / "data"),
            "FORECASTER_INDICATORS_DIR": str(folder / "indicators"),
            "FORECASTER_SHIPPED": "false",
            "FORECASTER_KEY_FRED": SECRET,
            "FORECASTER_ALLOW_PRIVATE_SOURCES": "true",
        }
        ran = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        yield Ended(ran.stdout + ran.stderr, folder / "data", servers)


@pytest.mark.parametrize("spelling", [SECRET, IN_ADDRESSES, quote(SECRET), "s3cret"])
def test_a_key_shows_nowhere_after_runs_that_fail_in_every_way(
    ended: Ended, spelling: str
) -> None:
    assert spelling not in ended.output
    assert spelling.encode() not in ended.files


def test_the_sources_were_asked_and_what_failed_was_said(ended: Ended) -> None:
    assert all(server.requests for server in ended.servers.values())
    assert "forbidden changed" in ended.output
    assert "{key:fred}" in ended.output
    assert b"{key:fred}" in ended.files


def test_a_key_that_is_missing_is_named_in_the_run(ended: Ended) -> None:
    assert "keyless unavailable" in ended.output
    assert "needs the key 'bea': set FORECASTER_KEY_BEA" in ended.output
