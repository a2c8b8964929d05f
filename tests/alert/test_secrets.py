"""How webhook secrets are made and kept."""

import base64

import pytest
import standardwebhooks

from forecaster.alert.secrets import Vault, new_key, new_secret
from forecaster.domain.errors import WrongSecretsKey


def test_a_sealed_secret_opens_under_the_same_key() -> None:
    key, secret = new_key(), new_secret()

    assert Vault(key).open(Vault(key).seal(secret)) == secret


def test_a_sealed_secret_does_not_show() -> None:
    secret = new_secret()

    assert secret.encode() not in Vault(new_key()).seal(secret)


def test_another_key_is_refused_with_what_to_do_and_without_the_key() -> None:
    key, other = new_key(), new_key()
    sealed = Vault(key).seal(new_secret())

    with pytest.raises(WrongSecretsKey, match="FORECASTER_SECRETS_KEY") as caught:
        Vault(other).open(sealed)

    assert other.decode() not in str(caught.value)
    assert caught.value.__suppress_context__


def test_what_is_no_key_is_refused_without_quoting_it() -> None:
    with pytest.raises(WrongSecretsKey, match="32 bytes") as caught:
        Vault(b"my-password")

    assert "my-password" not in str(caught.value)


def test_the_vault_does_not_show_its_key() -> None:
    key = new_key()

    assert key.decode() not in repr(Vault(key))


def test_a_secret_is_one_that_the_public_library_takes() -> None:
    secret = new_secret()

    standardwebhooks.Webhook(secret)

    assert secret.startswith("whsec_")
    assert 24 <= len(base64.b64decode(secret.removeprefix("whsec_"))) <= 64


def test_no_two_secrets_are_the_same() -> None:
    assert new_secret() != new_secret()
