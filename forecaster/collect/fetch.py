"""The way to the network: one GET, politely, archived before anybody reads it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

import httpx
import stamina

from forecaster.collect.answer import ask, lines
from forecaster.collect.archive import Archive, Remembered
from forecaster.collect.hosts import Hosts
from forecaster.domain.errors import SourceUnavailable, UnknownName
from forecaster.domain.observation import Document

T = TypeVar("T")


@dataclass(frozen=True)
class Limits:
    """How long, how much, and how often one address may be asked."""

    connect_seconds: float = 10
    read_seconds: float = 30
    total_seconds: float = 120
    scan_seconds: float = 1_800
    max_bytes: int = 64_000_000
    max_scan_bytes: int = 2_000_000_000
    max_redirects: int = 5
    attempts: int = 4
    first_wait_seconds: float = 0.5
    longest_wait_seconds: float = 10


@dataclass(frozen=True)
class Fetched:
    """A document and its bytes; `unchanged` since it was fetched before."""

    document: Document
    body: bytes
    unchanged: bool


def new_client(
    contact: str | None, limits: Limits | None = None, transport: httpx.BaseTransport | None = None
) -> httpx.Client:
    """Make the client for sources: HTTP/1.1, few redirects, and whom to call if it annoys."""
    limits = limits or Limits()
    return httpx.Client(
        headers={"User-Agent": f"forecaster (+{contact})" if contact else "forecaster"},
        timeout=httpx.Timeout(limits.read_seconds, connect=limits.connect_seconds),
        follow_redirects=True,
        max_redirects=limits.max_redirects,
        transport=transport,
    )


@dataclass(frozen=True)
class Fetcher:
    """Gets documents; what it returns already lies in the archive."""

    client: httpx.Client
    archive: Archive
    now: Callable[[], datetime]
    limits: Limits = Limits()
    hosts: Hosts = field(default_factory=Hosts)
    taken: Callable[[Document], None] = lambda _document: None

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        pace: timedelta = timedelta(0),
        immutable: bool = False,
        max_bytes: int | None = None,
        verify: Callable[[bytes], None] | None = None,
    ) -> Fetched:
        """Return the document at an address, from the archive where it has not changed.

        Args:
            url: Its address.
            headers: Sent beside those of the client.
            pace: How long after this request the next one to the same host waits at least.
            immutable: It never changes: once archived, the network is not asked again.
            max_bytes: More than this is `SourceChanged`.
            verify: Raises a `CollectError` on bytes that shall be neither kept nor returned;
                after `SourceUnavailable` they are asked for again.

        Raises:
            CollectError: As `answer` draws them, or of `verify`.
        """
        before = self._kept(url)
        if immutable and before is not None:
            fetched = before.unchanged()
        else:
            asked = _Asked(url, dict(headers or {}), pace)
            fetched = self._retried(lambda: self._fetch(asked, before, max_bytes, verify))
        self.taken(fetched.document)
        return fetched

    def scan(self, url: str, pick: Callable[[str], T | None]) -> tuple[T, ...]:
        """Read a long list line by line and return what `pick` makes of them, nones left out.

        The list itself is not archived, it may be larger than all that it names; the lines of
        which something was made are.
        """
        kept, picked = self._retried(lambda: self._scan(url, pick))
        body = "\n".join(kept).encode()
        document = Document(
            digest=self.archive.put(body),
            url=url,
            fetched_at=self.now(),
            status=httpx.codes.OK,
            size=len(body),
        )
        self.taken(document)
        return picked

    def _retried(self, once: Callable[[], T]) -> T:
        """Ask until it answers or the attempts are used up, waiting longer each time."""
        limits = self.limits
        attempts = stamina.retry_context(
            on=self._wait_asked_for,
            attempts=limits.attempts,
            timeout=None,
            wait_initial=limits.first_wait_seconds,
            wait_max=limits.longest_wait_seconds,
            wait_jitter=limits.first_wait_seconds,
        )
        for attempt in attempts:
            with attempt:
                return once()
        raise AssertionError("the last attempt returns or raises")  # pragma: no cover

    def _wait_asked_for(self, error: Exception) -> bool | float:
        """Say whether to ask again in this run, and if the source named a wait, when."""
        if not isinstance(error, SourceUnavailable):
            return False
        if error.retry_after is None:
            return True
        seconds = error.retry_after.total_seconds()
        return seconds if seconds <= self.limits.longest_wait_seconds else False

    def _kept(self, url: str) -> "_Kept | None":
        """Find what the address answered last, if all of it is still in the archive."""
        noted = self.archive.remembered(url)
        if noted is None:
            return None
        try:
            return _Kept(noted, self.archive.get(noted.document.digest))
        except UnknownName:
            return None

    def _fetch(
        self,
        asked: "_Asked",
        before: "_Kept | None",
        max_bytes: int | None,
        verify: Callable[[bytes], None] | None,
    ) -> Fetched:
        url = asked.url
        headers = asked.headers | (_validators(before.noted) if before else {})
        limit = max_bytes or self.limits.max_bytes
        with (
            self.hosts.turn(asked.host, asked.pace),
            ask(
                self.client,
                url,
                headers,
                now=self.now(),
                seconds=self.limits.total_seconds,
                max_bytes=limit,
            ) as answer,
        ):
            if before is not None and answer.not_modified:
                return before.unchanged()
            body = b"".join(answer.chunks)
        if verify is not None:
            verify(body)
        return self._keep(url, answer.response, body, before)

    def _keep(
        self, url: str, response: httpx.Response, body: bytes, before: "_Kept | None"
    ) -> Fetched:
        document = Document(
            digest=self.archive.put(body),
            url=url,
            fetched_at=self.now(),
            status=response.status_code,
            size=len(body),
        )
        etag, changed = response.headers.get("ETag"), response.headers.get("Last-Modified")
        self.archive.remember(Remembered(document=document, etag=etag, last_modified=changed))
        unchanged = before is not None and before.noted.document.digest == document.digest
        return Fetched(document, body, unchanged)

    def _scan(
        self, url: str, pick: Callable[[str], T | None]
    ) -> tuple[tuple[str, ...], tuple[T, ...]]:
        """Return the lines of which something was made, and what."""
        with ask(
            self.client,
            url,
            {},
            now=self.now(),
            seconds=self.limits.scan_seconds,
            max_bytes=self.limits.max_scan_bytes,
        ) as answer:
            texts = (line.decode(errors="replace") for line in lines(answer.chunks, url))
            pairs = [(text, found) for text in texts if (found := pick(text)) is not None]
        return tuple(text for text, _ in pairs), tuple(found for _, found in pairs)


@dataclass(frozen=True)
class _Asked:
    """What is asked for, and how."""

    url: str
    headers: dict[str, str]
    pace: timedelta

    @property
    def host(self) -> str:
        """Name the host; none, if the address is none: that is said when it is asked."""
        return re.sub(r"^\w+://([^/?#]*).*$", r"\1", self.url)


@dataclass(frozen=True)
class _Kept:
    """What the archive holds of an address."""

    noted: Remembered
    body: bytes

    def unchanged(self) -> Fetched:
        return Fetched(self.noted.document, self.body, unchanged=True)


def _validators(noted: Remembered) -> dict[str, str]:
    named = {"If-None-Match": noted.etag, "If-Modified-Since": noted.last_modified}
    return {name: value for name, value in named.items() if value}
