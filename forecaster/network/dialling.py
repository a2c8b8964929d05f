"""Connect to checked addresses only, and be done by a moment: what httpcore needs to be told."""

import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpcore

from forecaster.network.addresses import Resolve, permitted
from forecaster.network.deadline import left
from forecaster.network.resolving import Resolver

Options = Iterable[httpcore.SOCKET_OPTION] | None


@dataclass(frozen=True)
class TimedBackend(httpcore.NetworkBackend):
    """Opens connections to wherever it is told, each step of which keeps the deadline."""

    plain: httpcore.SyncBackend = field(default_factory=httpcore.SyncBackend)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Options = None,
    ) -> httpcore.NetworkStream:
        """Connect to a host by its name or address."""
        stream = self.plain.connect_tcp(host, port, _left(timeout), local_address, socket_options)
        return _TimedStream(stream)


@dataclass(frozen=True)
class CheckedBackend(httpcore.NetworkBackend):
    """Opens connections to permitted addresses.

    The name is resolved here, once, and the connection goes to an address that was checked, so a
    name that leads elsewhere a moment later is no way in. TLS and the `Host` header still use the
    name. The deadline bounds everything, the resolving and the handshake too: a server that drips
    its answer byte by byte gains nothing.
    """

    allow_private: bool
    resolve: Resolve = field(default_factory=Resolver)
    timed: TimedBackend = field(default_factory=TimedBackend)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Options = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of the name's addresses that takes the connection."""
        _left(timeout)
        addresses = permitted(host, port, allow_private=self.allow_private, resolve=self.resolve)
        failure: Exception = httpcore.ConnectError(f"no address is known for {host!r}")
        for tried, address in enumerate(addresses):
            seconds = _left(timeout)
            share = None if seconds is None else seconds / (len(addresses) - tried)
            try:
                return self.timed.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


@dataclass(frozen=True)
class _TimedStream(httpcore.NetworkStream):
    """A connection whose every step has only the time that is left."""

    inner: httpcore.NetworkStream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.inner.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.inner.write(buffer, _left(timeout))

    def close(self) -> None:
        self.inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _TimedStream(self.inner.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)


def _left(timeout: float | None) -> float | None:
    try:
        return left(timeout)
    except TimeoutError as error:
        raise httpcore.ReadTimeout(str(error)) from error
