"""Which receivers may be called: public addresses, judged after their names were resolved."""

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TypeAlias

import httpx

from forecaster.domain.errors import DeliveryRefused, ReceiverForbidden

Resolve: TypeAlias = Callable[[str, int], tuple[str, ...]]
"""A name and a port → the addresses behind it."""

_PORTS = {"http": 80, "https": 443}
_FIRST_FREE_PORT = 1024
_LAST_PORT = 65_535

_PRIVATE = tuple(
    ip_network(span)
    for span in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "100.64.0.0/10",
        "fc00::/7", "::1/128",
    )
)  # fmt: skip
_GLOBAL_UNICAST_6 = ip_network("2000::/3")
_RELAYS_6TO4 = ip_network("192.88.99.0/24")
_NAT64 = ip_network("64:ff9b::/96")


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
    """Check an address that somebody wants to register: its form, and where it leads just now."""
    parsed = check_url(url)
    permitted(host_of(parsed), port_of(parsed), allow_private=allow_private, resolve=resolve)


def permitted(
    host: str, port: int, *, allow_private: bool, resolve: Resolve | None = None
) -> tuple[str, ...]:
    """Resolve a name, and return its addresses if every one of them may be called.

    `DeliveryRefused` where the name has no address now, `ReceiverForbidden` where one is not
    public: whoever calls must connect to these addresses, not to the name, which may by then
    lead elsewhere.
    """
    try:
        addresses = (resolve or look_up)(host, port)
    except (OSError, UnicodeError) as error:
        raise DeliveryRefused(f"no address is known for {host!r}: {error}") from error
    for address in addresses:
        wrong = objection(address, allow_private=allow_private)
        if wrong is not None:
            raise ReceiverForbidden(f"{host!r} leads to {address}, {wrong}")
    return addresses


def look_up(host: str, port: int) -> tuple[str, ...]:
    """Ask the system for the addresses of a name, in its order of preference."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def objection(address: str, *, allow_private: bool) -> str | None:
    """Say why an address may not be called, or none; an embedded IPv4 address is judged too."""
    ip = ip_address(address)
    for inner in _embedded(ip):
        wrong = objection(str(inner), allow_private=allow_private)
        if wrong is not None:
            return wrong
    if _embedded(ip):
        return None
    if any(ip in span for span in _PRIVATE):
        return None if allow_private else "a private or loopback address"
    return None if _is_public(ip) else "which is not a public address"


def host_of(url: httpx.URL) -> str:
    """Return the name that an address holds, as it goes over the line: `xn--…` if need be."""
    return url.raw_host.decode()


def port_of(url: httpx.URL) -> int:
    """Return the port that an address names, else that of its scheme."""
    return _PORTS[url.scheme] if url.port is None else url.port


def _embedded(ip: IPv4Address | IPv6Address) -> tuple[IPv4Address, ...]:
    """List the IPv4 addresses to which an IPv6 address leads: mapped, NAT64, 6to4, Teredo."""
    if isinstance(ip, IPv4Address):
        return ()
    if ip in _NAT64:
        return (IPv4Address(int(ip) & 0xFFFFFFFF),)
    one = ip.ipv4_mapped or ip.sixtofour
    return (one,) if one else ip.teredo or ()


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv6Address):
        return ip in _GLOBAL_UNICAST_6 and ip.is_global
    return ip.is_global and not ip.is_multicast and ip not in _RELAYS_6TO4
