"""Conditional answers: strong ETags, 304, and how long an answer may be kept."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime

from fastapi import Request, Response

from forecaster.publish.image import Entry

BRIEFLY = timedelta(seconds=60)
"""How long anything may be kept whose next change is not announced."""

FOR_EVER = "public, max-age=31536000, immutable"
REVALIDATE = "public, no-cache"

_TAG = re.compile(r'(?:W/)?("[^"]*")')


@dataclass(frozen=True)
class Page:
    """A list as bytes, and the span in which it says what is so."""

    body: bytes
    etag: str
    since: datetime
    until: datetime | None

    def holds(self, now: datetime) -> bool:
        """Say whether nothing in the list has turned stale since it was composed."""
        return self.since <= now and (self.until is None or now <= self.until)


def etag_of(body: bytes) -> str:
    """Return a strong ETag: the digest of the content."""
    return f'"{hashlib.sha256(body).hexdigest()}"'


def keep_for(lifetime: timedelta) -> str:
    """Say that an answer may be kept so long, by anybody; one second at least."""
    return f"public, max-age={max(1, int(lifetime.total_seconds()))}"


def lifetime(entry: Entry, now: datetime) -> timedelta:
    """Return how long a published document may be kept: to its next update, or to staleness."""
    publication = entry.publication
    if entry.is_stale(now) or publication.next_update_at is None:
        return BRIEFLY
    if publication.next_update_at <= now:
        return BRIEFLY
    turns = [publication.next_update_at, publication.stale_after]
    return min(turn for turn in turns if turn is not None) - now


def answer(
    request: Request,
    body: bytes,
    *,
    etag: str,
    cache: str,
    media_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer with a body, or with 304 where the asker holds these very bytes already."""
    head = {"ETag": etag, "Cache-Control": cache, **(headers or {})}
    if _is_held(request, etag):
        return Response(status_code=304, headers=head)
    return Response(body, media_type=media_type, headers=head)


def published(
    request: Request,
    entry: Entry,
    now: datetime,
    *,
    cache: str | None = None,
    media_type: str = "application/json",
    is_retired: bool = False,
) -> Response:
    """Answer with a published document: its bytes and ETag never change, its headers do.

    The update that a retired one announces will not come, so it is kept briefly.
    """
    headers = {"Last-Modified": format_datetime(entry.publication.published_at, usegmt=True)}
    if entry.is_stale(now):
        headers["Forecaster-Stale"] = "true"
    if is_retired:
        headers["Forecaster-Retired"] = "true"
    span = BRIEFLY if is_retired else lifetime(entry, now)
    return answer(
        request,
        entry.publication.body,
        etag=entry.publication.etag,
        cache=cache or keep_for(span),
        media_type=media_type,
        headers=headers,
    )


def listed(request: Request, page: Page, now: datetime) -> Response:
    """Answer with a list: kept briefly, and never beyond the moment in which it will differ."""
    span = BRIEFLY if page.until is None else min(BRIEFLY, page.until - now)
    return answer(request, page.body, etag=page.etag, cache=keep_for(span))


def _is_held(request: Request, etag: str) -> bool:
    held = ",".join(request.headers.getlist("if-none-match"))
    return held.strip() == "*" or etag in _TAG.findall(held)
