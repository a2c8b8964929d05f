"""Webhook secrets: made once, shown once, and kept only under encryption."""

import base64
import secrets

from cryptography.fernet import Fernet, InvalidToken

from forecaster.domain.errors import WrongSecretsKey

_SECRET_BYTES = 32  # Standard Webhooks: 24 to 64

_HELP = (
    "set FORECASTER_SECRETS_KEY, or put back the key file in the data directory, with the key "
    "under which the receivers were registered; if it is lost, delete and register them again"
)


class Vault:
    """Seals secrets and opens them again, under one key."""

    def __init__(self, key: bytes) -> None:
        """Take a key as `new_key` makes it."""
        try:
            self._fernet = Fernet(key)
        except ValueError:
            raise WrongSecretsKey(
                "the secrets key is no key: 32 bytes in url-safe base64 were expected; " + _HELP
            ) from None  # the cause might quote the key

    def seal(self, secret: str) -> bytes:
        """Encrypt a secret for the store."""
        return self._fernet.encrypt(secret.encode())

    def open(self, sealed: bytes) -> str:
        """Decrypt what `seal` made under the same key."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            raise WrongSecretsKey(
                "a webhook secret cannot be opened with the present secrets key; " + _HELP
            ) from None  # nothing in it helps


def new_key() -> bytes:
    """Make a key for a vault."""
    return Fernet.generate_key()


def new_secret() -> str:
    """Make a receiver's secret, in the form that Standard Webhooks libraries take."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
