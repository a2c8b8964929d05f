"""One GET, politely: conditional, retried, within limits, in errors of ours, and archived."""

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from forecaster.collect.asking.archive import Archive
from forecaster.collect.asking.client import new_client
from forecaster.collect.asking.fetch import Fetcher, Limits
from forecaster.domain.errors import (
    SourceChanged,
    SourceUnavailable,
)
from forecaster.domain.observation import Document
from tests.collect.errands import NOW, answering
from tests.servers.gdelt import Answer, Gdelt


def test_a_document_is_archived_before_it_is_returned(server: Gdelt, fetcher: Fetcher) -> None:
    server.answer("a.txt", Answer(b"hello"))

    fetched = fetcher.get(f"{server.url}/a.txt")

    assert fetcher.archive.get(fetched.document.digest) == fetched.body == b"hello"
    assert fetched.document.model_dump(exclude={"digest"}) == {
        "url": f"{server.url}/a.txt",
        "fetched_at": NOW,
        "status": 200,
        "size": 5,
    }


def test_the_source_is_told_whom_to_call(server: Gdelt, fetcher: Fetcher) -> None:
    server.answer("a.txt", Answer(b"hello"))
    fetcher.get(f"{server.url}/a.txt")

    [(_, headers)] = server.requests
    assert headers["user-agent"] == "forecaster (+tests@example.org)"


def test_a_document_that_has_not_changed_comes_from_the_archive(
    server: Gdelt, fetcher: Fetcher
) -> None:
    server.answer("a.txt", Answer(b"hello"))
    first = fetcher.get(f"{server.url}/a.txt")
    again = fetcher.get(f"{server.url}/a.txt")

    assert "if-none-match" in server.requests[-1][1]
    assert (first.unchanged, again.unchanged) == (False, True)
    assert (again.document, again.body) == (first.document, first.body)


def test_a_document_that_has_changed_is_fetched_anew(server: Gdelt, fetcher: Fetcher) -> None:
    server.answer("a.txt", Answer(b"old"), Answer(b"new"))
    fetcher.get(f"{server.url}/a.txt")
    again = fetcher.get(f"{server.url}/a.txt")

    assert (again.body, again.unchanged) == (b"new", False)


def test_the_date_of_the_last_change_is_a_validator_too(tmp_path: Path) -> None:
    changed = "Wed, 04 Mar 2026 11:00:00 GMT"
    asked: list[str | None] = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("If-Modified-Since"))
        return httpx.Response(200, content=b"same", headers={"Last-Modified": changed})

    fetcher = answering(tmp_path, respond)
    fetcher.get("http://example.org/a")
    assert fetcher.get("http://example.org/a").unchanged
    assert asked == [None, changed]


def test_without_its_archived_bytes_a_document_is_asked_for_unconditionally(
    server: Gdelt, fetcher: Fetcher
) -> None:
    server.answer("a.txt", Answer(b"hello"))
    fetcher.get(f"{server.url}/a.txt")
    for path in (fetcher.archive.root / "documents").rglob("*.zst"):
        path.unlink()

    assert fetcher.get(f"{server.url}/a.txt").body == b"hello"


def test_what_never_changes_is_asked_for_once(server: Gdelt, fetcher: Fetcher) -> None:
    server.answer("a.zip", Answer(b"hello"))
    for _ in range(3):
        assert fetcher.get(f"{server.url}/a.zip", immutable=True).body == b"hello"

    assert server.asked("a.zip") == 1


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_passing_fault_is_asked_again(server: Gdelt, fetcher: Fetcher, status: int) -> None:
    server.answer("a.txt", Answer(status=status), Answer(b"hello"))
    assert fetcher.get(f"{server.url}/a.txt").body == b"hello"


def test_a_short_wait_that_the_source_asks_for_is_kept(tmp_path: Path) -> None:
    began = time.monotonic()
    answers = iter([httpx.Response(503, headers={"Retry-After": "0"}), httpx.Response(200)])
    fetcher = answering(tmp_path, lambda _: next(answers))

    fetcher.get("http://example.org/a")
    assert time.monotonic() - began < 0.3


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("3600", timedelta(hours=1)),
        ("Wed, 04 Mar 2026 14:00:00 GMT", timedelta(hours=2)),
        ("Wed, 04 Mar 2026 14:00:00 -0000", timedelta(hours=2)),
        ("9" * 40, timedelta(seconds=999_999_999)),
    ],
)
def test_a_long_wait_is_not_slept_but_handed_on(
    server: Gdelt, fetcher: Fetcher, header: str, wait: timedelta
) -> None:
    server.answer("a.txt", Answer(status=429, headers={"Retry-After": header}))

    with pytest.raises(SourceUnavailable) as caught:
        fetcher.get(f"{server.url}/a.txt")
    assert caught.value.retry_after == wait
    assert server.asked("a.txt") == 1


@pytest.mark.parametrize("header", ["soon", "-5", "", "Wed, 04 Mar 2026 11:00:00 GMT"])
def test_a_wait_that_says_nothing_is_an_ordinary_fault(
    server: Gdelt, fetcher: Fetcher, header: str
) -> None:
    server.answer("a.txt", Answer(status=429, headers={"Retry-After": header}), Answer(b"hello"))
    assert fetcher.get(f"{server.url}/a.txt").body == b"hello"


def test_a_wait_that_the_source_asks_for_holds_for_all_its_addresses(
    server: Gdelt, fetcher: Fetcher
) -> None:
    server.answer("a.txt", Answer(status=429, headers={"Retry-After": "3600"}))
    server.answer("b.txt", Answer(b"hello"))
    with pytest.raises(SourceUnavailable):
        fetcher.get(f"{server.url}/a.txt")

    with pytest.raises(SourceUnavailable, match="asked to be left alone until") as caught:
        fetcher.get(f"{server.url}/b.txt")
    assert timedelta(minutes=59) < (caught.value.retry_after or timedelta()) <= timedelta(hours=1)
    assert server.asked("b.txt") == 0


def test_a_host_that_is_silent_is_left_alone_after_three_times(tmp_path: Path) -> None:
    asked = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        raise httpx.ConnectTimeout("silence")

    fetcher = answering(tmp_path, respond)
    for path in "abc":
        with pytest.raises(SourceUnavailable):
            fetcher.get(f"http://example.org/{path}")
    assert asked == ["/a", "/a", "/b"]


def test_one_broken_address_does_not_keep_its_neighbours_from_being_asked(
    server: Gdelt, fetcher: Fetcher
) -> None:
    server.answer("bad.txt", Answer(status=500))
    server.answer("a.txt", Answer(b"hello"))
    for _ in range(3):
        with pytest.raises(SourceUnavailable):
            fetcher.get(f"{server.url}/bad.txt")
    assert fetcher.get(f"{server.url}/a.txt").body == b"hello"


def test_what_is_in_the_archive_and_never_changes_needs_no_turn(
    server: Gdelt, fetcher: Fetcher
) -> None:
    server.answer("a.zip", Answer(b"hello"))
    fetcher.get(f"{server.url}/a.zip", immutable=True, pace=timedelta(hours=1))
    assert fetcher.get(f"{server.url}/a.zip", immutable=True).body == b"hello"
    with pytest.raises(SourceUnavailable, match="no turn"):
        fetcher.get(f"{server.url}/b.zip")


def test_what_was_taken_is_told(server: Gdelt, fetcher: Fetcher) -> None:
    taken: list[Document] = []
    server.answer("a.txt", Answer(b"hello"))
    fetched = replace(fetcher, taken=taken.append).get(f"{server.url}/a.txt")
    assert taken == [fetched.document]


def test_a_limit_of_ones_own_counts(server: Gdelt, fetcher: Fetcher) -> None:
    server.answer("a.txt", Answer(b"hello"))

    with pytest.raises(SourceChanged, match="bigger than the 4 bytes"):
        fetcher.get(f"{server.url}/a.txt", max_bytes=4)


def refuse(body: bytes) -> None:
    if body == b"bad":
        raise SourceUnavailable("not what was promised")


def test_bytes_that_do_not_verify_are_asked_for_again(server: Gdelt, fetcher: Fetcher) -> None:
    server.answer("a.zip", Answer(b"bad"), Answer(b"good"))
    assert fetcher.get(f"{server.url}/a.zip", verify=refuse).body == b"good"


def test_bytes_that_do_not_verify_are_not_kept(server: Gdelt, fetcher: Fetcher) -> None:
    server.answer("a.zip", Answer(b"bad"))
    with pytest.raises(SourceUnavailable, match="promised"):
        fetcher.get(f"{server.url}/a.zip", immutable=True, verify=refuse)

    server.answer("a.zip", Answer(b"good"))
    assert fetcher.get(f"{server.url}/a.zip", immutable=True, verify=refuse).body == b"good"


def even(line: str) -> int | None:
    return int(line) if int(line) % 2 == 0 else None


def test_a_long_list_is_read_line_by_line(server: Gdelt, fetcher: Fetcher) -> None:
    server.answer("list.txt", Answer(b"1\n2\n3\n4"))

    assert fetcher.scan(f"{server.url}/list.txt", even) == (2, 4)


def test_of_a_long_list_only_the_lines_that_were_picked_are_kept(
    server: Gdelt, fetcher: Fetcher
) -> None:
    server.answer("list.txt", Answer(b"1\n2\n3\n4"))
    taken: list[Document] = []
    replace(fetcher, taken=taken.append).scan(f"{server.url}/list.txt", even)
    [document] = taken
    assert fetcher.archive.get(document.digest) == b"2\n4"


def test_a_long_list_is_asked_for_again_from_its_start(server: Gdelt, fetcher: Fetcher) -> None:
    server.answer("list.txt", Answer(b"2\n4\n6\n8\n", manner="short"), Answer(b"2\n4\n6\n8\n"))
    assert fetcher.scan(f"{server.url}/list.txt", even) == (2, 4, 6, 8)


def test_a_list_that_is_all_one_line_is_none(tmp_path: Path) -> None:
    limits = Limits(max_scan_bytes=10_000_000)
    client = new_client(
        "t", transport=httpx.MockTransport(lambda _: httpx.Response(200, content=b"x" * 2_000_000))
    )
    fetcher = Fetcher(client, Archive(tmp_path), lambda: NOW, limits)

    with pytest.raises(SourceChanged, match="is no list: a line has over 1,000,000 bytes"):
        fetcher.scan("http://example.org/list", str)
