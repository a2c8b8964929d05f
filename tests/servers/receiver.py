"""A webhook receiver on loopback that records what it gets and misbehaves on demand."""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Answer:
    """How to answer one request; `manner` is how badly.

    well: properly; stall: never; drip: the headers byte by byte; reset: by cutting the line;
    endless: a body that does not end.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    manner: str = "well"


OK = Answer()
GONE = Answer(410)
BUSY = Answer(429, {"Retry-After": "120"})
BROKEN = Answer(500, body=b"out of order")
MOVED = Answer(302, {"Location": "http://127.0.0.1:1/"})
STALL = Answer(manner="stall")
DRIP = Answer(manner="drip")
RESET = Answer(manner="reset")
ENDLESS = Answer(500, manner="endless")


@dataclass(frozen=True)
class Received:
    """One request as it came over the line."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A running receiver: what it got, and how it answers (the last answer repeats)."""

    url: str
    requests: list[Received] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=lambda: [OK])
    closing: threading.Event = field(default_factory=threading.Event)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def record(self, request: Received) -> Answer:
        with self._changed:
            self.requests.append(request)
            self._changed.notify_all()
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def wait_for(self, count: int, seconds: float = 10.0) -> list[Received]:
        """Return the requests once there are so many of them, or fail."""
        with self._changed:
            came = self._changed.wait_for(lambda: len(self.requests) >= count, seconds)
            assert came, f"{len(self.requests)} of {count} requests came in {seconds} s"
            return list(self.requests)


@contextmanager
def receiver(*answers: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Run a receiver on a free port of loopback; one answer a request, the last one repeats."""
    server = _Server(("127.0.0.1", 0), _Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    scheme = "http" if tls is None else "https"
    server.state = Receiver(f"{scheme}://127.0.0.1:{server.server_port}/hook")
    if answers:
        server.state.answers = list(answers)
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
    state: Receiver
    daemon_threads = False  # closing waits for them, so that no thread outlives its test

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: callers that hang up are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.state.record(Received(self.path, headers, self.rfile.read(length)))
        getattr(self, f"_{answer.manner}")(answer)

    def _well(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def _stall(self, _answer: Answer) -> None:
        self.server.state.closing.wait(60)

    def _drip(self, _answer: Answer) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not self.server.state.closing.wait(0.02):
            self.wfile.write(b"X-Drip: drop\r\n")

    def _reset(self, _answer: Answer) -> None:
        linger = struct.pack("ii", 1, 0)  # a close that sends RST
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def _endless(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.end_headers()
        until = time.monotonic() + 10
        while not self.server.state.closing.is_set() and time.monotonic() < until:
            self.wfile.write(b"more and more " * 100)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the library's name)
        """Print nothing."""
