"""No source leads into the house: names are judged where they lead, at every step of the way."""

import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event

import pytest

from forecaster.collect.asking.archive import Archive
from forecaster.collect.asking.client import new_client
from forecaster.collect.asking.fetch import Fetcher
from forecaster.collect.asking.hosts import Hosts
from forecaster.domain.errors import SourceChanged, SourceUnavailable
from forecaster.network.addresses import Resolve
from forecaster.network.resolving import Resolver
from tests.collect.errands import BRISK, NOW, QUICK
from tests.servers.gdelt import Answer, Gdelt, gdelt
from tests.servers.tls import server_tls, write_certificate

HINT = "FORECASTER_ALLOW_PRIVATE_SOURCES=true allows it"


@contextmanager
def fetching(
    folder: Path, *, resolve: Resolve | None = None, allow_private: bool = False
) -> Iterator[Fetcher]:
    with new_client("t", QUICK, resolve=resolve, allow_private=allow_private) as client:
        yield Fetcher(client, Archive(folder / "a"), lambda: NOW, QUICK, Hosts(BRISK))


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]"],
)
def test_a_private_address_is_refused_and_the_setting_named(tmp_path: Path, host: str) -> None:
    with (
        fetching(tmp_path) as fetcher,
        pytest.raises(SourceChanged, match=f"a private or loopback address; {HINT}"),
    ):
        fetcher.get(f"http://{host}/a")


@pytest.mark.parametrize("host", ["169.254.169.254", "0.0.0.0", "[fe80::1]", "224.0.0.1"])
@pytest.mark.parametrize("allow_private", [True, False])
def test_what_no_setting_allows_names_none(
    tmp_path: Path, host: str, *, allow_private: bool
) -> None:
    with (
        fetching(tmp_path, allow_private=allow_private) as fetcher,
        pytest.raises(SourceChanged, match="not a public address") as caught,
    ):
        fetcher.get(f"http://{host}/a")
    assert HINT not in str(caught.value)


def test_a_name_that_leads_inward_is_not_asked(server: Gdelt, tmp_path: Path) -> None:
    server.answer("a.txt", Answer(b"hello"))
    url = f"{server.url}/a.txt".replace("127.0.0.1", "x.example")
    with (
        fetching(tmp_path, resolve=lambda *_: ("127.0.0.1",)) as fetcher,
        pytest.raises(SourceChanged, match=r"'x\.example' leads to 127\.0\.0\.1"),
    ):
        fetcher.get(url)
    assert server.requests == []


def test_a_redirect_inward_is_not_followed(server: Gdelt, tmp_path: Path) -> None:
    """The first name is allowed, the second one is link-local, which nothing allows."""
    inner = "http://169.254.169.254/latest/meta-data"
    server.answer("a.txt", Answer(status=302, headers={"Location": inner}))
    with (
        fetching(tmp_path, allow_private=True) as fetcher,
        pytest.raises(SourceChanged, match=f"a.txt redirects to {inner}: .* not a public address"),
    ):
        fetcher.get(f"{server.url}/a.txt")


def test_a_name_is_looked_up_once_for_a_connection(server: Gdelt, tmp_path: Path) -> None:
    answers = iter([("127.0.0.1",), ("169.254.169.254",)])
    server.answer("a.txt", Answer(b"hello"))
    url = f"{server.url}/a.txt".replace("127.0.0.1", "x.example")
    with fetching(tmp_path, resolve=lambda *_: next(answers), allow_private=True) as fetcher:
        assert fetcher.get(url).body == b"hello"
    assert server.requests[0][1]["host"].startswith("x.example:")


def test_a_name_that_leads_nowhere_is_for_later(tmp_path: Path) -> None:
    def unknown(_host: str, _port: int) -> tuple[str, ...]:
        raise OSError("not known")

    with (
        fetching(tmp_path, resolve=unknown) as fetcher,
        pytest.raises(SourceUnavailable, match=r"no address is known for 'x\.example'"),
    ):
        fetcher.get("http://x.example/a")


def test_proxies_of_the_environment_are_not_asked(
    server: Gdelt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, server.url)
    with fetching(tmp_path) as fetcher, pytest.raises(SourceChanged, match="loopback"):
        fetcher.get("http://127.0.0.1:1/a")
    assert server.requests == []


def test_behind_a_proxy_names_are_its_to_judge(server: Gdelt, tmp_path: Path) -> None:
    server.answer("a.txt", Answer(b"hello"))
    proxy = server.url.removesuffix("/gdeltv2")
    with new_client("t", QUICK, proxy=proxy, tls=ssl.create_default_context()) as client:
        fetcher = Fetcher(client, Archive(tmp_path), lambda: NOW, QUICK, Hosts(BRISK))
        assert fetcher.get("http://x.example/a.txt").body == b"hello"
    assert server.requests[0][1]["host"] == "x.example"


def test_a_resolver_that_hangs_costs_no_more_than_the_time_of_the_request(tmp_path: Path) -> None:
    released = Event()

    def hang(_host: str, _port: int) -> tuple[str, ...]:
        released.wait(30)
        return ()

    with ExitStack() as stack:
        stack.callback(released.set)
        fetcher = stack.enter_context(fetching(tmp_path, resolve=Resolver(hang)))
        with pytest.raises(SourceUnavailable, match="did not answer in time"):
            fetcher.get("http://x.example/a")


@pytest.mark.parametrize("name", ["x.example", "y.example"])
def test_the_certificate_is_held_against_the_name_and_not_the_address(
    tmp_path: Path, name: str
) -> None:
    file = write_certificate(tmp_path / "x.pem", "x.example")
    trusted = ssl.create_default_context(cafile=file)
    with (
        gdelt(server_tls(file)) as server,
        new_client(
            "t", QUICK, resolve=lambda *_: ("127.0.0.1",), allow_private=True, tls=trusted
        ) as client,
    ):
        fetcher = Fetcher(client, Archive(tmp_path / "a"), lambda: NOW, QUICK, Hosts(BRISK))
        server.answer("a.txt", Answer(b"hello"))
        url = f"{server.url}/a.txt".replace("127.0.0.1", name)
        if name == "x.example":
            assert fetcher.get(url).body == b"hello"
        else:
            with pytest.raises(SourceUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
                fetcher.get(url)
