"""The worker keeps the schedule, watches the files, and works only while it holds the lease."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forecaster.cycle.watching import fingerprint
from forecaster.domain.indicator import Status
from forecaster.domain.observation import Observation, SeriesKey
from forecaster.settings import utc_now
from forecaster.store import catalogue, forecasts, leases, observations, runs
from forecaster.worker import SPREAD, OnSchedule, Worker
from forecaster.working import Working
from tests.collect.errands import define
from tests.house import INDICATOR, house, quiet_weeks, write_patrols

TABLE = """\
title: Calls, {a}-{b}
role: display
for_each: {dyad: [CHN-RUS]}
family: count
unit: calls per week
frequency: week
lag: 1 day
collect: {source: table, path: tables/calls.csv, scope: null}
attribution: Nobody
license: {name: CC0, redistribution: "yes"}
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


def test_broken_files_take_no_other_one_down(tmp_path: Path, sqlite_url: str) -> None:
    root = tmp_path / "indicators"
    with at_work(tmp_path, sqlite_url) as working:
        (root / "broken.yml").write_bytes(b"title: \xff")
        (root / "cut.yml").write_text(INDICATOR[:40])
        (root / "empty.yml").touch()
        (root / "folder.yml").mkdir()
        (root / "again.yml").write_text(INDICATOR.replace("many-", "so-many-"))

        eventually(lambda: len(issues(working)) == 2)
        assert in_force(working) == ["again", "patrols"]
        assert refused(working) == {"broken.yml", "cut.yml", "empty.yml", "folder.yml"}

        (root / "broken.yml").write_text(INDICATOR.replace("many-", "all-too-many-"))
        eventually(lambda: in_force(working) == ["again", "broken", "patrols"])
        assert refused(working) == {"cut.yml", "empty.yml", "folder.yml"}


def test_a_changed_file_is_put_in_force_while_it_runs(tmp_path: Path, sqlite_url: str) -> None:
    with at_work(tmp_path, sqlite_url) as working:
        changed = INDICATOR.replace("patrols per week", "patrols a week")
        (tmp_path / "indicators" / "patrols.yml").write_text(changed)

        eventually(lambda: issue_of_unit(working, "patrols a week"))


def test_a_paused_indicator_is_not_collected_until_it_is_active_again(
    tmp_path: Path, sqlite_url: str
) -> None:
    path = tmp_path / "indicators" / "patrols.yml"
    with at_work(tmp_path, sqlite_url) as working:
        path.write_text(INDICATOR + "status: paused\n")
        eventually(lambda: status_of(working) is Status.PAUSED)
        before = last_run(working)
        last = datetime.now(UTC).date() - timedelta(days=9)
        write_patrols(path.parent, quiet_weeks(31), last=last - timedelta(days=last.weekday()))
        (path.parent / "again.yml").write_text(INDICATOR.replace("many-", "so-many-"))
        eventually(lambda: len(issues(working)) == 2)
        assert last_run(working) == before

        path.write_text(INDICATOR)
        eventually(lambda: last_run(working) != before)


def test_a_renamed_file_hands_its_history_on_while_it_runs(
    tmp_path: Path, sqlite_url: str
) -> None:
    root = tmp_path / "indicators"
    with at_work(tmp_path, sqlite_url) as working:
        (root / "patrols.yml").unlink()
        (root / "drills.yml").write_text(INDICATOR + "formerly: [patrols]\n")

        eventually(lambda: len(issues(working)) == 2)
        assert in_force(working) == ["drills"]
        assert issues(working) == ["drills/CHN-RUS", "patrols/CHN-RUS"]


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
    for name in ("ledger/more.csv", "lookups/actors.yml"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("id")
        assert fingerprint((tmp_path,)) != before
        before = fingerprint((tmp_path,))


def test_a_fingerprint_sees_tables_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    for name in ("own.csv", "tables/own.parquet", "tables/own.tsv"):
        before = fingerprint((tmp_path,))
        (tmp_path / name).write_text("period")
        assert fingerprint((tmp_path,)) != before


def test_a_row_that_is_added_to_a_table_is_collected_and_known_from_now_on(
    tmp_path: Path, sqlite_url: str
) -> None:
    root = tmp_path / "indicators"
    (root / "tables").mkdir(parents=True)
    table = root / "tables" / "calls.csv"
    table.write_text("period,value\n2026-01-05,3\n2026-01-12,4\n")
    (root / "calls.yml").write_text(TABLE)
    with at_work(tmp_path, sqlite_url) as working:
        assert [(each.value, each.pseudo) for each in known(working)] == [(3, True), (4, True)]
        with table.open("a") as file:
            file.write("2026-01-19,5\n")
        eventually(lambda: len(known(working)) == 3)
        assert (known(working)[-1].value, known(working)[-1].pseudo) == (5, False)


def known(working: Working) -> tuple[Observation, ...]:
    with working.database.read() as session:
        return observations.as_of(session, SeriesKey("calls", "CHN-RUS"), working.now())


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


def issue_of_unit(working: Working, unit: str) -> bool:
    with working.database.read() as session:
        return any(issue.unit == unit for issue in forecasts.all_latest(session))


def status_of(working: Working) -> Status:
    with working.database.read() as session:
        return catalogue.get(session, "patrols").status


def last_run(working: Working) -> int:
    with working.database.read() as session:
        run = runs.last(session, "patrols")
    assert run is not None
    return run.id


def in_force(working: Working) -> list[str]:
    with working.database.read() as session:
        return [definition.id for definition in catalogue.current(session)]


def problems(working: Working) -> tuple[object, ...]:
    with working.database.read() as session:
        return catalogue.problems(session)


def refused(working: Working) -> set[str]:
    with working.database.read() as session:
        return {Path(problem.file).name for problem in catalogue.problems(session)}


def eventually(holds: Callable[[], object], seconds: float = 20) -> None:
    """Wait until something holds, or fail."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"still not so after {seconds} s"
        time.sleep(0.1)


pytestmark = pytest.mark.timeout(120)
