"""One request and its answer: within limits of time and size, and in errors of ours.

Every error of httpx becomes one of ours::

    SourceUnavailable   TransportError (timeouts, network, protocol, proxy), DecodingError;
                        408, 425, 429, 5xx; too slow as a whole
    DocumentAbsent      404, 410
    SourceChanged       UnsupportedProtocol, TooManyRedirects, InvalidURL; any other status but
                        200; too big
"""

import email.utils
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx

from forecaster.domain.errors import DocumentAbsent, SourceChanged, SourceUnavailable

_OK, _NOT_MODIFIED = 200, 304
_AGAIN_LATER = {408, 425, 429}
_ABSENT = {404, 410}
_SERVER_ERRORS = range(500, 600)
_LONGEST_LINE = 1_000_000


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
    client: httpx.Client,
    url: str,
    headers: Mapping[str, str],
    *,
    now: datetime,
    seconds: float,
    max_bytes: int,
) -> Iterator[Answer]:
    """Send a GET and let its answer be read, as long as it keeps within the limits."""
    deadline = time.monotonic() + seconds
    try:
        with client.stream("GET", url, headers=headers) as response:
            _refuse(url, response, conditional=bool(headers), now=now)
            yield Answer(response, _within(response, url, deadline=deadline, limit=max_bytes))
    except (httpx.UnsupportedProtocol, httpx.TooManyRedirects, httpx.InvalidURL) as error:
        raise SourceChanged(f"{url}: {error}") from error
    except httpx.RequestError as error:
        raise SourceUnavailable(f"{url}: {str(error) or type(error).__name__}") from error


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


def _refuse(url: str, response: httpx.Response, *, conditional: bool, now: datetime) -> None:
    """Raise what a status other than success means."""
    status = response.status_code
    if status == _OK or (status == _NOT_MODIFIED and conditional):
        return
    said = f"{url} answered {status} {response.reason_phrase}".rstrip()
    if status in _ABSENT:
        raise DocumentAbsent(said)
    if status in _AGAIN_LATER or status in _SERVER_ERRORS:
        asked = _retry_after(response.headers.get("Retry-After"), now)
        raise SourceUnavailable(said, retry_after=asked)
    raise SourceChanged(said)


def _within(response: httpx.Response, url: str, *, deadline: float, limit: int) -> Iterator[bytes]:
    """Walk through the body; stop when it is too big or has taken too long."""
    size = 0
    for chunk in response.iter_bytes():
        size += len(chunk)
        if size > limit:
            raise SourceChanged(f"{url} is bigger than the {limit:,} bytes that were agreed")
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
