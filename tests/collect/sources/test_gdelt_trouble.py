"""Whatever GDELT's server does, a run loses no good file and names the bad ones."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from forecaster.collect.asking.fetch import Fetcher
from forecaster.domain.errors import SourceChanged, SourceUnavailable
from tests.collect.errands import QUICK
from tests.collect.runs import AT, SLOT, name_of, run
from tests.servers.gdelt import Answer, Gdelt, csv, packed, row

NAME = name_of(AT)
GOOD = packed("a.CSV", csv([row()]))
Trouble = Callable[[Gdelt], object]

UNAVAILABLE: dict[str, Trouble] = {
    "truncated": lambda server: server.answer(NAME, Answer(GOOD[: len(GOOD) // 2])),
    "cut off": lambda server: server.answer(NAME, Answer(GOOD, manner="short")),
    "wrong md5": lambda server: server.publish(AT, [row()], md5="0" * 32),
    "another file of the size": lambda server: server.answer(NAME, Answer(GOOD[::-1])),
    "stalled": lambda server: server.answer(NAME, Answer(manner="stall")),
    "slow drip": lambda server: server.answer(NAME, Answer(manner="drip")),
    "html with 200": lambda server: server.answer(NAME, Answer(b"<html>Sorry</html>")),
    "429": lambda server: server.answer(NAME, Answer(status=429)),
    "503": lambda server: server.answer(NAME, Answer(status=503)),
}
CHANGED: dict[str, Trouble] = {
    "zip bomb": lambda server: server.publish(AT, b"0" * 20_000_000),
    "two columns": lambda server: server.publish(AT, b"one\ttwo\n" * 10),
    "endless": lambda server: server.answer(NAME, Answer(manner="endless")),
    "403": lambda server: server.answer(NAME, Answer(status=403)),
}


@pytest.mark.parametrize("trouble", UNAVAILABLE.values(), ids=UNAVAILABLE)
def test_a_file_that_cannot_be_had_now_stays_unvisited(
    server: Gdelt, fetcher: Fetcher, trouble: Trouble
) -> None:
    server.publish(AT, [row()])
    trouble(server)

    ran = run(server, fetcher)
    assert ran.batches == []
    assert isinstance(ran.error, SourceUnavailable)
    assert server.asked(NAME) == QUICK.attempts

    server.publish(AT, [row()])
    assert run(server, fetcher).slots == {NAME: True}


@pytest.mark.parametrize("trouble", CHANGED.values(), ids=CHANGED)
def test_a_file_in_another_shape_calls_a_person(
    server: Gdelt, fetcher: Fetcher, trouble: Trouble
) -> None:
    server.publish(AT, [row()])
    trouble(server)

    ran = run(server, fetcher)
    assert ran.batches == []
    assert isinstance(ran.error, SourceChanged)
    assert server.asked(NAME) == 1


def test_a_size_that_was_not_listed_is_refused(server: Gdelt, fetcher: Fetcher) -> None:
    server.publish(AT, [row()])
    server.answer(NAME, Answer(GOOD + b"more"))
    assert f"has {len(GOOD) + 4} bytes; " in str(run(server, fetcher).error)


def test_a_caught_up_file_of_which_no_list_tells_is_verified_too(
    server: Gdelt, fetcher: Fetcher
) -> None:
    names = [server.publish(AT - back * SLOT, [row()]) for back in (2, 1, 0)]
    server.answer(names[1], Answer(GOOD[:-10]))

    ran = run(server, fetcher, visited=(names[0],))
    assert ran.slots == {names[2]: True}
    assert f"{names[1]} is truncated or damaged" in str(ran.error)


def test_one_bad_file_of_a_backfill_does_not_lose_the_others(
    server: Gdelt, fetcher: Fetcher
) -> None:
    names = [server.publish(AT - back * SLOT, [row()]) for back in (4, 3, 2, 1, 0)]
    server.answer(names[1], Answer(GOOD[:-10]))
    server.answer(names[3], Answer(status=500))

    ran = run(server, fetcher, window=(AT - timedelta(days=1), AT + SLOT))
    assert list(ran.slots) == [names[0], names[2], names[4]]
    assert isinstance(ran.error, SourceUnavailable)
    assert "2 failures among 5 files that were due; the first:" in str(ran.error)


def test_a_change_among_failures_calls_a_person(server: Gdelt, fetcher: Fetcher) -> None:
    names = [server.publish(AT - back * SLOT, [row()]) for back in (2, 1, 0)]
    server.answer(names[0], Answer(status=500))
    server.publish(AT - SLOT, b"one\ttwo\n")

    ran = run(server, fetcher, window=(AT - timedelta(days=1), AT + SLOT))
    assert list(ran.slots) == [names[2]]
    assert isinstance(ran.error, SourceChanged)
    assert "1 of 1 rows have not 61 columns" in str(ran.error)


def test_a_source_that_fails_time_after_time_is_left_alone(
    server: Gdelt, fetcher: Fetcher
) -> None:
    names = [server.publish(AT - back * SLOT, [row()]) for back in range(9, -1, -1)]
    for name in names:
        server.answer(name, Answer(status=503))

    ran = run(server, fetcher, window=(AT - timedelta(days=1), AT + SLOT))
    assert [server.asked(name) for name in names] == [2, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert "failures among 10 files" in str(ran.error)


def test_a_source_that_asks_for_a_long_wait_gets_it(server: Gdelt, fetcher: Fetcher) -> None:
    names = [server.publish(AT - back * SLOT, [row()]) for back in (1, 0)]
    server.answer(names[0], Answer(status=429, headers={"Retry-After": "900"}))

    ran = run(server, fetcher, window=(AT - timedelta(days=1), AT + SLOT))
    assert server.asked(names[1]) == 0
    assert isinstance(ran.error, SourceUnavailable)
    assert ran.error.retry_after == timedelta(minutes=15)
