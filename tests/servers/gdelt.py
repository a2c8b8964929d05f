"""A GDELT server on loopback: real lists, real zip files, and every way to misbehave."""

import hashlib
import io
import ssl
import threading
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ENGLISH = "english"
TRANSLINGUAL = "translingual"
DAILY = "daily_v1"
_TAIL = {ENGLISH: "", TRANSLINGUAL: "-translation"}
_SUFFIX = {ENGLISH: ".export.CSV.zip", TRANSLINGUAL: ".translation.export.CSV.zip"}
_COLUMNS = {ENGLISH: 61, TRANSLINGUAL: 61, DAILY: 58}


@dataclass(frozen=True)
class Answer:
    """How to answer for one path; `manner` is how badly.

    well: properly, and 304 to who knows the ETag; short: half of the body, then the line is cut;
    stall: headers, then silence; drip: the body byte by byte; endless: a body without end;
    trickle: the headers without end, little by little.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    manner: str = "well"


@dataclass
class Gdelt:
    """A running server; `url` is what a definition calls `base_url`."""

    url: str
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    listed: dict[str, dict[datetime, str]] = field(default_factory=dict)
    closing: threading.Event = field(default_factory=threading.Event)

    def asked(self, name: str) -> int:
        """Count the requests for a file."""
        return sum(path == name for path, _ in self.requests)

    def answer(self, name: str, *answers: Answer) -> None:
        """Answer so for a file: one answer a request, the last one repeats."""
        self.answers[name] = list(answers)

    def publish(
        self, at: datetime, rows: Sequence[str] | bytes, *, feed: str = ENGLISH, md5: str = ""
    ) -> str:
        """Publish the file of a slot, list it as GDELT does, and return its name."""
        name = f"{at:%Y%m%d%H%M%S}{_SUFFIX[feed]}"
        content = rows if isinstance(rows, bytes) else csv(rows)
        body = packed(name.removesuffix(".zip"), content)
        self.answer(name, Answer(body))
        self.list_file(at, name, body, feed=feed, md5=md5)
        return name

    def publish_day(self, day: datetime, rows: Sequence[str] | bytes) -> str:
        """Publish the file of a day of GDELT 1.0, which no list names, and return its name."""
        name = f"{day:%Y%m%d}.export.CSV.zip"
        content = rows if isinstance(rows, bytes) else csv(rows)
        self.answer(name, Answer(packed(name.removesuffix(".zip"), content)))
        return name

    def list_file(
        self, at: datetime, name: str, body: bytes, *, feed: str = ENGLISH, md5: str = ""
    ) -> None:
        """Name a file in the lists of its feed, the newest one in `lastupdate.txt`."""
        md5 = md5 or hashlib.md5(body, usedforsecurity=False).hexdigest()
        line = f"{len(body)} {md5} {self.url}/{name}\n"
        for kind in ("mentions", "gkg"):
            line += f"1 {'0' * 32} {self.url}/{at:%Y%m%d%H%M%S}.{kind}.csv.zip\n"
        self.listed.setdefault(feed, {})[at] = line
        lines = [text for _, text in sorted(self.listed[feed].items())]
        tail = _TAIL[feed]
        self.answer(f"lastupdate{tail}.txt", Answer(lines[-1].encode()))
        self.answer(f"masterfilelist{tail}.txt", Answer("".join(lines).encode()))


def row(
    day: str = "20260302",
    one: str = "CHN",
    other: str = "RUS",
    code: str = "051",
    *,
    root: bool = True,
    quad_class: int = 1,
    goldstein: str = "3.4",
    place: str = "-3006514",
    url: str = "https://example.org/a",
    feed: str = ENGLISH,
) -> str:
    """Write one report in the columns of a feed, those that nobody reads left empty."""
    columns = [""] * _COLUMNS[feed]
    columns[0], columns[1], columns[5], columns[15] = "1304031007", day, one, other
    columns[7], columns[17], columns[25] = one, other, "1" if root else "0"
    columns[26], columns[27], columns[28] = code, code[:3], code[:2]
    columns[29], columns[30] = str(quad_class), goldstein
    columns[-3], columns[-1] = place, url
    return "\t".join(columns)


def csv(rows: Sequence[str]) -> bytes:
    """Join rows as GDELT does."""
    return "".join(f"{line}\n" for line in rows).encode()


def packed(member: str, content: bytes) -> bytes:
    """Put one file into a zip file, the same bytes for the same content."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(member), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


@contextmanager
def gdelt(tls: ssl.SSLContext | None = None) -> Iterator[Gdelt]:
    """Run a GDELT server on a free port of loopback; at first it has nothing."""
    server = _Server(("127.0.0.1", 0), _Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    scheme = "http" if tls is None else "https"
    server.state = Gdelt(f"{scheme}://127.0.0.1:{server.server_port}/gdeltv2")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.state
    finally:
        server.state.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    state: Gdelt
    daemon_threads = False  # closing waits for them, so that no thread outlives its test

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: callers that hang up are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    server: _Server

    def do_GET(self) -> None:
        state, name = self.server.state, self.path.partition("?")[0].rpartition("/")[2]
        state.requests.append((name, {key.lower(): text for key, text in self.headers.items()}))
        answers = state.answers.get(name, [Answer(b"no such file", 404)])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        self.close_connection = True
        getattr(self, f"_{answer.manner}")(answer)

    def _head(self, answer: Answer, headers: dict[str, str]) -> None:
        self.send_response(answer.status)
        for name, value in (answer.headers | headers | {"Connection": "close"}).items():
            self.send_header(name, value)
        self.end_headers()

    def _well(self, answer: Answer) -> None:
        etag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
        if self.headers.get("If-None-Match") == etag:
            self._head(Answer(status=304), {"ETag": etag})
            return
        self._head(answer, {"Content-Length": str(len(answer.body)), "ETag": etag})
        self.wfile.write(answer.body)

    def _short(self, answer: Answer) -> None:
        self._head(answer, {"Content-Length": str(len(answer.body))})
        self.wfile.write(answer.body[: len(answer.body) // 2])

    def _stall(self, answer: Answer) -> None:
        self._head(answer, {"Content-Length": "1000"})
        self.server.state.closing.wait(30)

    def _drip(self, answer: Answer) -> None:
        self._head(answer, {"Content-Length": "1000000"})
        while not self.server.state.closing.wait(0.02):
            self.wfile.write(b".")

    def _trickle(self, _answer: Answer) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not self.server.state.closing.wait(0.02):
            self.wfile.write(b"X-Drip: drop\r\n")

    def _endless(self, answer: Answer) -> None:
        self._head(answer, {})
        while not self.server.state.closing.is_set():
            self.wfile.write(b"more and more " * 1000)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the library's name)
        """Print nothing."""
