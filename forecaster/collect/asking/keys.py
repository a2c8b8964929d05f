"""Keys of sources: written `{key:NAME}` in addresses and headers, put in only when sending.

Whatever is recorded, logged or raised holds the placeholder: the key is put in by the transport,
beneath the client, and taken out of what comes back before anybody reads it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import AnyStr
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from forecaster.domain.errors import KeyMissing
from forecaster.domain.sourcing import Collect

EXTENSION = "forecaster_keys"
"""Where a request carries the keys that it may use."""

_PLACE = re.compile(r"(?:\{|%7B)key(?::|%3A)(\w+)(?:\}|%7D)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Keys:
    """The keys that one request may use, by name in lower case."""

    known: Mapping[str, SecretStr] = field(default_factory=dict)

    def used(self, what: str, *texts: str) -> "Keys":
        """Return those that some texts name; `KeyMissing` if one of them is not known."""
        names = {name for text in texts for name in names_in(text)}
        for name in sorted(names - self.known.keys()):
            raise KeyMissing(f"{what} needs the key {name!r}: set FORECASTER_KEY_{name.upper()}")
        return Keys({name: self.known[name] for name in names})

    def filled_url(self, url: httpx.URL) -> httpx.URL:
        """Put the keys into the path and the query of an address."""
        path = url.raw_path.decode("ascii")
        filled = _PLACE.sub(lambda found: self._value(found, quoted=True), path)
        return url if filled == path else url.copy_with(raw_path=filled.encode("ascii"))

    def filled(self, text: str) -> str:
        """Put the keys into a header's value."""
        return _PLACE.sub(lambda found: self._value(found, quoted=False), text)

    def hidden(self, text: AnyStr) -> AnyStr:
        """Put placeholders where keys stand, spelled out, percent-encoded or escaped for JSON."""
        for name, secret in self.known.items():
            pattern, place = _spellings(secret.get_secret_value()), f"{{key:{name}}}"
            if isinstance(text, str):
                text = re.sub(pattern, place, text)
            else:
                text = re.sub(pattern.encode("ascii"), place.encode("ascii"), text)
        return text

    def _value(self, found: re.Match[str], *, quoted: bool) -> str:
        secret = self.known.get(found[1].lower())
        if secret is None:  # nobody who may use it named it: it stays what it is, a text
            return found[0]
        value = secret.get_secret_value()
        return quote(value, safe="") if quoted else value


@dataclass(frozen=True)
class KeyedTransport(httpx.BaseTransport):
    """Puts in the keys that a request carries, and takes them out of the answer's head."""

    inner: httpx.BaseTransport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request with its keys; answers and errors hold placeholders again."""
        keys: Keys = request.extensions.get(EXTENSION, Keys())
        try:
            answer = self.inner.handle_request(_filled(request, keys))
        except httpx.RequestError as error:
            text = keys.hidden(str(error))
            if text == str(error):
                raise
            raise type(error)(text) from None  # the cause would show the key
        return httpx.Response(
            answer.status_code,
            headers=[(name, keys.hidden(value)) for name, value in answer.headers.raw],
            stream=answer.stream,
            extensions=_hidden_reason(answer, keys),
        )

    def close(self) -> None:
        """Close what is beneath."""
        self.inner.close()


def names_in(text: str) -> frozenset[str]:
    """List the keys that a text names."""
    return frozenset(name.lower() for name in _PLACE.findall(text))


def key_names(collect: Collect) -> frozenset[str]:
    """List the keys that a definition may use: those it names, and the one named as its source."""
    return names_in(repr(collect.options)) | {collect.source}


def _filled(request: httpx.Request, keys: Keys) -> httpx.Request:
    return httpx.Request(
        request.method,
        keys.filled_url(request.url),
        headers=[
            (name, keys.filled(value.decode("latin-1")).encode("latin-1"))
            for name, value in request.headers.raw
        ],
        stream=request.stream,
        extensions=request.extensions,
    )


def _hidden_reason(answer: httpx.Response, keys: Keys) -> dict[str, object]:
    extensions = dict(answer.extensions)
    if "reason_phrase" in extensions:
        extensions["reason_phrase"] = keys.hidden(answer.extensions["reason_phrase"])
    return extensions


def _spellings(secret: str) -> str:
    """Return a pattern for all ways to write a key: each letter in hex, as it is, or escaped."""
    return "".join(rf"(?:(?i:%{ord(each):02x})|\\?{re.escape(each)})" for each in secret)
