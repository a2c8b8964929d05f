"""Which receivers may be registered."""

import socket

import pytest

from forecaster.alert.receivers import check_receiver, check_url, host_of
from forecaster.domain.errors import DeliveryRefused, ReceiverForbidden


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://x.example/", "https://"),
        ("file:///etc/passwd", "https://"),
        ("x.example/hook", "https://"),
        ("https://", "https://"),
        ("", "https://"),
        ("https://user@x.example/", "no user name"),
        ("https://user:word@x.example/", "no user name"),
        ("https://x.example:22/", "port 22"),
        ("https://x.example:0/", "port 0"),
        ("https://x.example:99999/", "not the address"),
        ("https://x.example:port/", "not the address"),
        ("https://x.example/\r\nX-Evil: 1", "not the address"),
        ("https://[::1/", "not the address"),
    ],
)
def test_what_is_no_address_of_a_receiver_is_refused(url: str, words: str) -> None:
    with pytest.raises(ReceiverForbidden, match=words):
        check_url(url)


@pytest.mark.parametrize(
    "url", ["https://x.example/hook", "http://x.example:8080/?a=1", "https://[2001:db8::1]:443/"]
)
def test_an_ordinary_address_passes(url: str) -> None:
    assert str(check_url(url)).startswith(url[:12])


def test_a_name_in_another_script_is_called_as_it_is_written_in_dns() -> None:
    assert host_of(check_url("https://bücher.example/")) == "xn--bcher-kva.example"
    assert host_of(check_url("https://[2001:db8::1]/")) == "2001:db8::1"


def test_registering_checks_where_a_name_leads_now() -> None:
    with pytest.raises(ReceiverForbidden, match="loopback"):
        check_receiver("http://127.0.0.1:9000/hook", allow_private=False)

    check_receiver("http://127.0.0.1:9000/hook", allow_private=True)


def test_registering_a_name_that_leads_nowhere_is_for_later() -> None:
    def unknown(host: str, port: int) -> tuple[str, ...]:
        raise socket.gaierror(-2, f"Name or service not known: {host}:{port}")

    with pytest.raises(DeliveryRefused, match=r"no address is known for 'x\.example'"):
        check_receiver("https://x.example/hook", allow_private=False, resolve=unknown)
