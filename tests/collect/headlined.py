"""Feeds for tests: written here, answered by a function in the place of the network."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import httpx

from forecaster.collect.source import Errand
from forecaster.domain.lookups import Lookups
from tests.collect.errands import NOW, answering, define, open_source
from tests.collect.runs import Ran

ONE, TWO = "https://one.example/rss", "https://two.example/rss"
LOOKUPS = Lookups(
    actors={"china": "CHN", "russia": "RUS", "russian federation": "RUS", "iran": "IRN"},
    words={"chinese": "CHN", "beijing": "CHN", "putin": "RUS", "russian": "RUS"},
    feeds={"one": ONE, "two": TWO},
)
VISITS = {"visit": r"visit\w*|talks", "drill": r"drills?|exercises?"}


def item(
    title: str = "Putin visits Beijing",
    *,
    link: str | None = None,
    guid: str | None = None,
    date: str | datetime | None = NOW,
    summary: str = "",
) -> str:
    """Write one item of RSS; without a link it gets one of its own title."""
    link = f"https://one.example/{title.replace(' ', '-')}" if link is None else link
    published = format_datetime(date) if isinstance(date, datetime) else date
    parts = {
        "title": title, "link": link, "guid": guid, "pubDate": published, "description": summary
    }  # fmt: skip
    inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in parts.items() if text)
    return f"<item>{inner}</item>"


def rss(*items: str) -> bytes:
    """Write a feed."""
    inner = "".join(items)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<rss version="2.0"><channel><title>News</title>{inner}</channel></rss>'
    ).encode()


def atom(*entries: Mapping[str, str]) -> bytes:
    """Write a feed in Atom."""
    inner = "".join(
        f"<entry><title>{each['title']}</title><id>{each['id']}</id>"
        f"<link href='{each['link']}'/><updated>{each['updated']}</updated></entry>"
        for each in entries
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>{inner}</feed>'.encode()


def feed_definition(*, scopes: Sequence[str] = ("CHN-RUS",), **options: Any) -> Any:
    """Define an indicator of headlines that name both actors of a dyad, unless told otherwise."""
    asked = {"feeds": ["one"], "patterns": VISITS, "include": ["{a}", "{b}"]} | options
    return define("feed", asked, for_each={"dyad": list(scopes)}, frequency="week")


def run(
    folder: Path,
    answers: Mapping[str, bytes | httpx.Response | Callable[[], httpx.Response]],
    *,
    now: datetime = NOW,
    scopes: Sequence[str] = ("CHN-RUS",),
    lookups: Lookups = LOOKUPS,
    **options: Any,
) -> Ran:
    """Run the source on feeds that answer so; an address that is not among them is 404."""

    def respond(request: httpx.Request) -> httpx.Response:
        answer = answers.get(str(request.url), httpx.Response(404))
        if isinstance(answer, bytes):
            return httpx.Response(200, content=answer)
        return answer if isinstance(answer, httpx.Response) else answer()

    definition = feed_definition(scopes=scopes, **options)
    errand = Errand(definition, now, answering(folder, respond), (), lookups=lookups)
    return Ran(open_source(definition).collect(errand))


def seen(ran: Ran) -> Iterator[tuple[str, str, str]]:
    """Give what was sighted: the day, the label and the feed, in order."""
    return ((str(each.day), each.label, each.outlet) for each in ran.sightings)
