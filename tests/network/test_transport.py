"""What httpcore says, in the words of httpx; and the way through a proxy."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpcore
import httpx
import pytest

from forecaster.network.transport import in_words_of_httpx, proxied


def errors_of_httpcore() -> list[type[Exception]]:
    found = [each for each in vars(httpcore).values() if isinstance(each, type)]
    internal = {httpcore.ConnectionNotAvailable}
    return [each for each in found if issubclass(each, Exception) and each not in internal]


@pytest.mark.parametrize("error", errors_of_httpcore())
def test_every_error_of_httpcore_has_its_name_in_httpx(error: type[Exception]) -> None:
    with pytest.raises(httpx.TransportError, match="broken") as caught, in_words_of_httpx():
        raise error("broken")
    assert type(caught.value).__name__ == error.__name__
    assert isinstance(caught.value.__cause__, error)


class _Proxy(BaseHTTPRequestHandler):
    seen: list[tuple[str, str | None]]

    def do_GET(self) -> None:
        self.seen.append((self.path, self.headers["Proxy-Authorization"]))
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the library's name)
        """Print nothing."""


@contextmanager
def proxy() -> Iterator[tuple[str, list[tuple[str, str | None]]]]:
    seen: list[tuple[str, str | None]] = []
    handler = type("Proxy", (_Proxy,), {"seen": seen})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"127.0.0.1:{server.server_port}", seen
        server.shutdown()
        thread.join()


def test_a_proxy_is_told_the_name_and_who_asks() -> None:
    with (
        proxy() as (address, seen),
        httpx.Client(transport=proxied(f"http://me:word@{address}"), trust_env=False) as client,
    ):
        answer = client.get("http://x.example/a?b=c")

    assert answer.text == "hello"
    assert seen == [("http://x.example/a?b=c", "Basic bWU6d29yZA==")]
