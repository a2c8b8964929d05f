"""Turns the pages of an answer that comes in several, whatever the source."""

from collections.abc import Callable, Iterator
from typing import Literal, Protocol, Self, TypeVar
from urllib.parse import quote, unquote_plus, urljoin, urlsplit

from pydantic import Field, model_validator

from forecaster.collect.asking.fetch import Fetched
from forecaster.collect.endpoints.expressions import check, shown
from forecaster.domain.base import Frozen
from forecaster.domain.errors import DocumentAbsent, SourceChanged
from forecaster.domain.faults import Fault, refuse

_KEY = "{key:"
_NEEDS = {
    "next_link": ({"next"}, set[str]()),
    "cursor": ({"next", "parameter"}, set[str]()),
    "page": ({"parameter"}, {"first", "total"}),
    "offset": ({"parameter"}, {"first", "total"}),
}


class Pages(Frozen):
    """How a source parts a long answer."""

    style: Literal["next_link", "page", "offset", "cursor"] = Field(
        description="next_link: the body names the next address; cursor: it names what to send; "
        "page, offset: numbers are sent until a page is empty"
    )
    next: str | None = Field(
        default=None, description="expression that finds the next address, or the next cursor"
    )
    parameter: str | None = Field(
        default=None, min_length=1, description="query parameter of the page, offset or cursor"
    )
    first: int | None = Field(
        default=None, ge=0, description="number of the first page (1), or first offset (0)"
    )
    total: str | None = Field(
        default=None,
        description="expression that finds the number of pages, or with offsets of rows; "
        "without it an empty page is the end",
    )
    max: int = Field(
        default=50, ge=1, le=1_000, description="with more pages the run fails: part is no answer"
    )

    @model_validator(mode="after")
    def _fits_its_style(self) -> Self:
        needed, allowed = _NEEDS[self.style]
        for name in ("next", "parameter", "first", "total"):
            given = getattr(self, name)
            if given is None and name in needed:
                refuse(Fault(f"pages in the style {self.style!r} need {name!r}"))
            if given is not None and name not in needed | allowed:
                refuse(Fault(f"says nothing in the style {self.style!r}", (name,)))
            if isinstance(given, str) and name in {"next", "total"}:
                try:
                    check(given)
                except ValueError as error:
                    refuse(Fault(str(error), (name,)))
        return self

    @property
    def reads_bodies(self) -> bool:
        """Say whether the way on is found by an expression."""
        return self.next is not None or self.total is not None


class Page(Protocol):
    """One page, as its source has read it."""

    @property
    def fetched(self) -> Fetched:
        """Return the document."""
        ...

    @property
    def size(self) -> int:
        """Count its rows."""
        ...

    def find(self, expression: str) -> object:
        """Return what an expression finds in it."""
        ...


P = TypeVar("P", bound=Page)


def walk(pages: Pages | None, url: str, get: Callable[[str], P]) -> Iterator[P]:
    """Get one page after the other.

    Raises:
        SourceChanged: More pages than agreed, a page that comes again, another host.
    """
    if pages is None:
        yield get(url)
        return
    turn, visited = _Turn(pages, url), set[str]()
    address: str | None = turn.first
    for _ in range(pages.max):
        assert address is not None  # noqa: S101  (the loop ends before)
        visited.add(address)
        try:
            page = get(address)
        except DocumentAbsent:
            if len(visited) == 1 or pages.next is not None:
                raise
            return
        turn.refuse_repetition(page, address)
        yield page
        address = turn.after(page, address)
        if address is None:
            return
        if address in visited:
            raise SourceChanged(f"{url}: its pages go in a circle: {address} comes again")
    raise SourceChanged(f"{url} has more than {pages.max} pages; ask for less, or raise pages.max")


class _Turn:
    """Where in the pages of an answer a run is."""

    def __init__(self, pages: Pages, url: str) -> None:
        """Begin before the first page."""
        self.pages, self.url = pages, url
        default = 1 if pages.style == "page" else 0
        self.number = default if pages.first is None else pages.first
        self.start = self.number
        self.last_digest: str | None = None

    @property
    def first(self) -> str:
        """Return the address of the first page."""
        if self.pages.style in {"page", "offset"} and self.pages.first is not None:
            return self._numbered()
        return self.url

    def after(self, page: Page, address: str) -> str | None:
        """Return the address of the page after this one; none if it was the last."""
        if self.pages.next is None:
            return self._next_number(page)
        found = page.find(self.pages.next)
        if found in (None, "", False):
            return None
        if isinstance(found, bool) or not isinstance(found, str | int):
            raise SourceChanged(
                f"{address}: {self.pages.next!r} found {shown(found)}; expected the next page"
            )
        if self.pages.style == "cursor":
            assert self.pages.parameter is not None  # noqa: S101  (the style needs it)
            return with_parameter(self.url, self.pages.parameter, quote(str(found), safe=""))
        return next_address(address, str(found))

    def refuse_repetition(self, page: Page, address: str) -> None:
        """Raise if a page with rows is the one before once more: the number was not heeded."""
        digest = page.fetched.document.digest
        if page.size and digest == self.last_digest:
            name = self.pages.parameter
            hint = f"; does the source know {name!r}?" if name else ""
            raise SourceChanged(f"{address} gives the page before it once more{hint}")
        self.last_digest = digest

    def _next_number(self, page: Page) -> str | None:
        self.number += 1 if self.pages.style == "page" else page.size
        total = self._total(page)
        got = self.number - self.start
        if not page.size or (total is not None and got >= total):
            return None
        return self._numbered()

    def _total(self, page: Page) -> int | None:
        if self.pages.total is None:
            return None
        found = page.find(self.pages.total)
        if isinstance(found, bool) or not str(found).isdecimal():
            raise SourceChanged(
                f"{self.url}: {self.pages.total!r} found {shown(found)}; expected a number"
            )
        return int(str(found)[:15])

    def _numbered(self) -> str:
        assert self.pages.parameter is not None  # noqa: S101  (the style needs it)
        return with_parameter(self.url, self.pages.parameter, str(self.number))


def with_parameter(url: str, name: str, written: str) -> str:
    """Set one parameter of an address; its value stands as it is written."""
    base, _, query = url.partition("#")[0].partition("?")
    kept = [part for part in query.split("&") if part and _name(part) != name]
    return f"{base}?{'&'.join([*kept, quote(name, safe='') + '=' + written])}"


def next_address(url: str, link: str) -> str:
    """Complete a link that a page gives; a key is asked for by name, never as the page has it.

    Raises:
        SourceChanged: It leads to another host, or nowhere.
    """
    try:
        joined = urljoin(url, link.strip())
        here, there = urlsplit(url), urlsplit(joined)
    except ValueError as error:
        raise SourceChanged(f"{url}: its next page is {link[:200]!r}: {error}") from error
    if there.scheme not in {"http", "https"} or there.netloc.lower() != here.netloc.lower():
        raise SourceChanged(
            f"{url}: its next page is {link[:200]!r}; a page of {here.netloc} was expected"
        )
    joined = f"{here.scheme}{joined[len(there.scheme) :]}"
    for part in here.query.split("&"):
        if _KEY in part:
            joined = with_parameter(joined, _name(part), part.partition("=")[2])
    return joined.partition("#")[0]


def _name(part: str) -> str:
    return unquote_plus(part.partition("=")[0])
