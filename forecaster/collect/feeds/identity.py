"""What makes two items of feeds the same one, wherever and however often they are seen."""

import hashlib
from urllib.parse import parse_qsl, urlencode, urlsplit

from forecaster.collect.feeds.syndication import Item

_TRACKING = ("utm_", "fbclid", "gclid")


def name_of(item: Item) -> str | None:
    """Name an item by its id or its address, else by its title and date; none if it has neither.

    An id that is no address is only its publisher's own, so the host of the link goes with it.
    """
    if "://" in item.guid:
        told = canonical(item.guid)
    elif item.guid:
        told = f"{_host(item.link)} {item.guid}"
    elif item.link:
        told = canonical(item.link)
    elif item.title:
        told = f"{item.title.casefold()} {item.date}"
    else:
        return None
    return hashlib.sha256(told.encode(errors="replace")).hexdigest()[:32]


def canonical(address: str) -> str:
    """Return an address without what differs between copies of the same link."""
    try:
        parts = urlsplit(address)
        asked = [
            (key, value)
            for key, value in parse_qsl(parts.query, keep_blank_values=True)
            if not key.lower().startswith(_TRACKING)
        ]
    except ValueError:
        return address
    host = parts.netloc.lower().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}?{urlencode(sorted(asked))}".rstrip("?")


def _host(link: str) -> str:
    return canonical(link).partition("/")[0].partition("?")[0]
