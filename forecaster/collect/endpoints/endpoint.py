"""An address to ask, as definitions write it: placeholders, parameters, headers, a span."""

import re
from collections.abc import Iterator, Mapping
from typing import Self

from pydantic import Field, field_validator, model_validator

from forecaster.collect.endpoints import moments
from forecaster.collect.endpoints.paging import Pages
from forecaster.collect.endpoints.records import RecordOptions
from forecaster.domain.duration import Duration
from forecaster.domain.errors import did_you_mean
from forecaster.domain.faults import Fault, refuse

PLACEHOLDERS = ("a", "b", "dyad", "actor", "since", "until")
"""What a request may hold in braces, beside `{key:NAME}`."""
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
KEY = re.compile(r"\{key:[^{}]*\}")
_PROPER_KEY = re.compile(r"\{key:[A-Za-z][A-Za-z0-9_]*\}")
_SECRETS = {"apikey", "auth", "authorization", "bearer", "cookie", "key", "passwd", "password"}
_SECRETS |= {"secret", "token"}
_OURS = {"host", "content-length", "transfer-encoding", "connection", "user-agent"}
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_URL = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?([/?].*)?")

Atom = str | int | float | bool
Param = Atom | tuple[Atom, ...]


class EndpointOptions(RecordOptions):
    """What is asked of an address, once or once for each scope."""

    url: str = Field(
        min_length=1,
        max_length=2_000,
        description="address; may hold {a} {b} {dyad} {actor} {since} {until} {key:NAME}",
    )
    params: Mapping[str, Param] = Field(
        default={}, description="query parameters; a list repeats its name"
    )
    headers: Mapping[str, str] = Field(
        default={}, description="sent beside ours; keys as {key:NAME} alone"
    )
    codes: Mapping[str, str] = Field(
        default={},
        description="how the source names the actors, or the dyads: {CHN: '156', RUS: '643'}",
    )
    scope: tuple[str, ...] | None = Field(
        default=None,
        min_length=1,
        max_length=2,
        description="where in a row its scope stands; two places make a dyad",
    )
    others: bool = Field(
        default=False, description="whether rows of places that nobody declared are left out"
    )
    history: Duration | None = Field(
        default=None, description="how far back {since} lies where no backfill says it"
    )
    since_format: moments.Format = Field(
        default="iso", description="how {since} and {until} are written; as in date_format"
    )
    pages: Pages | None = None
    pace_seconds: float = Field(
        default=0,
        ge=0,
        le=600,
        description="least time between two requests to the host, where it wants more than ours",
    )

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        if not _URL.fullmatch(url):
            raise ValueError(f"{url[:200]!r} is not an address such as https://example.org/data")
        return url

    @field_validator("codes")
    @classmethod
    def _codes_are_plain(cls, codes: Mapping[str, str]) -> Mapping[str, str]:
        for name, code in codes.items():
            if not code or re.search(r"[{}\x00-\x1f]", code):
                refuse(Fault(f"{code!r} is not the name of anything", (name,)))
        return codes

    @model_validator(mode="after")
    def _asks_properly(self) -> Self:
        texts = list(_texts(self))
        faults = [
            *(fault for where, text in texts for fault in _strangers(where, text)),
            *(fault for name, text in self.headers.items() for fault in _misused(name, text)),
            *_literal_keys(self),
        ]
        timed = any(f"{{{name}}}" in text for _, text in texts for name in ("since", "until"))
        if timed and self.history is None:
            faults.append(Fault("{since} and {until} need 'history: 90 days', or the like"))
        if self.history is not None and not timed:
            faults.append(Fault("says nothing without {since} in the address", ("history",)))
        if self.how == "count" and not any("{since}" in text for _, text in texts):
            faults.append(Fault("only what was asked for can be zero: ask from {since}", ("how",)))
        refuse(*faults)
        return self


def _texts(options: EndpointOptions) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Walk through every text that goes into a request, with its place."""
    yield ("url",), options.url
    for name, param in options.params.items():
        for atom in param if isinstance(param, tuple) else (param,):
            yield ("params", name), str(atom)
    for name, text in options.headers.items():
        yield ("headers", name), text


def _strangers(where: tuple[str | int, ...], text: str) -> Iterator[Fault]:
    """Find what stands in braces and is not filled by anything."""
    for key in KEY.findall(text):
        if not _PROPER_KEY.fullmatch(key):
            yield Fault(f"{key} names no key; a name is letters and digits: {{key:fred}}", where)
    for name in PLACEHOLDER.findall(text):
        if name not in PLACEHOLDERS:
            hint = did_you_mean(name, PLACEHOLDERS)
            yield Fault(f"{{{name}}} is not a placeholder of a request{hint}", where)


def _misused(name: str, text: str) -> Iterator[Fault]:
    if not _HEADER_NAME.fullmatch(name):
        yield Fault(f"{name!r} is not the name of a header", ("headers", name))
    elif name.lower() in _OURS:
        yield Fault(f"{name} is ours to say", ("headers", name))
    if not text.isprintable() or not text.isascii():
        yield Fault("a header holds printable ASCII alone", ("headers", name))


def _literal_keys(options: EndpointOptions) -> Iterator[Fault]:
    """Find keys that stand in the definition itself, which everybody may read."""
    query = options.url.partition("?")[2]
    written = [(("url",), *part.partition("=")[::2]) for part in query.split("&")]
    pairs = [(where, str(where[-1]), text) for where, text in _texts(options) if len(where) > 1]
    for where, name, text in [*written, *pairs]:
        words = re.split(r"[^a-z0-9]+", re.sub(r"([a-z])([A-Z])", r"\1-\2", name).lower())
        if _SECRETS & set(words) and not KEY.search(text):
            yield Fault(
                f"{name} looks like a key, and a definition holds none: write {{key:NAME}} "
                "here, and give the key of that name to the installation",
                where,
            )
