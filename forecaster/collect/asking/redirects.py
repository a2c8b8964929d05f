"""Follow redirects by our own rules: few, never in a circle, and keys go to nobody else."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from forecaster.collect.asking.keys import EXTENSION, names_in
from forecaster.domain.errors import SourceChanged

_SCHEMES = {"http", "https"}


@dataclass(frozen=True)
class Way:
    """Where one question has led so far.

    Attributes:
        url: Where it began.
        headers: What its asker sends, keys as placeholders.
        most: How many redirects are followed.
        seen: The addresses that were asked.
    """

    url: str
    headers: Mapping[str, str]
    most: int
    seen: list[httpx.URL] = field(default_factory=list)

    def said(self, request: httpx.Request) -> str:
        """Name the address that is asked, and if it is another one, what led to it."""
        return f"{self.url} redirects to {request.url}" if self.seen else self.url

    def onward(self, request: httpx.Request, response: httpx.Response) -> httpx.Request | None:
        """Return the request to which an answer leads, or none if it is no redirect.

        Raises:
            SourceChanged: It leads where we do not follow.
        """
        following = response.next_request
        if following is None:
            return None
        self.seen.append(request.url)
        here, there = request.url, following.url
        wrong = self._objection(here, there)
        if wrong is not None:
            raise SourceChanged(
                f"{self.url} redirects to {there.copy_with(userinfo=b'')}, {wrong}"
            )
        if _origin(here) == _origin(there):
            return following
        return self._without_keys(following)

    def _objection(self, here: httpx.URL, there: httpx.URL) -> str | None:
        objections = {
            "which is no address of the web": there.scheme not in _SCHEMES,
            "where anybody could read and change the answer on its way": here.scheme == "https"
            and there.scheme == "http",
            "with a user name or a password in it": bool(there.userinfo),
            "in a circle": there in self.seen,
            f"the last of more than {self.most} redirects": len(self.seen) > self.most,
            "another scheme, host or port, where no key goes: if it should, ask it directly": (
                _origin(here) != _origin(there) and bool(names_in(str(there)))
            ),
        }
        return next((words for words, holds in objections.items() if holds), None)

    def _without_keys(self, following: httpx.Request) -> httpx.Request:
        """Send to another host neither a key nor a header that held one."""
        keyed = {name.lower() for name, value in self.headers.items() if names_in(value)}
        kept = [
            (name, value)
            for name, value in following.headers.multi_items()
            if name.lower() not in keyed | {"authorization", "cookie"}
        ]
        extensions = {
            name: value for name, value in following.extensions.items() if name != EXTENSION
        }
        return httpx.Request(following.method, following.url, headers=kept, extensions=extensions)


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return (url.scheme, url.host, url.port)
