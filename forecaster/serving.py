"""The composition root of a server: the record, what it published, a clock, and two keys."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from forecaster.alert.secrets import Vault, new_key
from forecaster.publish.image import Image
from forecaster.settings import Settings, utc_now
from forecaster.store.database import Database


@dataclass(frozen=True)
class Serving:
    """What a server needs to answer; it computes nothing, so it loads no statistics."""

    database: Database
    image: Image
    clock: Callable[[], datetime]
    admin_key: str = field(repr=False)
    vault: Vault
    allow_private_receivers: bool = False


def build(settings: Settings, *, clock: Callable[[], datetime] | None = None) -> Serving:
    """Open what a server needs; whoever builds it closes `database` at the end."""
    return Serving(
        database=Database(settings.url),
        image=Image(),
        clock=clock or utc_now,
        admin_key=settings.admin_key_text(),
        vault=Vault(settings.secrets_key_bytes(new_key)),
        allow_private_receivers=settings.allow_private_receivers,
    )
