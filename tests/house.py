"""A whole service in a temporary directory, for tests: real files, real database, passed clock."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar

from forecaster.alert.channels.webhook import Webhook
from forecaster.alert.secrets import Vault, new_key
from forecaster.collect.asking.archive import Archive
from forecaster.collect.asking.client import new_client
from forecaster.collect.asking.fetch import Fetcher
from forecaster.collect.asking.hosts import Hosts, Manners
from forecaster.cycle.collecting import Tools
from forecaster.definitions.lookups import KeptLookups
from forecaster.store.database import Database
from forecaster.store.migrating import migrate
from forecaster.working import Working

P = ParamSpec("P")
T = TypeVar("T")

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday
LAST_WEEK = date(2026, 2, 23)
BRISK = Manners(distance_seconds=0, jitter_seconds=0)

INDICATOR = """\
title: Patrols, {a}-{b}
role: operational
for_each: {dyad: [CHN-RUS]}
family: count
unit: patrols per week
frequency: week
lag: 1 day
collect: {source: history, series: patrols}
coverage: {from: 2025-01-06}
thresholds: [{id: busy, above: 6, within: 4}]
attribution: Nobody
license: {name: CC0, redistribution: "yes"}
alerts: [{id: many-patrols, value: last, above: 6, clear_below: 5, severity: critical}]
"""


class InPlace(Executor):
    """Runs what is submitted at once, in this very process."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  (an executor hands every error to its future)
            future.set_exception(error)
        return future


def write_patrols(root: Path, values: list[int], last: date = LAST_WEEK) -> None:
    """Write a history that ends in the week of `last`, with one value a week."""
    (root / "history").mkdir(parents=True, exist_ok=True)
    weeks = [last - timedelta(weeks=back) for back in reversed(range(len(values)))]
    lines = [
        f"patrols,CHN-RUS,week,{week},{value}," for week, value in zip(weeks, values, strict=True)
    ]
    text = "\n".join(["series,scope,frequency,period_start,value,n", *lines]) + "\n"
    draft = root / "history" / "patrols.tmp"
    draft.write_text(text)
    draft.replace(root / "history" / "patrols.csv")


def quiet_weeks(count: int) -> list[int]:
    """Give counts that move a little and never reach the alert's level."""
    return [(week * 7 + week // 3) % 5 for week in range(count)]


@contextmanager
def house(
    folder: Path, url: str, clock: Callable[[], datetime] = lambda: NOW
) -> Iterator[Working]:
    """Open a worker's tools over one own directory of definitions, and nothing shipped."""
    root = folder / "indicators"
    root.mkdir(parents=True, exist_ok=True)
    key = folder / "key"
    if not key.exists():
        key.write_bytes(new_key())
    migrate(url)
    database = Database(url)
    with new_client("tests", allow_private=True) as client:
        fetcher = Fetcher(client, Archive(folder / "archive"), clock, hosts=Hosts(BRISK))
        yield Working(
            tools=Tools(database, fetcher, (root,), clock, KeptLookups((root,))),
            executor=InPlace(),
            channel=Webhook(allow_private=True),
            vault=Vault(key.read_bytes()),
            code="test",
        )
    database.close()
