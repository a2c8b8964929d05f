"""What a run asks for: the addresses of its scopes over its span, every placeholder filled."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from forecaster.collect.endpoints import moments
from forecaster.collect.endpoints.endpoint import KEY, PLACEHOLDER, EndpointOptions
from forecaster.collect.endpoints.records import Span
from forecaster.collect.source import Errand
from forecaster.domain.actors import actors_of
from forecaster.domain.errors import SourceChanged, did_you_mean
from forecaster.domain.indicator import Definition
from forecaster.domain.period import Period

_PARTS = re.compile(f"({KEY.pattern}|{PLACEHOLDER.pattern.replace('(', '(?:')})")


@dataclass(frozen=True)
class Request:
    """One thing to ask: an address, its headers, and what of the answer is looked at."""

    url: str
    headers: tuple[tuple[str, str], ...]
    select: str


def span_of(options: EndpointOptions, errand: Errand) -> Span:
    """Return the whole periods that a run asks for, around the window or up to now."""
    frequency = errand.definition.frequency
    if errand.window is not None:
        start, end = errand.window
        last = Period.containing((end - timedelta(microseconds=1)).date(), frequency)
        return Span(_start(start, errand.definition), last.ends_at)
    until = Period.containing(errand.now.date(), frequency).ends_at
    if options.history is None:
        return Span(None, until)
    return Span(_start(errand.now - options.history, errand.definition), until)


def requests(
    options: EndpointOptions, errand: Errand, span: Span, select: str
) -> dict[Request, tuple[str, ...]]:
    """Group the scopes by what has to be asked for them.

    Raises:
        SourceChanged: The codes lack an actor, or nothing tells some scopes apart.
    """
    until = min(span.until, errand.now)
    times = {
        "since": moments.write(span.since or until, options.since_format),
        "until": moments.write(until, options.since_format),
    }
    asked: dict[Request, list[str]] = {}
    for scope in errand.definition.scopes:
        fills = {**times, **names_of(scope, options.codes)}
        asked.setdefault(_request(options, fills, select), []).append(scope)
    for scopes in asked.values():
        _refuse_one_answer(options, scopes)
    return {request: tuple(scopes) for request, scopes in asked.items()}


def names_of(scope: str, codes: Mapping[str, str]) -> Mapping[str, str]:
    """Return what the placeholders of a scope stand for, as the source names it."""
    actors = actors_of(scope)
    names = dict(zip(("a", "b"), actors, strict=True)) if len(actors) > 1 else {}
    if len(actors) == 1:
        names["actor"] = scope
    names = {name: codes.get(actor, "" if codes else actor) for name, actor in names.items()}
    return {**names, "dyad": codes.get(scope, scope)} if len(actors) > 1 else names


def filled(text: str, fills: Mapping[str, str], encode: Callable[[str], str] = str) -> str:
    """Fill the placeholders of a text with what is encoded for it."""
    return "".join(
        encode(_fill(part, fills)) if PLACEHOLDER.fullmatch(part) else part
        for part in _PARTS.split(text)
    )


def quoted(text: str) -> str:
    """Escape a name that stands between the quotation marks of an expression."""
    return re.sub(r"([\\'\"`])", r"\\\1", text)


def _start(at: datetime, definition: Definition) -> datetime:
    """Return the start of a moment's period: half a period would be a wrong value."""
    return Period.containing(at.date(), definition.frequency).shift(-1).ends_at


def _request(options: EndpointOptions, fills: Mapping[str, str], select: str) -> Request:
    url = filled(options.url, fills, _encoded)
    pairs = [
        f"{_encoded(name)}={_parameter(text, fills)}"
        for name, param in options.params.items()
        for text in _written(param)
    ]
    if pairs:
        url += ("&" if "?" in url else "?") + "&".join(pairs)
    headers = tuple((name, filled(text, fills)) for name, text in options.headers.items())
    return Request(url, headers, filled(select, fills, quoted))


def _written(param: object) -> Iterator[str]:
    for atom in param if isinstance(param, Sequence) and not isinstance(param, str) else [param]:
        yield str(atom).lower() if isinstance(atom, bool) else str(atom)


def _parameter(text: str, fills: Mapping[str, str]) -> str:
    """Encode a parameter's value; the name of a key stays as the fetcher looks for it."""
    return "".join(
        part if KEY.fullmatch(part) else _encoded(filled(part, fills))
        for part in _PARTS.split(text)
    )


def _encoded(text: str) -> str:
    return quote(text, safe="")


def _fill(part: str, fills: Mapping[str, str]) -> str:
    name = part[1:-1]
    if not fills.get(name):
        if name in fills:
            raise SourceChanged(f"'codes' has no code for {{{name}}}; give every actor one")
        raise SourceChanged(f"{part} stands for nothing here{did_you_mean(name, sorted(fills))}")
    return fills[name]


def _refuse_one_answer(options: EndpointOptions, scopes: Sequence[str]) -> None:
    """Raise if several scopes would be given the values of one."""
    places = (options.value, options.date, options.distinct)
    if len(scopes) > 1 and options.scope is None:
        if any(PLACEHOLDER.search(place) for place in places if place):
            return
        raise SourceChanged(
            f"{', '.join(scopes)} would all get the same values: name them in the address "
            "({a}, {b}, {actor}), in an expression, or say under 'scope' where a row names its own"
        )
