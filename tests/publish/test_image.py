"""The image holds the newest of everything published."""

from datetime import UTC, datetime, timedelta

from forecaster.domain.publication import Kind, Publication
from forecaster.publish.image import Entry, Image, Snapshot

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def published(seq: int, key: str = "patrols/CHN-RUS", kind: Kind = Kind.FORECAST) -> Publication:
    return Publication(
        seq=seq,
        kind=kind,
        key=key,
        source=str(seq),
        etag=f'"{seq}"',
        body=b'{"seq":%d}' % seq,
        published_at=NOW,
        next_update_at=None,
        stale_after=NOW + timedelta(hours=1),
    )


def test_a_later_document_takes_the_place_of_an_earlier_one_whatever_their_order() -> None:
    snapshot = Snapshot().plus([published(3), published(1), published(2, "patrols/IRN-RUS")])

    assert snapshot.seq == 3
    assert [one.publication.seq for one in snapshot.of(Kind.FORECAST)] == [3, 2]


def test_documents_of_two_kinds_may_share_a_key() -> None:
    snapshot = Snapshot().plus([published(1, "x"), published(2, "x", Kind.INDICATOR)])

    assert [one.publication.seq for one in snapshot.of(Kind.INDICATOR)] == [2]
    assert snapshot.get(Kind.SCHEMA, "x") is None


def test_what_stays_in_a_snapshot_is_not_read_again() -> None:
    before = Snapshot().plus([published(1)])

    after = before.plus([published(2, "patrols/IRN-RUS")])

    assert after.get(Kind.FORECAST, "patrols/CHN-RUS") is before.of(Kind.FORECAST)[0]
    assert after.of(Kind.FORECAST)[0].document == {"seq": 1}


def test_a_document_is_stale_once_its_moment_has_passed() -> None:
    entry = Entry(published(1))

    assert not entry.is_stale(NOW + timedelta(hours=1))
    assert entry.is_stale(NOW + timedelta(hours=1, microseconds=1))


def test_an_image_says_when_it_was_last_refreshed() -> None:
    image = Image()
    assert image.refreshed_at is None

    image.show(Snapshot().plus([published(1)]), now=NOW)

    assert (image.snapshot.seq, image.refreshed_at) == (1, NOW)
