"""Answers that are given beforehand, in the place of the network."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import httpx

from forecaster.collect.asking.archive import Archive
from forecaster.domain.errors import UnknownName
from forecaster.domain.example import Reply

_NOT_FOUND = 404
_PLACEHOLDER = re.compile(r"%7Bkey%3A(\w+)%7D", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Given(httpx.BaseTransport):
    """Answers each address by the first pattern that fits; what no pattern fits is not there.

    Several answers to one pattern are given in order, one a request; the last one stays.
    """

    replies: Mapping[str, Sequence[Reply]]
    asked: list[str] = field(default_factory=list)
    used: dict[str, int] = field(default_factory=dict)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer without a network."""
        url = _recorded(request.url)
        self.asked.append(url)
        pattern = next((each for each in self.replies if _fits(each, url)), None)
        if pattern is None:
            return httpx.Response(_NOT_FOUND, request=request)
        told, place = self.replies[pattern], self.used.get(pattern, 0)
        self.used[pattern] = place + 1
        reply = told[min(place, len(told) - 1)]
        return httpx.Response(
            reply.status, headers=dict(reply.headers), content=reply.body, request=request
        )

    @property
    def unfitting(self) -> tuple[str, ...]:
        """List the addresses that were asked for and that no pattern fits."""
        asked = dict.fromkeys(self.asked)
        return tuple(url for url in asked if not any(_fits(each, url) for each in self.replies))


@dataclass(frozen=True)
class Saved(httpx.BaseTransport):
    """Answers from a folder: an archive of ours, or files that bear the address's last part.

    A folder with a single file answers every address with it.
    """

    folder: Path

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer without a network."""
        body = self._archived(_recorded(request.url)) or self._named(request.url)
        if body is None:
            return httpx.Response(_NOT_FOUND, request=request)
        return httpx.Response(200, content=body, request=request)

    def _archived(self, url: str) -> bytes | None:
        archive = Archive(self.folder)
        noted = archive.remembered(url)
        try:
            return archive.get(noted.document.digest) if noted else None
        except UnknownName:
            return None

    def _named(self, url: httpx.URL) -> bytes | None:
        files = [path for path in sorted(self.folder.iterdir()) if path.is_file()]
        wanted = unquote(url.path).rstrip("/").rpartition("/")[2]
        fitting = [path for path in files if wanted and path.name == wanted]
        chosen = fitting or (files if len(files) == 1 else [])
        return chosen[0].read_bytes() if chosen else None


def _recorded(url: httpx.URL) -> str:
    """Write an address as it is recorded: with `{key:NAME}` in the place of a key."""
    return _PLACEHOLDER.sub(r"{key:\1}", str(url))


def _fits(pattern: str, url: str) -> bool:
    plain = (re.escape(part) for part in pattern.split("*"))
    return re.fullmatch(".*".join(plain), url, re.DOTALL) is not None
