"""GDELT's files are visited slot by slot, each once, none forgotten."""

from datetime import date, timedelta

import pytest

from forecaster.collect.asking.fetch import Fetcher
from forecaster.collect.gdelt.export import FEEDS, listed
from forecaster.domain.errors import SourceChanged
from tests.collect.runs import AT, SLOT, name_of, run
from tests.servers.gdelt import ENGLISH, TRANSLINGUAL, Answer, Gdelt, row

NAME = name_of(AT)


def test_the_newest_file_is_read_archived_and_settled(server: Gdelt, fetcher: Fetcher) -> None:
    server.publish(AT, [row(), row(one="RUS", other="IRN")])

    [batch] = run(server, fetcher).batches
    assert [(seen.scope, seen.day, seen.weight) for seen in batch.sightings] == [
        ("CHN-RUS", date(2026, 3, 2), 1.0)
    ]
    assert [(slot.name, slot.at, slot.seen) for slot in batch.slots] == [(NAME, AT, True)]
    assert (batch.done, batch.total) == (1, 1)
    assert batch.document
    assert batch.document.url == f"{server.url}/{NAME}"
    assert fetcher.archive.get(batch.document.digest).startswith(b"PK")


def test_both_feeds_are_read(server: Gdelt, fetcher: Fetcher) -> None:
    server.publish(AT, [row()])
    server.publish(AT, [row(url="https://example.org/b")], feed=TRANSLINGUAL)

    ran = run(server, fetcher, feeds=[ENGLISH, TRANSLINGUAL])
    assert set(ran.slots) == {NAME, NAME.replace("export", "translation.export")}
    assert len(ran.sightings) == 2


def test_a_feed_that_fails_does_not_stop_the_other(server: Gdelt, fetcher: Fetcher) -> None:
    server.publish(AT, [row()])

    ran = run(server, fetcher, feeds=[TRANSLINGUAL, ENGLISH])
    assert ran.slots == {NAME: True}
    assert isinstance(ran.error, SourceChanged)
    assert "lastupdate-translation.txt answered 404" in str(ran.error)


def test_a_list_in_another_shape_is_a_change(server: Gdelt, fetcher: Fetcher) -> None:
    server.answer("lastupdate.txt", Answer(b"<!DOCTYPE html><title>Hello</title>"))

    error = run(server, fetcher).error
    assert isinstance(error, SourceChanged)
    assert "names no file of events; it begins '<!DOCTYPE html>" in str(error)


def test_a_file_that_was_visited_is_not_visited_again(server: Gdelt, fetcher: Fetcher) -> None:
    server.publish(AT, [row()])

    assert run(server, fetcher, visited=(NAME,)).batches == []
    assert server.asked(NAME) == 0


def test_two_indicators_share_one_download(server: Gdelt, fetcher: Fetcher) -> None:
    server.publish(AT, [row()])
    for codes in (["05"], ["06"]):
        run(server, fetcher, codes=codes)

    assert server.asked(NAME) == 1


def test_slots_missed_since_the_last_visit_are_caught_up(server: Gdelt, fetcher: Fetcher) -> None:
    names = [server.publish(AT - back * SLOT, [row()]) for back in (3, 2, 1, 0)]

    ran = run(server, fetcher, visited=(names[0],))
    assert list(ran.slots) == names[1:]
    assert [(batch.done, batch.total) for batch in ran.batches] == [(1, 3), (2, 3), (3, 3)]


def test_a_hole_that_a_failure_left_is_filled_later(server: Gdelt, fetcher: Fetcher) -> None:
    names = [server.publish(AT - back * SLOT, [row()]) for back in (2, 1, 0)]
    assert list(run(server, fetcher, visited=(names[0], names[2])).slots) == [names[1]]


def test_catching_up_reaches_back_one_day(server: Gdelt, fetcher: Fetcher) -> None:
    server.publish(AT, [row()])

    ran = run(server, fetcher, visited=(name_of(AT - timedelta(days=30)),))
    assert len(ran.batches) == 96
    assert min(ran.slots) == name_of(AT - 95 * SLOT)


def test_a_first_run_takes_the_newest_file_alone(server: Gdelt, fetcher: Fetcher) -> None:
    server.publish(AT - SLOT, [row()])
    server.publish(AT, [row()])

    assert run(server, fetcher).slots == {NAME: True}


@pytest.mark.parametrize(("hours", "slots"), [(5, {}), (7, {name_of(AT - SLOT): False})])
def test_an_absent_slot_may_be_late_but_not_for_ever(
    server: Gdelt, fetcher: Fetcher, hours: int, slots: dict[str, bool]
) -> None:
    server.publish(AT, [row()])
    visited = (name_of(AT - 2 * SLOT), NAME)

    ran = run(server, fetcher, visited=visited, now=AT + timedelta(hours=hours))
    assert ran.slots == slots
    assert ran.error is None


def test_a_backfill_visits_every_listed_file_of_its_window(
    server: Gdelt, fetcher: Fetcher
) -> None:
    names = [server.publish(AT - back * SLOT, [row()]) for back in (4, 3, 2, 1, 0)]

    ran = run(server, fetcher, window=(AT - 3 * SLOT, AT - SLOT))
    assert list(ran.slots) == names[1:3]
    assert [(batch.done, batch.total) for batch in ran.batches] == [(1, 2), (2, 2)]
    assert server.asked("lastupdate.txt") == 0


def test_a_backfill_goes_on_where_it_was_interrupted(server: Gdelt, fetcher: Fetcher) -> None:
    names = [server.publish(AT - back * SLOT, [row()]) for back in (2, 1, 0)]
    window = (AT - timedelta(days=1), AT + SLOT)

    ran = run(server, fetcher, window=window, visited=tuple(names[:2]))
    assert list(ran.slots) == names[2:]
    assert server.asked(names[0]) == 0


def test_a_backfill_asks_for_a_file_only_when_its_turn_comes(
    server: Gdelt, fetcher: Fetcher
) -> None:
    names = [server.publish(AT - back * SLOT, [row()]) for back in (2, 1, 0)]
    server.answer(names[1], Answer(status=404))

    ran = run(server, fetcher, window=(AT - timedelta(days=1), AT + SLOT), now=AT + 60 * SLOT)
    assert ran.slots == {names[0]: True, names[1]: False, names[2]: True}
    assert ran.error is None


def test_a_window_without_a_file_is_said(server: Gdelt, fetcher: Fetcher) -> None:
    server.publish(AT, [row()])

    error = run(server, fetcher, window=(AT - 4 * SLOT, AT - SLOT)).error
    assert isinstance(error, SourceChanged)
    assert "masterfilelist.txt lists no file from" in str(error)


@pytest.mark.parametrize(
    "name",
    ["20260231000000.export.CSV.zip", "2026.export.CSV.zip", "x20260302000000.export.CSV.zip"],
)
def test_a_name_that_is_no_moment_is_no_file_of_a_feed(name: str) -> None:
    assert listed(f"1 {'0' * 32} http://example.org/{name}", FEEDS[ENGLISH]) is None
