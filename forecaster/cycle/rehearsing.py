"""Run the real steps of the cycle for one definition, in a house that is thrown away."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import httpx
from pydantic import SecretStr

from forecaster.collect.asking.archive import Archive
from forecaster.collect.asking.client import new_client
from forecaster.collect.asking.fetch import Fetcher, Limits
from forecaster.collect.asking.hosts import Hosts, Turn
from forecaster.collect.asking.keys import key_names
from forecaster.cycle.collecting import Tools, Watch, collect
from forecaster.cycle.forecasting import forecast
from forecaster.cycle.harvest import Window
from forecaster.definitions.lookups import KeptLookups
from forecaster.definitions.shipped import shipped_root
from forecaster.domain.forecast import Fitted, Issue
from forecaster.domain.indicator import Definition, Status
from forecaster.domain.observation import Observation, SeriesKey
from forecaster.domain.run import Run, Trigger
from forecaster.store import catalogue, forecasts, observations
from forecaster.store.database import Database
from forecaster.store.migrating import migrate

AT_ONCE = Limits(attempts=1, total_seconds=30, scan_seconds=30)
"""An answer that is given beforehand does not change by asking again."""


class NoTurns(Hosts):
    """Lets everybody ask at once: nobody is there to be spared."""

    @contextmanager
    def turn(self, host: str, pace: timedelta, *, now: datetime) -> Iterator[Turn]:  # noqa: ARG002  (its signature)
        """Wait for nothing."""
        yield Turn(probe=False)


@dataclass(frozen=True)
class Network:
    """How sources are reached for real: as whom, by what way, with which keys."""

    contact: str | None = None
    allow_private: bool = False
    proxy: str | None = None
    keys: Mapping[str, SecretStr] = field(default_factory=dict)


@dataclass
class Clock:
    """Says the time that it was set to."""

    now: datetime

    def __call__(self) -> datetime:
        """Return it."""
        return self.now


@dataclass(frozen=True)
class Stage:
    """A house without a past, in which a definition can be tried; it leaves nothing behind."""

    tools: Tools
    clock: Clock
    definition: Definition

    def collect(
        self,
        now: datetime,
        window: Window | None = None,
        watch: Watch = lambda _done, _total: None,
    ) -> Run:
        """Collect as production does, at a moment."""
        self.clock.now = now
        trigger = Trigger.BACKFILL if window else Trigger.MANUAL
        return collect(self.tools, self.definition, trigger, now=now, window=window, watch=watch)

    def forecast(
        self,
        executor: Executor,
        code: str,
        watch: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> tuple[Issue, ...]:
        """Issue a forecast of every series, or the reason why there is none."""
        database, now = self.tools.database, self.clock.now
        forecast(database, executor, code=code, now=now, watch=watch)
        with database.read() as session:
            return forecasts.all_latest(session)

    def fit(self, issue: Issue) -> Fitted | None:
        """Return what the model learnt from the past of a series."""
        if issue.fit is None:
            return None
        with self.tools.database.read() as session:
            return forecasts.fit(session, issue.fit).fitted

    def known(self) -> Mapping[SeriesKey, tuple[Observation, ...]]:
        """Return every series as it is known now."""
        with self.tools.database.read() as session:
            return {
                key: observations.as_of(session, key, self.clock.now)
                for key in self.definition.keys
            }


@contextmanager
def staged(
    definition: Definition,
    way: Network | httpx.BaseTransport,
    *,
    now: datetime,
    roots: tuple[Path, ...] = (),
) -> Iterator[Stage]:
    """Open a stage; over the network its sources are asked for real, as politely as ever."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="forecaster-")))
        (folder / "stage.db").write_bytes(_empty_database())
        database = Database(f"sqlite:///{folder / 'stage.db'}")
        stack.callback(database.close)
        clock = Clock(now)
        client = stack.enter_context(_client(way))
        archive = Archive(folder / "archive")
        fetcher = (
            Fetcher(client, archive, clock, keys=way.keys)
            if isinstance(way, Network)
            else Fetcher(client, archive, clock, AT_ONCE, NoTurns(), keys=_stand_ins(definition))
        )
        awake = definition.model_copy(update={"status": Status.ACTIVE})
        with database.begin() as session:
            catalogue.record(session, [awake], now=now)
        lookups = KeptLookups((shipped_root(), *roots))
        yield Stage(Tools(database, fetcher, roots, clock, lookups), clock, awake)


def _client(way: Network | httpx.BaseTransport) -> httpx.Client:
    if isinstance(way, Network):
        return new_client(way.contact, allow_private=way.allow_private, proxy=way.proxy)
    return new_client(None, AT_ONCE, way)


def _stand_ins(definition: Definition) -> dict[str, SecretStr]:
    """Give each key that a definition names a value that is its own placeholder."""
    named = key_names(definition.collect) if definition.collect else frozenset[str]()
    return {name: SecretStr(f"{{key:{name}}}") for name in named}


@cache
def _empty_database() -> bytes:
    """Make the tables once; a copy is quicker than a migration."""
    with tempfile.TemporaryDirectory(prefix="forecaster-") as folder:
        path = Path(folder) / "empty.db"
        migrate(f"sqlite:///{path}")
        return path.read_bytes()
