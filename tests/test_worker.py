"""The worker keeps the schedule, watches the files, and works only while it holds the lease."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forecaster.cycle.collecting import collect
from forecaster.cycle.declaring import declare
from forecaster.cycle.watching import fingerprint
from forecaster.definitions.schedule import next_run
from forecaster.domain.observation import SeriesKey
from forecaster.domain.run import Trigger
from forecaster.store import catalogue, forecasts, leases, runs
from forecaster.worker import SPREAD, OnSchedule, Worker
from forecaster.working import Working, utc_now
from tests.collect.errands import define
from tests.house import INDICATOR, house, quiet_weeks, write_patrols

COMPOSED = """\
title: Patrols of a quarter, {a}-{b}
role: operational
for_each: {dyad: [CHN-RUS]}
family: count
unit: patrols
frequency: week
compose: {rolling: {of: patrols, window: 13}}
attribution: Nobody
license: {name: CC0, redistribution: derived}
"""


def test_a_first_day_ends_with_a_forecast(tmp_path: Path, sqlite_url: str) -> None:
    stages: list[tuple[str, int, int | None]] = []
    with at_work(tmp_path, sqlite_url, watch=lambda *done: stages.append(done)) as working:
        with working.database.read() as session:
            (issue,) = forecasts.all_latest(session)
        assert issue.projection is not None
    assert ("history", 1, 1) in stages
    assert ("forecasts", 1, 1) in stages


def test_a_file_that_comes_while_it_runs_is_collected_and_forecast(
    tmp_path: Path, sqlite_url: str
) -> None:
    with at_work(tmp_path, sqlite_url) as working:
        (tmp_path / "indicators" / "again.yml").write_text(INDICATOR.replace("many-", "so-many-"))
        eventually(lambda: len(issues(working)) == 2)


def test_a_file_that_goes_retires_its_indicator_and_keeps_its_forecasts(
    tmp_path: Path, sqlite_url: str
) -> None:
    with at_work(tmp_path, sqlite_url) as working:
        (tmp_path / "indicators" / "patrols.yml").unlink()
        eventually(lambda: not in_force(working))
        assert len(issues(working)) == 1


def test_a_file_that_breaks_leaves_what_was_in_force(tmp_path: Path, sqlite_url: str) -> None:
    with at_work(tmp_path, sqlite_url) as working:
        (tmp_path / "indicators" / "patrols.yml").write_text("title: [")
        eventually(lambda: problems(working))
        assert in_force(working) == ["patrols"]


def test_news_of_an_input_make_a_new_issue_of_what_is_composed_of_it(
    tmp_path: Path, sqlite_url: str
) -> None:
    root = tmp_path / "indicators"
    write_patrols(root, quiet_weeks(30))
    (root / "patrols.yml").write_text(INDICATOR)
    (root / "yearly.yml").write_text(COMPOSED)
    with house(tmp_path, sqlite_url, clock=utc_now) as working:
        worker = Worker(working, stop=threading.Event(), watch=lambda *_: None)
        declare(working.database, working.roots, now=utc_now())
        for values in (quiet_weeks(30), quiet_weeks(31)):
            write_patrols(root, values)
            with working.database.read() as session:
                patrols = catalogue.get(session, "patrols")
            collect(working.tools, patrols, Trigger.SCHEDULE, now=utc_now())
            worker.advance(only=["patrols"])

        with working.database.read() as session:
            first, second = forecasts.after(session, SeriesKey("yearly", "CHN-RUS"), None)
    assert first.record_cut < second.record_cut
    assert second.next_update_at == next_run(patrols, second.issued_at)


def test_what_is_composed_gets_no_job_and_is_forecast_once_its_file_is_there(
    tmp_path: Path, sqlite_url: str
) -> None:
    with at_work(tmp_path, sqlite_url) as working:
        (tmp_path / "indicators" / "yearly.yml").write_text(COMPOSED)
        eventually(lambda: len(issues(working)) == 2)
        with working.database.read() as session:
            assert runs.latest(session).keys() == {"patrols"}


def test_a_second_worker_waits_for_the_lease(tmp_path: Path, sqlite_url: str) -> None:
    with house(tmp_path, sqlite_url, clock=utc_now) as working:
        with working.database.begin() as session:
            leases.acquire(session, "worker", "another", now=utc_now(), ttl=timedelta(minutes=5))
        stop = threading.Event()
        ready: list[bool] = []
        second = Worker(working, stop=stop, watch=lambda *_: None)
        thread = threading.Thread(target=second.run, args=[lambda: ready.append(True)])
        thread.start()
        stop.set()
        thread.join(20)
        assert not ready
        with working.database.read() as session:
            assert not runs.latest(session)


def test_a_schedule_fires_after_the_last_time_it_fired() -> None:
    trigger = OnSchedule(define("history", {"series": "x"}, schedule="*/15 * * * *"))
    now = datetime(2026, 3, 4, 12, 7, tzinfo=UTC)
    first = trigger.get_next_fire_time(None, now)
    assert timedelta(0) <= first - datetime(2026, 3, 4, 12, 15, tzinfo=UTC) < SPREAD
    assert trigger.get_next_fire_time(first, now) == first + timedelta(minutes=15)


def test_indicators_of_one_schedule_are_not_asked_for_at_one_moment() -> None:
    triggers = [OnSchedule(define("history", {"series": "x"}, id=f"i{n}")) for n in range(20)]
    now = datetime(2026, 3, 4, 12, 7, tzinfo=UTC)
    assert len({trigger.get_next_fire_time(None, now) for trigger in triggers}) == 20


def test_a_fingerprint_sees_definitions_and_data_but_nothing_else(tmp_path: Path) -> None:
    before = fingerprint((tmp_path,))
    (tmp_path / "notes.md").write_text("mine")
    assert fingerprint((tmp_path,)) == before
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "more.csv").write_text("id")
    assert fingerprint((tmp_path,)) != before


@contextmanager
def at_work(
    folder: Path, url: str, watch: Callable[[str, int, int | None], None] = lambda *_: None
) -> Iterator[Working]:
    """Run a worker over one indicator in a thread, from after its first day to the end."""
    last = datetime.now(UTC).date() - timedelta(days=9)
    root = folder / "indicators"
    write_patrols(root, quiet_weeks(30), last=last - timedelta(days=last.weekday()))
    (root / "patrols.yml").write_text(INDICATOR)
    stop, ready = threading.Event(), threading.Event()
    with house(folder, url, clock=utc_now) as working:
        worker = Worker(working, stop=stop, watch=watch)
        thread = threading.Thread(target=worker.run, args=[ready.set])
        thread.start()
        try:
            assert ready.wait(60)
            yield working
        finally:
            stop.set()
            thread.join(30)


def issues(working: Working) -> list[str]:
    with working.database.read() as session:
        return [str(issue.key) for issue in forecasts.all_latest(session)]


def in_force(working: Working) -> list[str]:
    with working.database.read() as session:
        return [definition.id for definition in catalogue.current(session)]


def problems(working: Working) -> tuple[object, ...]:
    with working.database.read() as session:
        return catalogue.problems(session)


def eventually(holds: Callable[[], object], seconds: float = 20) -> None:
    """Wait until something holds, or fail."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"still not so after {seconds} s"
        time.sleep(0.1)


pytestmark = pytest.mark.timeout(120)
