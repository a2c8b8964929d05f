"""The composition root of a worker: what its day needs, opened and closed in one place."""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import forecaster
from forecaster import plugins
from forecaster.alert.channel import Channel
from forecaster.alert.secrets import Vault, new_key
from forecaster.collect.asking.archive import Archive
from forecaster.collect.asking.client import new_client
from forecaster.collect.asking.fetch import Fetcher
from forecaster.collect.asking.retention import Retention
from forecaster.cycle.collecting import Tools
from forecaster.cycle.pool import FittingPool
from forecaster.definitions.lookups import KeptLookups
from forecaster.definitions.shipped import shipped_root
from forecaster.settings import Settings, utc_now
from forecaster.store.database import Database
from forecaster.store.migrating import migrate


@dataclass(frozen=True)
class Working:
    """What a worker works with."""

    tools: Tools
    executor: Executor
    channel: Channel
    vault: Vault
    code: str
    retention: Retention = field(default_factory=Retention)

    @property
    def database(self) -> Database:
        """Return the record."""
        return self.tools.database

    @property
    def roots(self) -> tuple[Path, ...]:
        """Return where definitions lie: the shipped ones first, then one's own."""
        return self.tools.roots

    def now(self) -> datetime:
        """Read the clock."""
        return self.tools.clock()


@contextmanager
def open_working(
    settings: Settings, *, clock: Callable[[], datetime] = utc_now
) -> Iterator[Working]:
    """Migrate the database if need be, open everything, and close it at the end."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrate(settings.url)
    database = Database(settings.url)
    roots = [shipped_root()] if settings.shipped else []
    if settings.own_indicators is not None:
        roots.append(settings.own_indicators.absolute())
    executor = FittingPool(settings.workers)
    channel = plugins.load("channels", "webhook")
    with new_client(
        settings.contact,
        allow_private=settings.allow_private_sources,
        proxy=settings.proxy_url,
    ) as client:
        archive = Archive(settings.data_dir / "archive")
        fetcher = Fetcher(client, archive, clock, keys=settings.keys)
        try:
            yield Working(
                tools=Tools(database, fetcher, tuple(roots), clock, KeptLookups(roots)),
                executor=executor,
                channel=channel(allow_private=settings.allow_private_receivers),
                vault=Vault(settings.secrets_key_bytes(new_key)),
                code=code_version(),
                retention=_retention(settings),
            )
        finally:
            executor.shutdown(wait=False, cancel_futures=True)
            database.close()


def _retention(settings: Settings) -> Retention:
    days, gigabytes = settings.archive_days, settings.archive_gb
    return Retention(
        max_age=None if days is None else timedelta(days=days),
        max_bytes=None if gigabytes is None else int(gigabytes * 1e9),
    )


def code_version() -> str:
    """Return the release and a digest of the code that makes the numbers."""
    root = Path(forecaster.__file__).parent
    digest = hashlib.sha256()
    for folder in ("domain", "model"):
        for path in sorted((root / folder).rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return f"{version('forecaster')}+{digest.hexdigest()[:12]}"
