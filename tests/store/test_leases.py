"""Of all who ask for a lease one holds it, and its token only ever grows."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from forecaster.store import leases
from forecaster.store.database import Database
from tests.store.samples import NOW

TTL = timedelta(seconds=30)
SECOND = timedelta(seconds=1)


def acquire(database: Database, holder: str, seconds: int = 0) -> int | None:
    with database.begin() as session:
        return leases.acquire(session, "worker", holder, now=NOW + seconds * SECOND, ttl=TTL)


def release(database: Database, holder: str) -> None:
    with database.begin() as session:
        leases.release(session, "worker", holder)


def test_one_holds_a_lease_and_others_do_not(database: Database) -> None:
    assert acquire(database, "a") == 1
    assert acquire(database, "b", 29) is None


def test_who_holds_a_lease_prolongs_it_under_the_same_token(database: Database) -> None:
    acquire(database, "a")

    assert acquire(database, "a", 20) == 1
    assert acquire(database, "b", 40) is None


def test_a_lease_that_ran_out_is_taken_over(database: Database) -> None:
    acquire(database, "a")

    assert acquire(database, "b", 30) == 2
    assert acquire(database, "a", 31) is None


def test_the_token_grows_after_a_release(database: Database) -> None:
    acquire(database, "a")
    release(database, "b")
    assert acquire(database, "b") is None

    release(database, "a")

    assert acquire(database, "b") == 2


def test_who_let_his_lease_run_out_takes_it_anew(database: Database) -> None:
    acquire(database, "a")

    assert acquire(database, "a", 30) == 2


def test_leases_of_other_names_are_other_leases(database: Database) -> None:
    acquire(database, "a")

    with database.begin() as session:
        assert leases.acquire(session, "other", "b", now=NOW, ttl=TTL) == 1


def test_of_many_who_ask_at_once_one_gets_it(database: Database) -> None:
    together = Barrier(4)

    def ask(number: int) -> int | None:
        together.wait()
        return acquire(database, f"holder-{number}")

    with ThreadPoolExecutor(4) as threads:
        tokens = list(threads.map(ask, range(4)))

    assert [token for token in tokens if token is not None] == [1]
