"""One run over an endpoint: ask for each scope, turn the pages, place the rows, read them."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from forecaster.collect.asking.fetch import Fetched
from forecaster.collect.endpoints import paging
from forecaster.collect.endpoints.endpoint import EndpointOptions
from forecaster.collect.endpoints.records import Record, Span, readings
from forecaster.collect.endpoints.request import Request, filled, names_of, requests, span_of
from forecaster.collect.source import Batch, Errand
from forecaster.domain.actors import dyad
from forecaster.domain.errors import (
    CollectError,
    KeyMissing,
    SourceChanged,
    SourceUnavailable,
    UnknownName,
)
from forecaster.domain.observation import Reading

_PATIENCE = 2  # silent answers in a row after which a source is left alone until the next run
Cell = Callable[[str], object]


class Table(paging.Page, Protocol):
    """A page whose rows can be read, cell by cell."""

    @property
    def fields(self) -> frozenset[str] | None:
        """Return the names that its rows bear."""
        ...

    def cells(self) -> Iterator[tuple[str, Cell]]:
        """Walk through its rows: the place of each, and what finds a cell of it."""
        ...

    def absent(self, place: str) -> str | None:
        """Say that no row has such a place at all; none if one could."""
        ...


def gather(
    options: EndpointOptions,
    errand: Errand,
    read: Callable[[Fetched, Request], Table],
    *,
    verify: Callable[[bytes, str], None],
    select: str = "",
    escape: Callable[[str], str] = str,
) -> Iterator[Batch]:
    """Give what an endpoint has on every scope; what fails is said after all that went well."""
    span = span_of(options, errand)
    asked = requests(options, errand, span, select)
    failed: list[CollectError] = []
    silent = 0
    for done, (request, scopes) in enumerate(asked.items(), 1):

        def get(url: str, request: Request = request) -> Table:
            fetched = errand.fetch.get(
                url,
                headers=dict(request.headers),
                pace=timedelta(seconds=options.pace_seconds),
                verify=lambda body: verify(body, url),
            )
            return read(fetched, request)

        try:
            pages = tuple(paging.walk(options.pages, request.url, get))
            found = _read(_Run(options, errand, span, escape), pages, scopes)
        except KeyMissing:
            raise  # the other requests want it, too
        except CollectError as error:
            failed.append(error)
            silent = silent + 1 if isinstance(error, SourceUnavailable) else 0
            if silent == _PATIENCE:
                break
            continue
        silent = 0
        yield from _batches(pages, found, done, len(asked))
    if failed:
        raise _summary(failed, len(asked))


@dataclass(frozen=True)
class _Run:
    """What one run works with."""

    options: EndpointOptions
    errand: Errand
    span: Span
    escape: Callable[[str], str]

    def places(self, scope: str) -> dict[str, str]:
        """Return where the parts of a record stand in a row, for one scope."""
        named = {
            "date": self.options.date,
            "value": self.options.value,
            "n": self.options.n,
            "identity": self.options.distinct,
        }
        fills = names_of(scope, self.options.codes)
        return {name: filled(place, fills, self.escape) for name, place in named.items() if place}


def _read(run: _Run, pages: Sequence[Table], scopes: Sequence[str]) -> dict[int, list[Reading]]:
    for scope in scopes:
        _refuse_vanished(pages, run.places(scope))
    records = tuple(_records(run, pages, scopes))
    if not records and run.options.how != "count" and any(page.size for page in pages):
        raise SourceChanged(f"{pages[0].fetched.document.url}: no row is of {', '.join(scopes)}")
    return readings(run.options, run.errand, run.span, records, set(scopes))


def _refuse_vanished(pages: Sequence[Table], places: Mapping[str, str]) -> None:
    """Raise if a page has rows, but none of them has a place that all of them should have."""
    for page in pages:
        for place in places.values() if page.size else ():
            reason = page.absent(place)
            if reason is not None:
                raise SourceChanged(f"{page.fetched.document.url}: {reason}")


def _records(run: _Run, pages: Sequence[Table], scopes: Sequence[str]) -> Iterator[Record]:
    """Walk through the rows of all pages, each as a record of every scope that it is of."""
    places = {scope: run.places(scope) for scope in scopes}
    placed = _Placed(run.options, run.errand, frozenset(scopes))
    for number, page in enumerate(pages):
        for where, cell in page.cells():
            for scope in placed.scopes(where, cell) if run.options.scope else scopes:
                found = {name: cell(place) for name, place in places[scope].items()}
                yield Record(where, number, scope, **found)


class _Placed:
    """Says of which scope a row is."""

    def __init__(self, options: EndpointOptions, errand: Errand, wanted: frozenset[str]) -> None:
        """Turn the codes around."""
        self.options, self.lookups, self.wanted = options, errand.lookups, wanted
        self.by_code = {code: name for name, code in options.codes.items()}

    def scopes(self, where: str, cell: Cell) -> Iterable[str]:
        """Return the one scope that a row names, or none; a name nobody knows is an error."""
        names = [cell(place) for place in self.options.scope or ()]
        known = [self._known(str(name)) if name is not None else None for name in names]
        if None in known:
            if self.options.others:
                return ()
            unknown = names[known.index(None)]
            raise SourceChanged(
                f"{where} is of {unknown!r}, which neither 'codes' nor the lookups know; "
                "declare it, or leave such rows out with 'others: true'"
            )
        actors = [name for name in known if name is not None]
        scope = actors[0] if len(actors) == 1 else dyad(*actors)
        return (scope,) if scope in self.wanted else ()

    def _known(self, name: str) -> str | None:
        if name in self.by_code:
            return self.by_code[name]
        if re.fullmatch(r"[A-Z]{3}(-[A-Z]{3})?", name):
            return name
        try:
            return self.lookups.actor(name)
        except UnknownName:
            return None


def _batches(
    pages: Sequence[Table], found: Mapping[int, Sequence[Reading]], done: int, total: int
) -> Iterator[Batch]:
    """Give a batch for each page, so that every reading points to the document it comes from."""
    for number, page in enumerate(pages):
        is_last = number == len(pages) - 1
        yield Batch(
            readings=tuple(found.get(number, ())),
            document=page.fetched.document,
            rows=page.size,
            fields=page.fields,
            done=done if is_last else done - 1,
            total=total,
        )


def _summary(failed: Sequence[CollectError], total: int) -> CollectError:
    """Say in one error what failed; a person must look if anything changed."""
    if len(failed) == 1:
        return failed[0]
    changed = [error for error in failed if not isinstance(error, SourceUnavailable)]
    said = f"{len(failed)} of {total} requests failed; the first: {(changed or failed)[0]}"
    if changed:
        return SourceChanged(said)
    waits = [error.retry_after for error in failed if isinstance(error, SourceUnavailable)]
    return SourceUnavailable(said, retry_after=max(filter(None, waits), default=None))
