"""The way to the network: one GET, politely, archived before anybody reads it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self, TypeVar

import httpx
import stamina
from pydantic import SecretStr

from forecaster.collect.asking.answer import Question, ask, lines
from forecaster.collect.asking.archive import Archive, Remembered
from forecaster.collect.asking.hosts import Hosts
from forecaster.collect.asking.keys import Keys, key_names
from forecaster.domain.errors import SourceUnavailable, UnknownName
from forecaster.domain.observation import Document
from forecaster.domain.sourcing import Collect

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
    max_ratio: float = 200
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


@dataclass(frozen=True)
class Fetcher:
    """Gets documents; what it returns already lies in the archive."""

    client: httpx.Client
    archive: Archive
    now: Callable[[], datetime]
    limits: Limits = Limits()
    hosts: Hosts = field(default_factory=Hosts)
    taken: Callable[[Document], None] = lambda _document: None
    keys: Mapping[str, SecretStr] = field(default_factory=dict)

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
            url: Its address; `{key:NAME}` stands for a key and is replaced only when sending.
            headers: Sent beside those of the client; keys as in the address.
            pace: How long after this request the next one to the same host waits at least.
            immutable: It never changes: once archived, the network is not asked again.
            max_bytes: More than this is `SourceChanged`.
            verify: Raises a `CollectError` on bytes that shall be neither kept nor returned;
                after `SourceUnavailable` they are asked for again.

        Raises:
            KeyMissing: This installation has no key of a name that is used.
            CollectError: As `answer` draws them, or of `verify`.
        """
        headers = dict(headers or {})
        before = self._kept(url, headers)
        if immutable and before is not None:
            fetched = before.unchanged()
        else:
            question = Question(
                url,
                seconds=self.limits.total_seconds,
                max_bytes=max_bytes or self.limits.max_bytes,
                max_ratio=self.limits.max_ratio,
                max_redirects=self.limits.max_redirects,
                headers=headers,
                validators=_validators(before.noted) if before else {},
                keys=Keys(self.keys).used(url, url, *headers.values()),
                pace=pace,
            )
            fetched = self._retried(lambda: self._fetch(question, before, verify))
        self.taken(fetched.document)
        return fetched

    def scan(self, url: str, pick: Callable[[str], T | None]) -> tuple[T, ...]:
        """Read a long list line by line and return what `pick` makes of them, nones left out.

        The list itself is not archived, it may be larger than all that it names; the lines of
        which something was made are.
        """
        question = Question(
            url,
            seconds=self.limits.scan_seconds,
            max_bytes=self.limits.max_scan_bytes,
            max_ratio=self.limits.max_ratio,
            max_redirects=self.limits.max_redirects,
            keys=Keys(self.keys).used(url, url),
        )
        kept, picked = self._retried(lambda: self._scan(question, pick))
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

    def file(self, url: str, read: Callable[[], bytes]) -> Fetched:
        """Return what is read otherwise than by a request, archived under its address."""
        body = read()
        document = Document(
            digest=self.archive.put(body),
            url=url,
            fetched_at=self.now(),
            status=httpx.codes.OK,
            size=len(body),
        )
        self.taken(document)
        return Fetched(document, body, unchanged=False)

    def narrowed_to(self, collect: Collect) -> Self:
        """Return one that has only the keys that a definition's options name, or its source bears.

        So that a source, whose answers may name the next address to ask, cannot ask for others.
        """
        named = key_names(collect)
        return replace(self, keys={name: key for name, key in self.keys.items() if name in named})

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

    def _kept(self, url: str, headers: Mapping[str, str]) -> "_Kept | None":
        """Find what the address answered last, if all of it is still in the archive."""
        noted = self.archive.remembered(url, headers)
        if noted is None:
            return None
        try:
            return _Kept(noted, self.archive.get(noted.document.digest))
        except UnknownName:
            return None

    def _fetch(
        self,
        question: Question,
        before: "_Kept | None",
        verify: Callable[[bytes], None] | None,
    ) -> Fetched:
        with ask(self.client, self.hosts, question, now=self.now()) as answer:
            if before is not None and answer.not_modified:
                return before.unchanged()
            body = question.keys.hidden(b"".join(answer.chunks))
        if verify is not None:
            verify(body)
        return self._keep(question, answer.response, body, before)

    def _keep(
        self, question: Question, response: httpx.Response, body: bytes, before: "_Kept | None"
    ) -> Fetched:
        document = Document(
            digest=self.archive.put(body),
            url=question.url,
            fetched_at=self.now(),
            status=response.status_code,
            size=len(body),
        )
        etag, changed = response.headers.get("ETag"), response.headers.get("Last-Modified")
        self.archive.remember(
            Remembered(document=document, etag=etag, last_modified=changed), question.headers
        )
        unchanged = before is not None and before.noted.document.digest == document.digest
        return Fetched(document, body, unchanged)

    def _scan(
        self, question: Question, pick: Callable[[str], T | None]
    ) -> tuple[tuple[str, ...], tuple[T, ...]]:
        """Return the lines of which something was made, and what."""
        with ask(self.client, self.hosts, question, now=self.now()) as answer:
            texts = (
                question.keys.hidden(line.decode(errors="replace"))
                for line in lines(answer.chunks, question.url)
            )
            pairs = [(text, found) for text in texts if (found := pick(text)) is not None]
        return tuple(text for text, _ in pairs), tuple(found for _, found in pairs)


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
