"""An answer keeps within limits of time and size, and every failure has its name."""

import gzip
import random
import socket
import time
from pathlib import Path

import httpx
import pytest

from forecaster.collect.asking.fetch import Fetcher
from forecaster.domain.errors import (
    CollectError,
    DocumentAbsent,
    SourceChanged,
    SourceUnavailable,
)
from tests.collect.errands import QUICK, answering
from tests.servers.gdelt import Answer, Gdelt


@pytest.mark.parametrize(
    ("status", "error", "requests"),
    [
        (500, SourceUnavailable, QUICK.attempts),
        (429, SourceUnavailable, QUICK.attempts),
        (404, DocumentAbsent, 1),
        (410, DocumentAbsent, 1),
        (400, SourceChanged, 1),
        (401, SourceChanged, 1),
        (403, SourceChanged, 1),
        (204, SourceChanged, 1),
        (206, SourceChanged, 1),
        (304, SourceChanged, 1),  # nobody asked whether it had changed
    ],
)
def test_every_status_has_its_error(
    server: Gdelt, fetcher: Fetcher, status: int, error: type[CollectError], requests: int
) -> None:
    server.answer("a.txt", Answer(status=status))

    with pytest.raises(error, match=f"a.txt answered {status}"):
        fetcher.get(f"{server.url}/a.txt")
    assert server.asked("a.txt") == requests


@pytest.mark.parametrize("manner", ["stall", "drip", "trickle", "short"])
def test_a_body_that_does_not_come_is_unavailable(
    server: Gdelt, fetcher: Fetcher, manner: str
) -> None:
    server.answer("a.txt", Answer(b"hello" * 10, manner=manner))

    with pytest.raises(SourceUnavailable):
        fetcher.get(f"{server.url}/a.txt")
    assert server.asked("a.txt") == QUICK.attempts


def test_a_body_without_end_is_cut_at_the_limit(server: Gdelt, fetcher: Fetcher) -> None:
    server.answer("a.txt", Answer(manner="endless"))

    with pytest.raises(SourceChanged, match="bigger than the 1,000,000 bytes"):
        fetcher.get(f"{server.url}/a.txt")


def test_a_compressed_body_is_measured_as_it_unpacks(tmp_path: Path) -> None:
    packed = gzip.compress(b"0" * 2_000_000)
    fetcher = answering(
        tmp_path,
        lambda _: httpx.Response(200, content=packed, headers={"Content-Encoding": "gzip"}),
    )
    with pytest.raises(SourceChanged, match="bigger"):
        fetcher.get("http://example.org/a")


def bomb(ratio: int) -> httpx.Response:
    """Make a gzip of 3 MB that unpacks to so many times its size, all told."""
    noise = random.Random(1).randbytes(3_000_000 // ratio)
    packed = gzip.compress(noise + b"0" * (3_000_000 - len(noise)))
    return httpx.Response(200, content=packed, headers={"Content-Encoding": "gzip"})


def test_a_body_that_grows_too_much_as_it_unpacks_is_refused(tmp_path: Path) -> None:
    fetcher = answering(tmp_path, lambda _: bomb(400))
    with pytest.raises(SourceChanged, match="unpacks to over 200 times"):
        fetcher.get("http://example.org/a", max_bytes=10_000_000)


def test_a_body_that_was_packed_well_is_read(tmp_path: Path) -> None:
    fetcher = answering(tmp_path, lambda _: bomb(100))
    assert len(fetcher.get("http://example.org/a", max_bytes=10_000_000).body) == 3_000_000


def test_only_compression_that_can_be_undone_safely_is_asked_for(
    server: Gdelt, fetcher: Fetcher
) -> None:
    server.answer("a.txt", Answer(b"hello"))
    fetcher.get(f"{server.url}/a.txt")
    assert server.requests[0][1]["accept-encoding"] == "gzip"


@pytest.mark.parametrize("encoding", ["br", "zstd"])
def test_compression_that_nobody_asked_for_is_not_undone(
    server: Gdelt, fetcher: Fetcher, encoding: str
) -> None:
    server.answer("a.txt", Answer(b"hello", headers={"Content-Encoding": encoding}))
    with pytest.raises(SourceChanged, match=f"encoded as '{encoding}', for which nobody asked"):
        fetcher.get(f"{server.url}/a.txt")


def test_headers_that_drip_cost_no_more_than_the_time_of_the_request(
    server: Gdelt, fetcher: Fetcher
) -> None:
    server.answer("a.txt", Answer(manner="trickle"))
    began = time.monotonic()

    with pytest.raises(SourceUnavailable, match=r"timed out|time for one attempt is over"):
        fetcher.get(f"{server.url}/a.txt")
    assert time.monotonic() - began < 5 * QUICK.attempts * QUICK.total_seconds


def test_a_handshake_that_does_not_come_to_an_end_costs_no_more_either(fetcher: Fetcher) -> None:
    began = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(SourceUnavailable):
        fetcher.get(f"https://127.0.0.1:{silent.getsockname()[1]}/a.txt")
    assert time.monotonic() - began < 5 * QUICK.attempts * QUICK.total_seconds


def test_the_deadline_is_of_the_request_and_not_of_the_connection(
    server: Gdelt, fetcher: Fetcher
) -> None:
    server.answer("a.txt", Answer(b"hello"))
    for _ in range(4):
        time.sleep(QUICK.total_seconds / 3)
        assert fetcher.get(f"{server.url}/a.txt").body == b"hello"


def test_nobody_there_is_unavailable(fetcher: Fetcher) -> None:
    with pytest.raises(SourceUnavailable):
        fetcher.get("http://127.0.0.1:1/a.txt")


@pytest.mark.parametrize("url", ["ftp://example.org/a", "nonsense", "http://[::1/a"])
def test_an_address_that_is_none_is_a_change(fetcher: Fetcher, url: str) -> None:
    with pytest.raises(SourceChanged):
        fetcher.get(url)


def leaves(error: type[Exception]) -> list[type[Exception]]:
    below = [leaf for lower in error.__subclasses__() for leaf in leaves(lower)]
    return below or [error]


@pytest.mark.parametrize("error", [*leaves(httpx.RequestError), httpx.InvalidURL])
def test_every_error_of_httpx_becomes_one_of_ours(tmp_path: Path, error: type[Exception]) -> None:
    def respond(_request: httpx.Request) -> httpx.Response:
        raise error("broken")

    with pytest.raises(CollectError, match=r"http://example\.org/a: broken") as caught:
        answering(tmp_path, respond).get("http://example.org/a")
    assert isinstance(caught.value.__cause__, error)
