"""Bytes of an RSS or Atom feed → its items; nothing is fetched and no entity is expanded."""

import codecs
import html
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import feedparser
import structlog

from forecaster.domain.errors import SourceChanged, SourceUnavailable

log = structlog.get_logger(__name__)

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_READABLE = re.compile(
    r"utf-?(8|16(le|be)?)|us-ascii|iso-?8859-?\d{1,2}|latin-?1|windows-125\d|cp125\d|koi8-[ru]"
    r"|gb(2312|k|18030)|big5|euc-(kr|jp|cn)|shift[_-]jis",
    re.IGNORECASE,
)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_ROOT_ENDS = re.compile(r"</(?:\w+:)?(?:rss|feed|rdf)\s*>|<(?:rss|feed)\b[^<>]*/>", re.IGNORECASE)
_ROOT_BEGINS = re.compile(r"<(?:\w+:)?(?:rss|feed|rdf)\b", re.IGNORECASE)
_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_GARBLED = 0.01  # share of characters that are none: beyond it, the encoding is another one
_SHOWN = 60
_LONGEST = {"title": 1_000, "summary": 20_000}
_PLAIN: Mapping[str, str] = {"content-type": "application/xml; charset=utf-8"}


@dataclass(frozen=True)
class Item:
    """One entry of a feed, as plain text."""

    guid: str
    link: str
    title: str
    summary: str
    date: str


def check_whole(body: bytes) -> None:
    """Raise `SourceUnavailable` if a feed begins but does not end: half of it was sent."""
    text = _decoded(body)
    if _ROOT_BEGINS.search(text) and not _ROOT_ENDS.search(text):
        raise SourceUnavailable(
            f"the feed is cut off: it begins, but does not end, within its {len(body):,} bytes"
        )


def read_items(body: bytes, url: str) -> tuple[Item, ...]:
    """Read the items of a feed; one that is not well formed is read as far as it goes.

    Raises:
        SourceChanged: No feed, a feed of which nothing can be read, another encoding than it
            says, or one that declares entities.
    """
    text = _decoded(body)
    _refuse_what_is_no_text(text, url)
    parsed = _parsed(text)
    if not parsed.get("version"):
        raise SourceChanged(f"{url}: expected RSS or Atom, found {_beginning(text)}")
    items = tuple(_item(entry) for entry in parsed.entries)
    if parsed.bozo:
        reason = str(parsed.get("bozo_exception", "not well formed"))
        if not items:
            raise SourceChanged(f"{url}: no item can be read: {reason}; {_beginning(text)}")
        log.warning("feed_not_well_formed", url=url, items=len(items), reason=reason)
    return items


def _decoded(body: bytes) -> str:
    """Decode by the byte order mark, by what the XML says of itself, or as UTF-8."""
    mark = next((name for mark, name in _BOMS if body.startswith(mark)), None)
    said = _DECLARED.match(body)
    name = mark or (said[1].decode() if said else "utf-8")
    if not mark and not _READABLE.fullmatch(name):
        raise SourceChanged(
            f"the feed is written in {name!r}; expected UTF-8 or another common one"
        )
    try:
        return body.decode(name, errors="replace")
    except LookupError as error:
        raise SourceChanged(f"the feed is written in {name!r}, which is no encoding") from error


def _refuse_what_is_no_text(text: str, url: str) -> None:
    if not text.strip():
        raise SourceChanged(f"{url}: expected RSS or Atom, found an empty document")
    garbled = text.count("\N{REPLACEMENT CHARACTER}")
    if garbled > _GARBLED * len(text):
        raise SourceChanged(
            f"{url}: {garbled:,} of {len(text):,} characters cannot be read: the feed is not in "
            "the encoding that it names (UTF-8, if none)"
        )
    if garbled:
        log.warning("feed_characters_unreadable", url=url, characters=garbled)
    if _ENTITY.search(text):
        raise SourceChanged(f"{url}: the feed declares entities, which no feed needs; not read")


def _parsed(text: str) -> Any:  # the library ships no types
    """Parse with what could fetch, execute or be told another encoding switched off."""
    plain = _DECLARATION.sub("", text, count=1).encode(errors="replace")
    return feedparser.parse(
        io.BytesIO(plain),  # never a name: the library would open it
        response_headers=_PLAIN,
        resolve_relative_uris=False,
        sanitize_html=False,
    )


def _item(entry: Mapping[str, Any]) -> Item:
    return Item(
        guid=str(entry.get("id") or "").strip(),
        link=str(entry.get("link") or "").strip(),
        title=_plain(entry, "title"),
        summary=_plain(entry, "summary"),
        date=str(entry.get("published") or entry.get("updated") or "").strip(),
    )


def _plain(entry: Mapping[str, Any], name: str) -> str:
    """Return a text without its markup."""
    text = _TAG.sub(" ", str(entry.get(name) or "")[: _LONGEST[name]])
    return " ".join(html.unescape(text).split())


def _beginning(text: str) -> str:
    return f"what begins {' '.join(text.split())[:_SHOWN]!r}"
