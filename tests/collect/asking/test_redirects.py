"""Redirects are followed by our rules: few, no circle, no way down, and no key goes along."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from forecaster.collect.asking.fetch import Fetcher
from forecaster.domain.errors import SourceChanged, SourceUnavailable
from tests.collect.errands import QUICK, answering
from tests.servers.gdelt import Answer, Gdelt, gdelt

SECRET = "a-secret-key"
FROM = "https://x.example/a"


def moved(to: str, status: int = 302) -> httpx.Response:
    return httpx.Response(status, headers={"Location": to})


def leading(
    folder: Path, answers: dict[str, httpx.Response]
) -> tuple[Fetcher, list[httpx.Request]]:
    """Make a fetcher that gets these answers, `hello` elsewhere, and the list of what it sent."""
    sent: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return answers.get(str(request.url), httpx.Response(200, content=b"hello"))

    keys = {"k": SecretStr(SECRET)}
    return replace(answering(folder, respond), keys=keys), sent


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(tmp_path: Path, status: int) -> None:
    fetcher, _ = leading(tmp_path, {FROM: moved("/b", status)})

    fetched = fetcher.get(FROM)
    assert (fetched.body, fetched.document.url) == (b"hello", FROM)


def test_a_few_redirects_are_followed_and_no_more(tmp_path: Path) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        number = int(request.url.path[1:])
        return moved(f"/{number - 1}") if number else httpx.Response(200, content=b"hello")

    fetcher = answering(tmp_path, respond)
    most = QUICK.max_redirects
    assert fetcher.get(f"https://x.example/{most}").body == b"hello"
    with pytest.raises(SourceChanged, match=f"more than {most} redirects"):
        fetcher.get(f"https://x.example/{most + 1}")


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("/a", "in a circle"),
        ("ftp://x.example/a", "no address of the web"),
        ("file:///etc/passwd", "no address of the web"),
        ("http://x.example/a", "anybody could read"),
        ("https://me:pass-word@x.example/", "user name or a password"),
    ],
)
def test_a_redirect_that_leads_nowhere_is_a_change(tmp_path: Path, to: str, words: str) -> None:
    fetcher, sent = leading(tmp_path, {FROM: moved(to)})
    with pytest.raises(SourceChanged, match=rf"https://x\.example/a redirects to .*{words}") as it:
        fetcher.get(FROM)
    assert len(sent) == 1
    assert "pass-word" not in str(it.value)


def test_a_longer_circle_is_found_too(tmp_path: Path) -> None:
    fetcher, sent = leading(
        tmp_path, {FROM: moved("/b"), "https://x.example/b": moved("https://x.example/a")}
    )
    with pytest.raises(SourceChanged, match="in a circle"):
        fetcher.get(FROM)
    assert len(sent) == 2


def test_a_redirect_within_the_host_keeps_the_key(tmp_path: Path) -> None:
    fetcher, sent = leading(
        tmp_path, {f"{FROM}?k={SECRET}": moved(f"https://x.example/b?k={SECRET}")}
    )
    fetcher.get(f"{FROM}?k={{key:k}}", headers={"X-Key": "{key:k}"})

    assert [request.url.params["k"] for request in sent] == [SECRET, SECRET]
    assert [request.headers["X-Key"] for request in sent] == [SECRET, SECRET]


OTHERS = ["https://y.example/b", "https://x.example:444/b"]


@pytest.mark.parametrize("to", OTHERS)
def test_no_key_goes_to_another_host(tmp_path: Path, to: str) -> None:
    fetcher, sent = leading(tmp_path, {f"{FROM}?k={SECRET}": moved(to)})
    headers = {"X-Key": "{key:k}", "Authorization": "Bearer {key:k}", "Accept": "text/csv"}
    fetcher.get(f"{FROM}?k={{key:k}}", headers=headers)

    seen = f"{sent[1].url} {dict(sent[1].headers)}"
    assert str(sent[1].url) == to
    assert SECRET not in seen
    assert "key:k" not in seen
    assert sent[1].headers["Accept"] == "text/csv"


@pytest.mark.parametrize("to", OTHERS)
def test_a_redirect_that_would_carry_the_key_to_another_host_is_a_change(
    tmp_path: Path, to: str
) -> None:
    fetcher, sent = leading(tmp_path, {f"{FROM}?k={SECRET}": moved(f"{to}?k={SECRET}")})
    with pytest.raises(
        SourceChanged, match="where no key goes: if it should, ask it directly"
    ) as caught:
        fetcher.get(f"{FROM}?k={{key:k}}")
    assert len(sent) == 1
    assert SECRET not in str(caught.value)


def test_a_server_cannot_ask_for_a_key_by_its_name(tmp_path: Path) -> None:
    fetcher, sent = leading(tmp_path, {FROM: moved("/b?k={key:k}")})
    fetcher.get(FROM)
    assert SECRET not in str(sent[1].url)


def test_cookies_are_not_kept(tmp_path: Path) -> None:
    answer = httpx.Response(302, headers={"Location": "/b", "Set-Cookie": "id=1"})
    fetcher, sent = leading(tmp_path, {FROM: answer})
    fetcher.get(FROM)
    fetcher.get("https://x.example/c")
    assert [request.headers.get("Cookie") for request in sent] == [None, None, None]


def test_trouble_behind_a_redirect_says_where_it_was(tmp_path: Path) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.host == "y.example":
            raise httpx.ConnectError("nobody there")
        return moved("https://y.example/b")

    with pytest.raises(
        SourceUnavailable, match=r"x\.example/a redirects to https://y\.example/b: nobody there"
    ):
        answering(tmp_path, respond).get(FROM)


def test_a_redirect_to_another_real_host_is_followed(server: Gdelt, fetcher: Fetcher) -> None:
    with gdelt() as other:
        server.answer("a.txt", Answer(status=302, headers={"Location": f"{other.url}/b.txt"}))
        other.answer("b.txt", Answer(b"hello"))
        assert fetcher.get(f"{server.url}/a.txt").body == b"hello"
        [(_, headers)] = other.requests
    assert headers["host"] in other.url


def test_the_failures_of_the_host_behind_a_redirect_are_its_own(tmp_path: Path) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        asked: dict[str, Callable[[], httpx.Response]] = {
            "y.example": lambda: httpx.Response(503),
            "x.example": lambda: moved("https://y.example/b"),
        }
        return httpx.Response(200) if request.url.path == "/ok" else asked[request.url.host]()

    fetcher = answering(tmp_path, respond)
    for _ in range(2):
        with pytest.raises(SourceUnavailable):
            fetcher.get(FROM)

    with pytest.raises(SourceUnavailable, match=r"https://y\.example has failed since"):
        fetcher.get("https://y.example/ok")
    assert fetcher.get("https://x.example/ok").body == b""
