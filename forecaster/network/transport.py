"""The way of httpx to the network: httpcore under our guard, its errors in the words of httpx."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpcore
import httpx

from forecaster.network.dialling import CheckedBackend, TimedBackend

_TWINS: tuple[tuple[type[Exception], type[httpx.TransportError]], ...] = (
    (httpcore.ConnectTimeout, httpx.ConnectTimeout),
    (httpcore.ReadTimeout, httpx.ReadTimeout),
    (httpcore.WriteTimeout, httpx.WriteTimeout),
    (httpcore.PoolTimeout, httpx.PoolTimeout),
    (httpcore.TimeoutException, httpx.TimeoutException),
    (httpcore.ConnectError, httpx.ConnectError),
    (httpcore.ReadError, httpx.ReadError),
    (httpcore.WriteError, httpx.WriteError),
    (httpcore.NetworkError, httpx.NetworkError),
    (httpcore.LocalProtocolError, httpx.LocalProtocolError),
    (httpcore.RemoteProtocolError, httpx.RemoteProtocolError),
    (httpcore.ProtocolError, httpx.ProtocolError),
    (httpcore.ProxyError, httpx.ProxyError),
    (httpcore.UnsupportedProtocol, httpx.UnsupportedProtocol),
)
"""Errors of httpcore and what httpx calls them, the particular ones before the general."""

_IDLE_CONNECTIONS = 20
_IDLE_SECONDS = 5.0


@dataclass(frozen=True)
class PoolTransport(httpx.BaseTransport):
    """Sends requests through a pool of httpcore.

    The transport that httpx brings cannot be told how to connect; httpcore can.
    """

    pool: httpcore.ConnectionPool

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return the answer, its body still on the line."""
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with in_words_of_httpx():
            answer = self.pool.handle_request(asked)
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close all connections."""
        self.pool.close()


def direct(backend: CheckedBackend, tls: ssl.SSLContext | None = None) -> PoolTransport:
    """Connect to permitted addresses, without any proxy that the environment may name."""
    return PoolTransport(_pool(backend, tls))


def proxied(url: str, tls: ssl.SSLContext | None = None) -> PoolTransport:
    """Leave connecting to a proxy: where names lead is its to know and to judge."""
    read = httpx.URL(url)
    auth = (read.username, read.password) if read.userinfo else None
    plain = httpcore.URL(scheme=read.raw_scheme, host=read.raw_host, port=read.port, target=b"/")
    return PoolTransport(_pool(TimedBackend(), tls, httpcore.Proxy(plain, auth)))


@contextmanager
def in_words_of_httpx() -> Iterator[None]:
    """Raise the errors of httpcore as those of httpx."""
    try:
        yield
    except tuple(theirs for theirs, _ in _TWINS) as error:
        twin = next(ours for theirs, ours in _TWINS if isinstance(error, theirs))
        raise twin(str(error)) from error


def _pool(
    backend: httpcore.NetworkBackend,
    tls: ssl.SSLContext | None,
    proxy: httpcore.Proxy | None = None,
) -> httpcore.ConnectionPool:
    return httpcore.ConnectionPool(
        ssl_context=tls or httpx.create_ssl_context(),
        proxy=proxy,
        max_connections=None,  # who asks bounds them, by host
        max_keepalive_connections=_IDLE_CONNECTIONS,
        keepalive_expiry=_IDLE_SECONDS,
        network_backend=backend,
    )


@dataclass(frozen=True)
class _Body(httpx.SyncByteStream):
    """The body of an answer of httpcore."""

    answer: httpcore.Response

    def __iter__(self) -> Iterator[bytes]:
        with in_words_of_httpx():
            yield from self.answer.iter_stream()

    def close(self) -> None:
        self.answer.close()
