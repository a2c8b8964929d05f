"""The publication log has no gaps, and its numbers follow the order of commit."""

import hashlib
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import pairwise
from threading import Event

import pytest

from forecaster.domain.publication import Draft, Kind, Publication
from forecaster.store import publications
from forecaster.store.database import Database, Session
from tests.store.samples import DAY, NOW


def draft(source: str, *, key: str = "visits/CHN-RUS", kind: Kind = Kind.FORECAST) -> Draft:
    return Draft(kind=kind, key=key, source=source, next_update_at=NOW + DAY)


def publish(session: Session, what: Draft, days: int = 0) -> Publication:
    done = publications.publish(
        session, what, lambda seq: f"#{seq}".encode(), now=NOW + days * DAY
    )
    assert done is not None
    return done


def test_a_document_is_rendered_under_its_number(database: Database) -> None:
    with database.begin() as session:
        first, second = publish(session, draft("i1")), publish(session, draft("i2"))

    assert (first.seq, first.body) == (1, b"#1")
    assert (second.seq, second.body) == (2, b"#2")
    assert second.etag == f'"{hashlib.sha256(b"#2").hexdigest()}"'
    with database.read() as session:
        assert publications.after(session, 0, 10) == (first, second)
        assert publications.last_seq(session) == 2


def test_a_source_is_published_once(database: Database) -> None:
    with database.begin() as session:
        publish(session, draft("i1"))

    with database.begin() as session:
        again = publications.publish(session, draft("i1"), lambda _: b"other", now=NOW)
        publish(session, draft("i1", kind=Kind.ALERT))

    assert again is None


def test_a_publication_that_fails_leaves_no_gap(database: Database) -> None:
    def publish_and_fail(session: Session) -> None:
        publish(session, draft("i1"))
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"), database.begin() as session:
        publish_and_fail(session)

    with database.begin() as session:
        assert publications.last_seq(session) == 0
        assert publish(session, draft("i3")).seq == 1


def test_the_newest_of_every_key_is_the_latest(database: Database) -> None:
    with database.begin() as session:
        publish(session, draft("i1"))
        other = publish(session, draft("i2", key="visits/IRN-RUS"))
        alert = publish(session, draft("a1", kind=Kind.ALERT))
        newest = publish(session, draft("i3"))

    with database.read() as session:
        assert publications.latest(session) == (other, alert, newest)
        assert publications.after(session, 1, 2) == (other, alert)


def test_a_document_can_be_read_as_it_was_at_a_moment(database: Database) -> None:
    with database.begin() as session:
        first = publish(session, draft("i1"))
        second = publish(session, draft("i2"), days=2)

    with database.read() as session:
        found = [
            publications.as_of(session, Kind.FORECAST, "visits/CHN-RUS", NOW + days * DAY)
            for days in (-1, 0, 1, 2)
        ]
    assert found == [None, first, first, second]


def test_many_publishers_leave_no_gap_and_keep_the_order_of_commit(database: Database) -> None:
    is_over = Event()

    def publish_some(publisher: int) -> None:
        for number in range(10):
            with database.begin() as session:
                publish(session, draft(f"{publisher}-{number}"))

    def follow() -> list[int]:
        """Read on from the last number seen, as every reader of the log does."""
        seen = [0]
        while not is_over.is_set():
            with database.read() as session:
                seen += [one.seq for one in publications.after(session, seen[-1], 100)]
        return seen

    with ThreadPoolExecutor(5) as threads:
        following = threads.submit(follow)
        publishing = [threads.submit(publish_some, publisher) for publisher in range(4)]
        wait(publishing)
        is_over.set()
        seen = following.result()

    assert [done.exception() for done in publishing] == [None] * 4
    with database.read() as session:
        seen += [one.seq for one in publications.after(session, seen[-1], 100)]
    assert seen == list(range(41))
    assert all(after == before + 1 for before, after in pairwise(seen))


def test_the_same_source_from_many_threads_is_published_once(database: Database) -> None:
    def publish_once(_: int) -> Publication | None:
        with database.begin() as session:
            return publications.publish(session, draft("i1"), lambda _: b"", now=NOW)

    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(publish_once, range(4)))

    assert sum(one is not None for one in done) == 1
