"""Keys are put in only when sending, and taken out of whatever comes back."""

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, quote_plus

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from forecaster.collect.asking.client import new_client
from forecaster.collect.asking.fetch import Fetcher
from forecaster.collect.asking.keys import Keys, names_in
from forecaster.domain.errors import CollectError, KeyMissing, SourceChanged, SourceUnavailable
from tests.collect.errands import answering, define

SECRET = "s3cr/t+k&y=%41"
KEYS = {"fred": SecretStr(SECRET), "other": SecretStr("another-key")}
URL = "https://x.example/obs?api_key={key:fred}&id=1"


def keyed(folder: Path, answer: httpx.Response | Exception) -> tuple[Fetcher, list[httpx.Request]]:
    """Make a fetcher with keys, and the list of what came over the line."""
    sent: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return replace(answering(folder, respond), keys=KEYS), sent


def test_a_key_is_sent_and_the_placeholder_recorded(tmp_path: Path) -> None:
    fetcher, sent = keyed(tmp_path, httpx.Response(200, content=b"hello"))

    fetched = fetcher.get(URL, headers={"X-Key": "Token {key:fred}"})

    assert sent[0].url.params["api_key"] == SECRET
    assert sent[0].headers["X-Key"] == f"Token {SECRET}"
    assert fetched.document.url == URL


@pytest.mark.parametrize(
    "url", ["https://x.example/{key:fred}/a", "https://x.example/?k=%7Bkey%3AFRED%7D"]
)
def test_a_key_may_stand_in_the_path_and_be_written_as_addresses_are(
    tmp_path: Path, url: str
) -> None:
    fetcher, sent = keyed(tmp_path, httpx.Response(200, content=b"hello"))
    fetcher.get(url)
    assert quote(SECRET, safe="").encode() in sent[0].url.raw_path


def test_a_key_that_is_not_set_is_named(tmp_path: Path) -> None:
    fetcher, sent = keyed(tmp_path, httpx.Response(200))
    with pytest.raises(KeyMissing, match=r"needs the key 'bea': set FORECASTER_KEY_BEA"):
        fetcher.get("https://x.example/?k={key:bea}")
    assert sent == []


def test_a_key_in_the_place_of_a_host_is_not_put_in(tmp_path: Path) -> None:
    fetcher, sent = keyed(tmp_path, httpx.Response(200))
    with pytest.raises(SourceChanged):
        fetcher.get("https://{key:fred}.example/")
    assert sent == []


def test_a_password_in_an_address_is_refused_without_showing_it(tmp_path: Path) -> None:
    fetcher, _ = keyed(tmp_path, httpx.Response(200))
    with pytest.raises(SourceChanged, match="no user name and no password") as caught:
        fetcher.get("https://me:pass-word@x.example/")
    assert "pass-word" not in str(caught.value)


@pytest.mark.parametrize("spelling", [SECRET, quote(SECRET, safe=""), quote_plus(SECRET).lower()])
@pytest.mark.parametrize(
    "make",
    [
        lambda text: httpx.Response(403, extensions={"reason_phrase": f"No {text}".encode()}),
        lambda text: httpx.Response(302, headers={"Location": f"ftp://x.example/{text}"}),
        lambda text: httpx.Response(302, headers={"Location": f"https://y.example/?k={text}"}),
        lambda text: httpx.ConnectError(f"no way to {text}"),
        lambda text: httpx.LocalProtocolError(f"Illegal header value {text}"),
    ],
)
def test_no_error_shows_a_key(tmp_path: Path, make: object, spelling: str) -> None:
    fetcher, _ = keyed(tmp_path, make(spelling))  # type: ignore[operator]
    with pytest.raises(CollectError) as caught:
        fetcher.get(URL)
    assert "{key:fred}" in str(caught.value) or "%7Bkey:fred%7D" in str(caught.value)
    error: BaseException | None = caught.value
    while error is not None:
        assert SECRET not in str(error)
        assert spelling not in str(error)
        error = error.__cause__


def test_a_document_that_echoes_the_key_is_kept_with_the_placeholder(tmp_path: Path) -> None:
    echo = json.dumps({"next": f"https://x.example/?k={quote(SECRET)}", "you": SECRET})
    fetcher, _ = keyed(tmp_path, httpx.Response(200, text=echo, headers={"ETag": f'"{SECRET}"'}))

    fetched = fetcher.get(URL)

    assert json.loads(fetched.body) == {
        "next": "https://x.example/?k={key:fred}",
        "you": "{key:fred}",
    }
    assert fetcher.archive.get(fetched.document.digest) == fetched.body


def test_only_what_a_request_names_is_looked_for(tmp_path: Path) -> None:
    fetcher, _ = keyed(tmp_path, httpx.Response(200, text="another-key"))
    assert fetcher.get(URL).body == b"another-key"


def test_who_is_narrowed_has_only_the_keys_that_the_definition_names(tmp_path: Path) -> None:
    fetcher, _ = keyed(tmp_path, httpx.Response(200, content=b"hello"))
    narrow = fetcher.narrowed_to(define("other", {"url": URL, "headers": {}}).collect)

    assert narrow.get(URL).body == b"hello"
    assert narrow.get("https://x.example/?{key:other}").body == b"hello"  # the source's own name
    narrow = fetcher.narrowed_to(define("source", {"url": URL, "headers": {}}).collect)
    with pytest.raises(KeyMissing, match="other"):
        narrow.get("https://evil.example/?{key:other}")


def test_other_headers_have_an_answer_of_their_own(tmp_path: Path) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=request.headers["Accept"])

    fetcher = answering(tmp_path, respond)
    for kind in ("text/csv", "text/plain"):
        got = fetcher.get("https://x.example/", headers={"Accept": kind}, immutable=True)
        assert got.body == kind.encode()


@given(
    st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=40)
)
def test_any_key_is_found_however_it_is_spelled(secret: str) -> None:
    keys = Keys({"k": SecretStr(secret)})
    for spelled in (secret, quote(secret), quote(secret, safe=""), json.dumps(secret)[1:-1]):
        assert keys.hidden(f"<{spelled}>") == "<{key:k}>"
        assert keys.hidden(f"<{spelled}>".encode()) == b"<{key:k}>"


def test_names_are_read_in_either_case() -> None:
    assert names_in("{key:Fred} %7bKEY%3abea%7d {key:} {other}") == {"fred", "bea"}


def test_keys_show_in_no_representation(tmp_path: Path) -> None:
    with new_client("t") as client:
        fetcher = Fetcher(client, answering(tmp_path, lambda _: httpx.Response(200)).archive,
                          lambda: None, keys=KEYS)  # type: ignore[arg-type,return-value]  # fmt: skip
        assert SECRET not in repr(fetcher)


def test_a_passing_fault_of_a_keyed_source_is_for_later(tmp_path: Path) -> None:
    fetcher, sent = keyed(tmp_path, httpx.ReadTimeout("slow"))
    with pytest.raises(SourceUnavailable, match="slow"):
        fetcher.get(URL)
    assert len(sent) == 2
