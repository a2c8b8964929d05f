"""Connect to checked addresses only, and be done by a moment: what httpcore needs to be told."""

import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

import httpcore

from forecaster.alert.addresses import Resolve, permitted


@dataclass(frozen=True)
class CheckedBackend(httpcore.NetworkBackend):
    """Opens connections to permitted addresses.

    The name is resolved here, once, and the connection goes to an address that was checked, so a
    name that leads elsewhere a moment later is no way in. TLS and the `Host` header still use the
    name. `deadline` is a moment of `time.monotonic` and bounds everything after the resolving:
    a receiver that drips its answer byte by byte gains nothing.
    """

    deadline: float
    allow_private: bool
    resolve: Resolve | None = None
    plain: httpcore.SyncBackend = field(default_factory=httpcore.SyncBackend)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002  (httpcore's; the deadline rules)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of the name's addresses that takes the connection."""
        addresses = permitted(host, port, allow_private=self.allow_private, resolve=self.resolve)
        failure: Exception = httpcore.ConnectError(f"no address is known for {host!r}")
        for tried, address in enumerate(addresses):
            share = _left(self.deadline) / (len(addresses) - tried)
            try:
                stream = self.plain.connect_tcp(
                    address, port, share, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self.deadline)
        raise failure


@dataclass(frozen=True)
class _TimedStream(httpcore.NetworkStream):
    """A connection whose every step has only the time that is left until the deadline."""

    inner: httpcore.NetworkStream
    deadline: float

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002  (as above)
        return self.inner.read(max_bytes, _left(self.deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002  (as above)
        self.inner.write(buffer, _left(self.deadline))

    def close(self) -> None:
        self.inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002  (as above)
    ) -> httpcore.NetworkStream:
        inner = self.inner.start_tls(ssl_context, server_hostname, _left(self.deadline))
        return _TimedStream(inner, self.deadline)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time for one attempt is over")
    return left
