"""What an installation sets, read from its environment."""

import pytest
from pydantic import ValidationError

from forecaster.settings import Settings


def test_a_key_of_a_source_is_read_from_its_own_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORECASTER_KEY_FRED", " 0123456789abcdef\n")
    monkeypatch.setenv("FORECASTER_KEY_EMPTY", "")

    keys = Settings().keys

    assert {name: key.get_secret_value() for name, key in keys.items()} == {
        "fred": "0123456789abcdef"
    }


@pytest.mark.parametrize(
    "key", ["short", "with a blank in it", "schlüssel-123", "two\nlines-of-it"]
)
def test_what_cannot_be_sent_or_hidden_is_no_key(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("FORECASTER_KEY_FRED", key)
    with pytest.raises(ValidationError, match="FORECASTER_KEY_FRED is no key") as caught:
        Settings()
    assert key not in str(caught.value)


def test_a_proxy_is_one_of_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORECASTER_PROXY", "http://me:word@proxy.example:3128")
    assert Settings().proxy_url == "http://me:word@proxy.example:3128"
    assert "word" not in repr(Settings())

    monkeypatch.setenv("FORECASTER_PROXY", "socks5://proxy.example")
    with pytest.raises(ValidationError, match="http://"):
        Settings()


def test_sources_in_private_networks_are_allowed_only_by_a_word() -> None:
    assert not Settings().allow_private_sources
