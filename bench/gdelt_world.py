"""Export files like GDELT's, a server that serves a year of them, and a house to collect into."""

import hashlib
import io
import multiprocessing
import random
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from forecaster.collect.asking.archive import Archive
from forecaster.collect.asking.client import new_client
from forecaster.collect.asking.fetch import Fetcher
from forecaster.collect.asking.hosts import Hosts, Manners
from forecaster.cycle.collecting import Tools
from forecaster.domain.indicator import Definition
from forecaster.domain.lookups import Lookups
from forecaster.store import catalogue
from forecaster.store.database import Database
from forecaster.store.migrating import migrate

START = datetime(2025, 1, 1, tzinfo=UTC)
SLOT = timedelta(minutes=15)
_COUNTRIES = ("CHN", "RUS", "IRN", "PRK", *["USA"] * 8, *["GBR"] * 4, "IND", "DEU", *[""] * 9)
_PLACES = [f"-{3_000_000 + number}" for number in range(400)]
_SITES = [f"www.site-{number}.example.com" for number in range(90)]
_VERBS = ("meet", "sign", "hold", "criticise", "send", "discuss", "refuse", "plan")
_NOUNS = ("talks", "drills", "deal", "sanctions", "envoys", "aid", "border", "exports")


def rows(count: int, day: datetime, seed: int) -> bytes:
    """Write so many reports in 61 columns, about 400 bytes each: several of one article."""
    dice = random.Random(seed)
    lines, url = [], ""
    for number in range(count):
        if number % 4 == 0:
            words = dice.choices(_VERBS + _NOUNS, k=7)
            slug = f"{'-'.join(words)}-{dice.randrange(10**7)}"
            url = f"https://{dice.choice(_SITES)}/world/news/{day:%Y/%m/%d}/{slug}"
        lines.append("\t".join(_cells(dice, f"{day:%Y%m%d}", number, url)))
    return ("\n".join(lines) + "\n").encode()


def _cells(dice: random.Random, day: str, number: int, url: str) -> list[str]:
    one, other, root = dice.choice(_COUNTRIES), dice.choice(_COUNTRIES), dice.randint(1, 20)
    place = dice.choice(_PLACES)
    code = f"{root:02}{dice.randint(0, 9)}"
    geo = ["4", "Some Town, Some Province, Some Country", "RS", "RS48", "25106", "55.75", "37.61"]
    actor = ["SOMEBODY", one, "", "", "", "", "GOV", "", ""]
    target = ["SOMEBODY ELSE", other, "", "", "", "", "", "", ""]
    kind = [str(number % 2), code, code, f"{root:02}", str(1 + root // 6), "3.4"]
    counts = [
        str(dice.randint(1, 40)),
        "1",
        str(dice.randint(1, 40)),
        f"{dice.uniform(-9, 9):.9f}",
    ]
    head = [str(1_300_000_000 + number), day, day[:6], day[:4], f"{day[:4]}.4"]
    tail = [*geo, place, *geo, place, *geo, place, f"{day}000000", url]
    return [*head, one or "CVL", *actor, other or "CVL", *target, *kind, *counts, *tail]


def packed(name: str, content: bytes, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Put one file into a zip file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", how) as archive:
        archive.writestr(zipfile.ZipInfo(name), content, how)
    return buffer.getvalue()


@dataclass(frozen=True)
class Year:
    """So many files of a quarter of an hour, each with so many rows."""

    files: int
    rows: int

    @cached_property
    def bodies(self) -> dict[str, bytes]:
        """Return name → bytes; all are in memory before the first is asked for."""
        bodies = {}
        for number in range(self.files):
            at = START + number * SLOT
            name = f"{at:%Y%m%d%H%M%S}.export.CSV"
            bodies[f"{name}.zip"] = packed(name, rows(self.rows, at, number))
        return bodies

    def listing(self, url: str) -> bytes:
        """Return the list that names every file."""
        lines = (
            f"{len(body)} {hashlib.md5(body, usedforsecurity=False).hexdigest()} {url}/{name}\n"
            for name, body in self.bodies.items()
        )
        return "".join(lines).encode()

    @property
    def window(self) -> tuple[datetime, datetime]:
        """Return the span of all files."""
        return START, START + self.files * SLOT


@contextmanager
def served(year: Year) -> Iterator[str]:
    """Serve the files on loopback from a process of their own; give the address."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(year, theirs), daemon=True)
    process.start()
    try:
        yield str(ours.recv())
    finally:
        process.terminate()
        process.join()


def _serve(year: Year, parent: Connection) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, year))
    url = f"http://127.0.0.1:{server.server_port}"
    year.bodies["masterfilelist.txt"] = year.listing(url)
    parent.send(url)
    server.serve_forever()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, year: Year, *args: Any) -> None:
        self.year = year
        super().__init__(*args)

    def do_GET(self) -> None:
        body = self.year.bodies.get(self.path.rpartition("/")[2], b"")
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


def definition(url: str) -> Definition:
    """Declare the indicator that is collected."""
    options = {"base_url": url, "feeds": ["english"], "quad_classes": [1, 2]}
    return Definition.model_validate(
        {
            "id": "cooperation",
            "title": "Cooperation, {a}-{b}",
            "proves": "How fast a backfill goes.",
            "cannot_say": "Anything of the world.",
            "role": "context",
            "unit": "acts",
            "frequency": "day",
            "family": "count",
            "for_each": {"dyad": "all"},
            "attribution": "generated",
            "license": {"name": "generated", "redistribution": "yes"},
            "collect": {"source": "gdelt_events", "options": options},
        }
    )


@contextmanager
def house(folder: Path, wanted: Definition) -> Iterator[Tools]:
    """Open a house in a folder, on SQLite, in which one indicator is declared."""
    with ExitStack() as stack:
        address = f"sqlite:///{folder / 'bench.db'}"
        migrate(address)
        database = Database(address)
        stack.callback(database.close)
        client = stack.enter_context(new_client("bench@example.org", allow_private=True))
        at_once = Hosts(Manners(distance_seconds=0, jitter_seconds=0))  # loopback needs no manners
        archive = Archive(folder / "archive")
        fetcher = Fetcher(client, archive, lambda: datetime.now(UTC), hosts=at_once)
        with database.begin() as session:
            catalogue.record(session, [wanted], now=START)
        yield Tools(database, fetcher, (), lambda: datetime.now(UTC), Lookups)
