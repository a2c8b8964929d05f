"""Which addresses may be called."""

import socket

import pytest

from forecaster.domain.errors import AddressForbidden, AddressUnknown
from forecaster.network.addresses import look_up, objection, permitted

PUBLIC = [
    "8.8.8.8",
    "2001:4860:4860::8888",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
]
PRIVATE = [
    "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "100.64.0.1", "::1", "fd12:3456::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a01:203", "2002:7f00:1::1", "2002:c0a8:101::1",
]  # fmt: skip
NEVER = [
    "0.0.0.0", "169.254.169.254", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
    "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "192.88.99.1", "::", "fe80::1",
    "fe80::1%lo", "fec0::1", "ff02::1", "ff0e::1", "2001:db8::1", "64:ff9b:1::1", "::7f00:1",
    "4000::1", "100::1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1",
    "2001:0:a9fe:a9fe::1", "2001:0:4136:e378:8000:63bf:5601:5601",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_called(address: str) -> None:
    assert objection(address, allow_private=False) is None


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_may_be_called_only_where_that_was_allowed(address: str) -> None:
    assert objection(address, allow_private=False) == "a private or loopback address"
    assert objection(address, allow_private=True) is None


@pytest.mark.parametrize("address", NEVER)
def test_an_address_of_no_receiver_is_never_called(address: str) -> None:
    assert objection(address, allow_private=False) is not None
    assert objection(address, allow_private=True) is not None


def test_a_teredo_address_is_judged_by_its_server_and_its_client() -> None:
    hidden_loopback = "2001:0:808:808:8000:63bf:80ff:fffe"  # client 127.0.0.1, inverted

    assert objection(hidden_loopback, allow_private=False) == "a private or loopback address"


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost", "0"]
)
def test_odd_spellings_of_loopback_are_judged_by_where_they_lead(host: str) -> None:
    with pytest.raises(AddressForbidden, match="leads to"):
        permitted(host, 443, allow_private=False)


def test_one_private_address_among_public_ones_forbids_the_name() -> None:
    with pytest.raises(AddressForbidden, match=r"10\.0\.0\.1"):
        permitted(
            "x.example", 443, allow_private=False, resolve=lambda *_: ("8.8.8.8", "10.0.0.1")
        )


def test_a_public_name_gives_the_addresses_to_call() -> None:
    found = permitted("x.example", 443, allow_private=False, resolve=lambda *_: ("8.8.8.8",))

    assert found == ("8.8.8.8",)


def test_a_name_without_an_address_is_for_later() -> None:
    def unknown(host: str, port: int) -> tuple[str, ...]:
        raise socket.gaierror(-2, f"Name or service not known: {host}:{port}")

    with pytest.raises(AddressUnknown, match=r"no address is known for 'x\.example'"):
        permitted("x.example", 443, allow_private=False, resolve=unknown)


def test_a_name_that_no_resolver_takes_is_for_later() -> None:
    with pytest.raises(AddressUnknown):
        permitted("a" * 70 + ".example", 443, allow_private=False)


def test_looking_up_gives_each_address_once() -> None:
    assert look_up("127.0.0.1", 80) == ("127.0.0.1",)
