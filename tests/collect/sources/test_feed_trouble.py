"""What goes wrong with feeds, and what is said of it; the other feeds are never lost."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs

from forecaster.collect.feeds.options import FeedOptions
from forecaster.domain.errors import SourceChanged, SourceUnavailable
from forecaster.domain.lookups import Lookups
from tests.collect.headlined import LOOKUPS, ONE, TWO, VISITS, item, rss, run

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<rss version="2.0"><channel><item><title>Putin visits Beijing &c;</title></item></channel></rss>"""
OUTSIDE = b"""<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>
<rss version="2.0"><channel><item><title>Putin visits Beijing &x;</title></item></channel></rss>"""
PAGE = b"<!DOCTYPE html><html><head><title>Just a moment</title></head><body></body></html>"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "found an empty document"),
        (b"  \n", "found an empty document"),
        (PAGE, "expected RSS or Atom, found what begins '<!DOCTYPE html>"),
        (b'{"error": "limit"}', 'expected RSS or Atom, found what begins \'{"error"'),
        (b"Please slow down", "expected RSS or Atom"),
        (b"\x00\x01\xff\xfe" * 50, "cannot be read"),
        (rss(item("Путин")).decode().encode("windows-1251"), "cannot be read"),
        (b'<?xml version="1.0" encoding="utf-7"?><rss/>', "is written in 'utf-7'"),
        (b'<?xml version="1.0" encoding="cp1259"?><rss/>', "which is no encoding"),
        (b'<rss version="2.0"><channel><junk></rss>', "no item can be read"),
        (LAUGHS, "declares entities"),
        (LAUGHS.decode().encode("utf-16"), "declares entities"),
        (OUTSIDE, "declares entities"),
    ],
)
def test_what_is_no_feed_changed_and_the_others_are_kept(
    tmp_path: Path, body: bytes, said: str
) -> None:
    ran = run(tmp_path, {ONE: body, TWO: rss(item())}, feeds=["one", "two"])
    assert isinstance(ran.error, SourceChanged)
    assert "1 of 2 feeds failed: one: " in str(ran.error)
    assert said in str(ran.error)
    assert list(ran.slots) == ["two@2026-03-04"]
    assert len(ran.sightings) == 1


def test_a_feed_that_is_cut_off_is_asked_again(tmp_path: Path) -> None:
    whole = rss(item(), item("Xi visits Russia, China says"))
    answers: Iterator[bytes] = iter([whole[:-60], whole])
    ran = run(tmp_path, {ONE: lambda: httpx.Response(200, content=next(answers))})
    assert ran.error is None
    assert len(ran.sightings) == 2


def test_a_feed_that_stays_cut_off_is_unavailable(tmp_path: Path) -> None:
    ran = run(tmp_path, {ONE: rss(item())[:-30]})
    assert isinstance(ran.error, SourceUnavailable)
    assert "cut off" in str(ran.error)
    assert ran.batches == []


def test_a_feed_that_is_not_well_formed_is_read_and_logged(tmp_path: Path) -> None:
    body = rss(item()).replace(b"visits", b"visits &nbsp; & <br> ")
    with capture_logs() as logs:
        ran = run(tmp_path, {ONE: body})
    assert ran.error is None
    assert len(ran.sightings) == 1
    assert [each["event"] for each in logs] == ["feed_not_well_formed"]


def test_a_few_characters_that_cannot_be_read_are_passed_over_and_logged(tmp_path: Path) -> None:
    with capture_logs() as logs:
        ran = run(tmp_path, {ONE: rss(item()).replace(b"News", b"N\xffws")})
    assert len(ran.sightings) == 1
    assert [each["event"] for each in logs] == ["feed_characters_unreadable"]


def test_an_empty_feed_was_seen_and_holds_nothing(tmp_path: Path) -> None:
    ran = run(tmp_path, {ONE: rss()})
    assert ran.error is None
    assert ran.slots == {"one@2026-03-04": True}


def test_a_content_type_that_is_wrong_does_not_matter(tmp_path: Path) -> None:
    answer = httpx.Response(200, content=rss(item()), headers={"Content-Type": "text/html"})
    assert len(run(tmp_path, {ONE: answer}).sightings) == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "windows-1251", "koi8-r"])
def test_an_encoding_that_the_feed_names_is_believed(tmp_path: Path, encoding: str) -> None:
    text = rss(item("Путин: визит в Китай")).decode().replace("UTF-8", encoding)
    body = text.encode(encoding)
    ran = run(tmp_path, {ONE: body}, include=["Путин"], patterns={})
    assert len(ran.sightings) == 1


def test_items_that_stand_twice_or_in_any_order_are_the_same(tmp_path: Path) -> None:
    one, other = item("Putin visits Beijing"), item("Xi visits Russia, China says")
    plain = {each.name for each in run(tmp_path, {ONE: rss(one, other)}).sightings}
    mixed = {each.name for each in run(tmp_path, {ONE: rss(other, one, other)}).sightings}
    assert plain == mixed
    assert len(plain) == 2


def test_items_of_the_future_and_without_a_name_are_counted_in_the_log(tmp_path: Path) -> None:
    body = rss(item(date="2030-01-01"), "<item><description>x</description></item>", item())
    with capture_logs() as logs:
        ran = run(tmp_path, {ONE: body})
    assert len(ran.sightings) == 1
    assert [each["items"] for each in logs if each["event"] == "items_left_out"] == [2]


def test_too_large_a_feed_is_not_read_to_its_end(tmp_path: Path) -> None:
    def pour() -> Iterator[bytes]:
        while True:
            yield b"<item>" * 10_000

    ran = run(tmp_path, {ONE: lambda: httpx.Response(200, content=pour())})
    assert isinstance(ran.error, SourceChanged)


def test_a_feed_that_is_gone_needs_its_new_address(tmp_path: Path) -> None:
    ran = run(tmp_path, {})
    assert isinstance(ran.error, SourceChanged)
    assert "new address" in str(ran.error)


def test_feeds_that_are_away_are_asked_later_and_named(tmp_path: Path) -> None:
    away = httpx.Response(503, headers={"Retry-After": "3600"})
    ran = run(tmp_path, {ONE: away, TWO: rss(item())}, feeds=["one", "two"])
    assert isinstance(ran.error, SourceUnavailable)
    assert ran.error.retry_after is not None
    assert ran.error.retry_after.total_seconds() == 3600
    assert "one: " in str(ran.error)
    assert len(ran.sightings) == 1


def test_an_unknown_feed_alarms_and_is_never_guessed(tmp_path: Path) -> None:
    ran = run(tmp_path, {ONE: rss(item())}, feeds=["on", "one"])
    assert isinstance(ran.error, SourceChanged)
    assert "no feed named 'on'; did you mean 'one'?" in str(ran.error)
    assert len(ran.sightings) == 1


def test_an_actor_of_whom_nothing_tells_alarms(tmp_path: Path) -> None:
    nobody = Lookups(feeds=LOOKUPS.feeds)
    ran = run(tmp_path, {ONE: rss(item())}, lookups=nobody)
    assert isinstance(ran.error, SourceChanged)
    assert "nothing tells of CHN" in str(ran.error)


def test_a_feed_that_was_made_to_hang_a_search_does_not(tmp_path: Path) -> None:
    patterns = {"evil": r"(a|aa)*b(x+x+)+y", "dots": ".*.*.*.*!"}
    body = rss(item("a" * 900), item("x" * 900))
    started = time.monotonic()
    ran = run(tmp_path, {ONE: body}, patterns=patterns, include=[])
    assert ran.error is None
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("options", "place", "said"),
    [
        ({"patterns": {"visit": "a(?=b)"}}, ("patterns", "visit"), "look-around"),
        ({"patterns": {"visit": r"(a)\1"}}, ("patterns", "visit"), "back-references"),
        ({"include": ["["]}, ("include", 0), "missing ]"),
        ({"exclude": ["ok", "a)|(b"]}, ("exclude", 1), "not a pattern"),
        ({"include": ["(((a{99}){99}){99})"]}, ("include", 0), "repetition"),
        ({"include": [r"(\pL{500}\pN{500}){2}"]}, ("include", 0), "fewer alternatives"),
        ({"include": ["x*"]}, ("include", 0), "matches a text without a letter"),
        ({"include": ["a" * 3000]}, ("include", 0), "3,000 characters"),
        ({"patterns": {}, "include": []}, (), "every item of the feeds would count"),
        ({"patterns": {"undated": "a"}}, ("patterns", "undated"), "marks items without a date"),
        ({"feeds": ["one", "one"]}, ("feeds", 1), "another feed is named 'one'"),
        ({"feeds": ["One Two"]}, ("feeds", 0), "neither the name of a feed nor an address"),
        ({"feeds": ["ftp://x.example/"]}, ("feeds", 0), "neither"),
        ({"feeds": [{"name": "one", "zone": "Mars"}]}, ("feeds", 0, "zone"), "no time zone"),
        ({"feeds": [{"name": "one", "zone": "../etc"}]}, ("feeds", 0, "zone"), "no time zone"),
    ],
)
def test_options_that_cannot_be_used_are_refused_at_their_place(
    options: dict[str, Any], place: tuple[str | int, ...], said: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        FeedOptions.model_validate({"feeds": ["one"], "patterns": VISITS} | options)
    [error] = refused.value.errors()
    [fault] = error["ctx"]["error"].faults
    assert fault.at == place
    assert said in fault.message
