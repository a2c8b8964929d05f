"""One request and its answer: within limits of time and size, and in errors of ours.

Every error of httpx becomes one of ours::

    SourceUnavailable   TransportError (timeouts, network, protocol, proxy), DecodingError,
                        AddressUnknown; 408, 425, 429, 5xx; too slow as a whole; damaged
    DocumentAbsent      404, 410
    SourceChanged       UnsupportedProtocol, InvalidURL, AddressForbidden; any other status but
                        200; too big, or grown too much; a redirect that is not followed
"""

import email.utils
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx

from forecaster.collect.asking.decoding import decoded
from forecaster.collect.asking.hosts import Hosts, Turn
from forecaster.collect.asking.keys import EXTENSION, Keys
from forecaster.collect.asking.redirects import Way
from forecaster.domain.errors import (
    AddressForbidden,
    AddressUnknown,
    DocumentAbsent,
    SourceChanged,
    SourceUnavailable,
)
from forecaster.network.deadline import within

_OK, _NOT_MODIFIED = 200, 304
_AGAIN_LATER = {408, 425, 429}
_ABSENT = {404, 410}
_SERVER_ERRORS = range(500, 600)
_WHOLE_HOST = {429, 503}
_LONGEST_LINE = 1_000_000
_SMALL = 1_000_000
"""So many bytes do no harm, however well they were packed."""


@dataclass(frozen=True)
class Question:
    """What is asked for, and within which limits.

    Attributes:
        url: The address, keys as placeholders.
        headers: What is sent beside the headers of the client, keys as placeholders.
        validators: Headers that let the source say that nothing has changed.
        keys: Those that the address and the headers name.
        pace: How long after this request the next one to the host waits at least.
        seconds: How long all of it may take once its turn has come.
        max_bytes: How much may come, unpacked.
        max_ratio: How many times what came over the line it may unpack to.
        max_redirects: How many redirects are followed.
    """

    url: str
    seconds: float
    max_bytes: int
    max_ratio: float
    max_redirects: int
    headers: Mapping[str, str] = field(default_factory=dict)
    validators: Mapping[str, str] = field(default_factory=dict)
    keys: Keys = field(default_factory=Keys)
    pace: timedelta = timedelta()


@dataclass(frozen=True)
class Answer:
    """What a source answered; its body is still to be read, once."""

    response: httpx.Response
    chunks: Iterator[bytes]

    @property
    def not_modified(self) -> bool:
        """Say whether the source stands by what it answered before."""
        return self.response.status_code == _NOT_MODIFIED


@contextmanager
def ask(
    client: httpx.Client, hosts: Hosts, question: Question, *, now: datetime
) -> Iterator[Answer]:
    """Send a GET, follow where it leads, and let the answer be read within the limits."""
    with _in_our_words(question, question.url):
        request = _first(client, question)
    way = Way(question.url, question.headers, question.max_redirects)
    pace, seconds = question.pace, question.seconds
    while True:
        with ExitStack() as hop:
            turn = hop.enter_context(hosts.turn(_host(request.url), pace, now=now))
            began = time.monotonic()
            hop.enter_context(_in_our_words(question, way.said(request)))
            hop.enter_context(within(seconds))
            response = hop.enter_context(closing(client.send(request, stream=True)))
            following = way.onward(request, response)
            if following is None:
                _hear(question, response, turn, now=now)
                yield Answer(response, _body(response, question, began + seconds))
                return
            seconds -= time.monotonic() - began
        request, pace = following, timedelta()


def lines(chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """Cut chunks into lines; a line without end is `SourceChanged`."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
        if len(rest) > _LONGEST_LINE:
            raise SourceChanged(f"{name} is no list: a line has over {_LONGEST_LINE:,} bytes")
    if rest:
        yield rest


def _first(client: httpx.Client, question: Question) -> httpx.Request:
    request = client.build_request(
        "GET",
        question.url,
        headers={**question.headers, **question.validators},
        extensions={EXTENSION: question.keys},
    )
    if request.url.userinfo:
        raise SourceChanged(
            f"{request.url.host}: an address holds no user name and no password; "
            "put them into a header, as a key"
        )
    return request


def _host(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode()}"


@contextmanager
def _in_our_words(question: Question, said: str) -> Iterator[None]:
    """Raise what goes wrong on the way as one of our errors, without any key."""
    try:
        yield
    except AddressForbidden as error:
        hint = "; FORECASTER_ALLOW_PRIVATE_SOURCES=true allows it" if error.private else ""
        raise SourceChanged(f"{said}: {error}{hint}") from error
    except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise SourceChanged(f"{said}: {error}") from error
    except (httpx.RequestError, AddressUnknown) as error:
        text = question.keys.hidden(str(error)) or type(error).__name__
        raise SourceUnavailable(f"{said}: {text}") from error


def _hear(question: Question, response: httpx.Response, turn: Turn, *, now: datetime) -> None:
    """Raise what a status other than success means."""
    status = response.status_code
    if status not in _WHOLE_HOST:
        turn.address = question.url
    if status == _OK or (status == _NOT_MODIFIED and question.validators):
        return
    said = f"{question.url} answered {status} {response.reason_phrase}".rstrip()
    if status in _ABSENT:
        raise DocumentAbsent(said)
    if status in _AGAIN_LATER or status in _SERVER_ERRORS:
        asked = _retry_after(response.headers.get("Retry-After"), now)
        raise SourceUnavailable(said, retry_after=asked)
    raise SourceChanged(said)


def _body(response: httpx.Response, question: Question, deadline: float) -> Iterator[bytes]:
    """Walk through the body; stop when it is too big, grows too much or has taken too long."""
    url, size = question.url, 0
    encoding = response.headers.get("Content-Encoding", "")
    for chunk in decoded(response.iter_raw(), encoding, url):
        size += len(chunk)
        if size > question.max_bytes:
            raise SourceChanged(
                f"{url} is bigger than the {question.max_bytes:,} bytes that were agreed"
            )
        if size > _SMALL and size > question.max_ratio * response.num_bytes_downloaded:
            raise SourceChanged(
                f"{url} unpacks to over {question.max_ratio:g} times what came over the line"
            )
        if time.monotonic() > deadline:
            raise SourceUnavailable(f"{url} was too slow: {size:,} bytes when the time was up")
        yield chunk


def _retry_after(header: str | None, now: datetime) -> timedelta | None:
    """Read `Retry-After`, in seconds or as a date; what cannot be read was not said."""
    if header is None:
        return None
    if header.strip().isdecimal():
        return timedelta(seconds=int(header.strip()[:9]))
    try:
        moment = email.utils.parsedate_to_datetime(header)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(moment - now, timedelta())
