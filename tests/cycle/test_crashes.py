"""Killed between any two steps of its day, a worker that starts again doubles nothing."""

import multiprocessing
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from ulid import ULID

from forecaster.alert.secrets import new_secret
from forecaster.domain.observation import SeriesKey
from forecaster.domain.run import RunStatus
from forecaster.domain.webhook import Endpoint
from forecaster.store import endpoints, forecasts, observations, outbox, publications, runs
from forecaster.working import Working
from tests.cycle.day import die_before_commit, live
from tests.house import INDICATOR, NOW, house, quiet_weeks, write_patrols
from tests.servers.receiver import Receiver, receiver

SERIES = SeriesKey("patrols", "CHN-RUS")
MORE_THAN_ENOUGH = 100

Fresh = Callable[[], AbstractContextManager[str]]


def test_a_kill_before_any_commit_loses_and_doubles_nothing(
    tmp_path: Path, fresh_url: Fresh
) -> None:
    undisturbed = record_of_a_day(tmp_path / "undisturbed", fresh_url, killed_at=None)

    for number in range(1, MORE_THAN_ENOUGH):
        found = record_of_a_day(tmp_path / str(number), fresh_url, killed_at=number)
        if found is None:
            break
        assert found == undisturbed, f"killed before commit {number}"

    assert number > 10, "a day has more commits than that: the kills did not come"


def record_of_a_day(folder: Path, fresh_url: Fresh, *, killed_at: int | None) -> object:
    """Live a day, cut short or not, then one that is not; none: it was over before the kill."""
    write_patrols(folder / "indicators", [*quiet_weeks(14), 9])
    (folder / "indicators" / "patrols.yml").write_text(INDICATOR)
    with fresh_url() as url, receiver() as hook:
        with house(folder, url) as working:
            register(working, hook.url)
        if killed_at is not None and not was_killed(folder, url, killed_at):
            return None
        with house(folder, url) as working:
            live(working)
            return record_of(working, hook)


def was_killed(folder: Path, url: str, number: int) -> bool:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.cycle.day"])
    process = context.Process(target=die_before_commit, args=(folder, url, number, NOW))
    process.start()
    process.join(60)
    assert process.exitcode in {0, -signal.SIGKILL}
    return process.exitcode == -signal.SIGKILL


def register(working: Working, url: str) -> None:
    endpoint = Endpoint(id=f"ep_{ULID()}", url=url, created_at=NOW)
    with working.database.begin() as session:
        endpoints.add(session, endpoint, sealed_secret=working.vault.seal(new_secret()))


def record_of(working: Working, hook: Receiver) -> object:
    """Say what there is in the end, in words that a kill must not change."""
    with working.database.read() as session:
        published = publications.after(session, 0, 1000)
        running = [run for run in runs.latest(session).values() if run.status is RunStatus.RUNNING]
        return {
            "values": Counter(
                (seen.period.start, seen.value) for seen in observations.versions(session, SERIES)
            ),
            "issues": len(forecasts.after(session, SERIES, None)),
            "log": [one.seq for one in published] == list(range(1, len(published) + 1)),
            "published": Counter((one.kind, one.key) for one in published),
            "running": running,
            "undelivered": outbox.due(session, NOW, 10),
            "told": len({request.headers["webhook-id"] for request in hook.requests}),
        }


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh_url(request: pytest.FixtureRequest, tmp_path: Path) -> Fresh:
    """Return what makes a new database, on SQLite and on PostgreSQL."""
    if request.param == "postgresql":
        make: Fresh = request.getfixturevalue("new_postgresql")
        return make
    return lambda: sqlite_in(tmp_path)


@contextmanager
def sqlite_in(folder: Path) -> Iterator[str]:
    """Name an SQLite file that is not there yet."""
    yield f"sqlite:///{folder / str(ULID())}.db"
