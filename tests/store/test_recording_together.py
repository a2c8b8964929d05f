"""Many may record at once, and long histories come in few statements."""

from concurrent.futures import ThreadPoolExecutor, wait
from itertools import pairwise
from threading import Barrier, Event

from sqlalchemy import event

from forecaster.store import observations
from forecaster.store.database import Database
from tests.store.samples import NOW, definition, reading
from tests.store.series import record, versions


def test_recording_the_same_from_many_threads_doubles_nothing(database: Database) -> None:
    told = [reading(number, scope=scope) for number in range(50) for scope in definition().scopes]
    together = Barrier(4)

    def collect(_: int) -> int:
        together.wait()
        return record(database, *told, inferred=True, whole=True).new

    with ThreadPoolExecutor(4) as threads:
        new = list(threads.map(collect, range(4)))

    assert sorted(new) == [0, 0, 0, 100]
    assert len(versions(database)) == 50


def test_who_saw_one_id_of_a_series_never_finds_a_smaller_one_later(database: Database) -> None:
    is_over = Event()

    def collect(offset: int) -> None:
        for number in range(20):
            record(database, reading(100 * offset + number))

    def watch() -> list[set[int]]:
        seen: list[set[int]] = [set()]
        while not is_over.is_set():
            seen.append({one.id for one in versions(database)})
        return seen

    with ThreadPoolExecutor(5) as threads:
        watching = threads.submit(watch)
        writing = [threads.submit(collect, offset) for offset in range(4)]
        wait(writing)
        is_over.set()
        seen = watching.result()

    assert [done.exception() for done in writing] == [None] * 4
    for before, after in pairwise([*seen, {one.id for one in versions(database)}]):
        assert all(one > max(before, default=0) for one in after - before)


def test_a_long_history_takes_few_statements(database: Database) -> None:
    told = [reading(number, scope=scope) for number in range(500) for scope in definition().scopes]
    statements: list[str] = []

    with database.begin() as session:
        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
        observations.record(session, definition(), told, now=NOW, inferred=True, whole=True)

    assert len(statements) < 15
    assert len(versions(database)) == 500
