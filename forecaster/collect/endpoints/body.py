"""Tells a body from what servers send in its place: nothing, a page for people, a complaint."""

import re

from forecaster.domain.errors import CollectError, SourceChanged, SourceUnavailable

_BOM = b"\xef\xbb\xbf"
_LONGEST = 300
_PASSING = re.compile(
    r"rate.?limit|limit requests|too many|quota|try again|temporar|timed? ?out|maintenance"
    r"|unavailable|overload|\bbusy\b",
    re.IGNORECASE,
)
_CLOSES = {b"{": b"}", b"[": b"]"}


def refuse_page(body: bytes, url: str) -> None:
    """Raise `SourceUnavailable` if a body is empty or a page that was written for people."""
    text = body.removeprefix(_BOM).strip()
    if not text:
        raise SourceUnavailable(f"{url} answered nothing")
    if text.startswith(b"<"):
        title = re.search(rb"<title[^>]*>([^<]{1,200})", text[:10_000], re.IGNORECASE)
        said = title[1].decode(errors="replace").strip() if title else ""
        raise SourceUnavailable(f"{url} answered a page for people instead of data: {said!r}")


def refuse_no_json(body: bytes, url: str) -> None:
    """Raise if a body is no JSON at first sight, or was cut off."""
    refuse_page(body, url)
    text = body.removeprefix(_BOM).strip()
    first, last = text[:1], text[-1:]
    if first not in _CLOSES:
        said = text[:_LONGEST].decode(errors="replace")
        raise complaint(f"{url} answered a text instead of JSON", said)
    if last != _CLOSES[first]:
        raise SourceUnavailable(f"{url} was cut off after {len(body):,} bytes")


def complaint(where: str, said: str) -> CollectError:
    """Return the error that a source's own words stand for: again later, or look at it."""
    message = f"{where}: {said[:_LONGEST]}"
    return SourceUnavailable(message) if _PASSING.search(said) else SourceChanged(message)
