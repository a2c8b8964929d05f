"""Which addresses may be called: public ones, judged after their names were resolved."""

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TypeAlias

from forecaster.domain.errors import AddressForbidden, AddressUnknown

Resolve: TypeAlias = Callable[[str, int], tuple[str, ...]]
"""A name and a port → the addresses behind it."""

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


def permitted(
    host: str, port: int, *, allow_private: bool, resolve: Resolve | None = None
) -> tuple[str, ...]:
    """Resolve a name, and return its addresses if every one of them may be called.

    `AddressUnknown` where the name has no address now, `AddressForbidden` where one is not
    public: whoever calls must connect to these addresses, not to the name, which may by then
    lead elsewhere.
    """
    try:
        addresses = (resolve or look_up)(host, port)
    except (OSError, UnicodeError) as error:
        raise AddressUnknown(f"no address is known for {host!r}: {error}") from error
    for address in addresses:
        wrong = objection(address, allow_private=allow_private)
        if wrong is not None:
            private = objection(address, allow_private=True) is None
            raise AddressForbidden(f"{host!r} leads to {address}, {wrong}", private=private)
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
