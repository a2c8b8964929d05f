"""Which receivers may be registered: addresses of the right form that lead out of the house."""

import httpx

from forecaster.domain.errors import (
    AddressForbidden,
    AddressUnknown,
    DeliveryRefused,
    ReceiverForbidden,
)
from forecaster.network.addresses import Resolve, permitted

_PORTS = {"http": 80, "https": 443}
_FIRST_FREE_PORT = 1024
_LAST_PORT = 65_535


def check_url(url: str) -> httpx.URL:
    """Return a receiver's address, read; `ReceiverForbidden` says what is wrong with its form."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise ReceiverForbidden(f"this is not the address of a receiver: {error}") from error
    if parsed.scheme not in _PORTS or not parsed.raw_host:
        raise ReceiverForbidden("the address of a receiver begins with https:// or http://")
    if parsed.userinfo:
        raise ReceiverForbidden("the address of a receiver holds no user name and no password")
    port = port_of(parsed)
    if port > _LAST_PORT:
        raise ReceiverForbidden(f"this is not the address of a receiver: no port is {port}")
    if port < _FIRST_FREE_PORT and port not in _PORTS.values():
        raise ReceiverForbidden(f"port {port} may not be called: 80, 443 or 1024 and above may")
    return parsed


def check_receiver(url: str, *, allow_private: bool, resolve: Resolve | None = None) -> None:
    """Check an address that somebody wants to register: its form, and where it leads just now.

    Raises:
        DeliveryRefused: Its name has no address now.
        ReceiverForbidden: Its form is wrong, or it leads where it may not.
    """
    parsed = check_url(url)
    try:
        permitted(host_of(parsed), port_of(parsed), allow_private=allow_private, resolve=resolve)
    except AddressUnknown as error:
        raise DeliveryRefused(str(error)) from error
    except AddressForbidden as error:
        raise ReceiverForbidden(str(error)) from error


def host_of(url: httpx.URL) -> str:
    """Return the name that an address holds, as it goes over the line: `xn--…` if need be."""
    return url.raw_host.decode()


def port_of(url: httpx.URL) -> int:
    """Return the port that an address names, else that of its scheme."""
    return _PORTS[url.scheme] if url.port is None else url.port
