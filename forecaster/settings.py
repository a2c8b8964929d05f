"""What differs between installations: the `FORECASTER_*` environment, read once and frozen.

Keys that sources want stand in `FORECASTER_KEY_<NAME>`, one variable a key; a definition names
them as `{key:name}` in addresses and headers and never sees them.
"""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_KEY = "FORECASTER_KEY_"
_GOOD_KEY = re.compile(r"[!-~]{8,}")


class Settings(BaseSettings):
    """The installation's own choices; every one has a default that works on a laptop."""

    model_config = SettingsConfigDict(
        env_prefix="FORECASTER_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    data_dir: Path = Field(default=Path("data"), description="database, keys, raw documents")
    indicators_dir: Path | None = Field(
        default=None, description="definitions of your own; adds to and overrides the shipped ones"
    )
    shipped: bool = Field(default=True, description="false: one's own definitions alone")
    database_url: str | None = Field(default=None, description="else SQLite in the data directory")
    admin_key: SecretStr | None = None
    secrets_key: SecretStr | None = None
    allow_private_receivers: bool = False
    allow_private_sources: bool = Field(
        default=False, description="true: sources may lie on loopback and in private networks"
    )
    proxy: SecretStr | None = Field(
        default=None,
        description="an HTTP proxy for sources, http://…; where names lead is its to judge then",
    )
    keys: dict[str, SecretStr] = Field(
        default_factory=lambda: _keys_of(os.environ),
        description="keys of sources, by name; each from its FORECASTER_KEY_<NAME>",
    )
    workers: int = Field(default=2, ge=1, description="processes that fit models")
    contact: str | None = Field(
        default=None, description="an address of yours, told to sources in the User-Agent"
    )
    archive_days: int | None = Field(
        default=None, ge=1, description="raw documents that no source gave for so long are deleted"
    )
    archive_gb: float | None = Field(
        default=None, gt=0, description="beyond so many GB of raw documents the oldest are deleted"
    )
    log_level: str | None = Field(
        default=None, description="else WARNING on a terminal, INFO elsewhere"
    )
    log_json: bool = Field(default=False, description="one JSON object a line")

    @field_validator("keys")
    @classmethod
    def _can_be_sent_and_hidden(cls, keys: dict[str, SecretStr]) -> dict[str, SecretStr]:
        """Refuse what no header can carry, or what is too short to be told from other text."""
        for name, key in keys.items():
            if not _GOOD_KEY.fullmatch(key.get_secret_value()):
                raise ValueError(
                    f"{_KEY}{name.upper()} is no key: expected at least 8 visible ASCII characters"
                )
        return keys

    @field_validator("proxy")
    @classmethod
    def _is_a_proxy(cls, proxy: SecretStr | None) -> SecretStr | None:
        if proxy and not re.match(r"https?://[^/]", proxy.get_secret_value()):
            raise ValueError("a proxy's address begins with http:// or https://")
        return proxy

    @property
    def url(self) -> str:
        """Return the database's address."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'forecaster.db').absolute()}"

    @property
    def proxy_url(self) -> str | None:
        """Return the address of the proxy for sources, its password too."""
        return self.proxy.get_secret_value() if self.proxy else None

    @property
    def own_indicators(self) -> Path | None:
        """Return the directory of one's own definitions: as set, else `./indicators`."""
        if self.indicators_dir is not None:
            return self.indicators_dir
        here = Path("indicators")
        return here if here.is_dir() else None

    def admin_key_text(self) -> str:
        """Return the admin key: as set, else the one kept in the data directory."""
        if self.admin_key is not None:
            return self.admin_key.get_secret_value()
        return _kept(self.data_dir / "admin.key", lambda: secrets.token_urlsafe(32))

    def secrets_key_bytes(self, make: Callable[[], bytes]) -> bytes:
        """Return the key that seals webhook secrets: as set, else the one kept beside the data."""
        if self.secrets_key is not None:
            return self.secrets_key.get_secret_value().encode()
        return _kept(self.data_dir / "secrets.key", lambda: make().decode()).encode()


def utc_now() -> datetime:
    """Read the system's clock."""
    return datetime.now(UTC)


def _keys_of(environment: Mapping[str, str]) -> dict[str, SecretStr]:
    return {
        name.removeprefix(_KEY).lower(): SecretStr(value.strip())
        for name, value in environment.items()
        if name.startswith(_KEY) and value.strip()
    }


def _kept(path: Path, make: Callable[[], str]) -> str:
    """Read a key file; at the first start make it, whole or not at all, for its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(make() + "\n")
        try:
            os.link(draft, path)  # fails if another process was first: then its key counts
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
