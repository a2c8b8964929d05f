"""An answer keeps within limits of time and size, and every failure has its name."""

import gzip
from pathlib import Path

import httpx
import pytest

from forecaster.collect.fetch import Fetcher
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


@pytest.mark.parametrize("manner", ["stall", "drip", "short"])
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


def test_nobody_there_is_unavailable(fetcher: Fetcher) -> None:
    with pytest.raises(SourceUnavailable):
        fetcher.get("http://127.0.0.1:1/a.txt")


def test_redirects_are_followed_a_few_times(server: Gdelt, fetcher: Fetcher) -> None:
    server.answer("a.txt", Answer(status=302, headers={"Location": f"{server.url}/b.txt"}))
    server.answer("b.txt", Answer(b"hello"))

    assert fetcher.get(f"{server.url}/a.txt").body == b"hello"


@pytest.mark.parametrize("to", ["a.txt", "ftp://example.org/a", "file:///etc/passwd"])
def test_a_redirect_that_leads_nowhere_is_a_change(
    server: Gdelt, fetcher: Fetcher, to: str
) -> None:
    server.answer("a.txt", Answer(status=302, headers={"Location": to}))

    with pytest.raises(SourceChanged):
        fetcher.get(f"{server.url}/a.txt")


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
