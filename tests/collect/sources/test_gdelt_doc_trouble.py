"""Whatever DOC 2.0 answers, a run names it; a query that it refuses calls a person."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from forecaster.collect.gdelt.query import GdeltDocOptions
from forecaster.domain.errors import CollectError, SourceChanged, SourceUnavailable
from tests.collect.doc import NAMES, Doc, article, listed, timeline, written

WINDOW = (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC))
LATER = {"now": datetime(2026, 3, 11, tzinfo=UTC)}
GOOD = timeline(WINDOW[0].date(), [1] * 7)


def point(**changes: Any) -> str:
    return written([{"date": "20260302T000000Z", "value": 1, "norm": 10} | changes])


def error_of(folder: Path, *answers: str | bytes | int) -> CollectError | None:
    return Doc(folder, timelinevolraw=answers).run(window=WINDOW, **LATER).error


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("Your search was too odd or too plain.\n", "answered 'Your search was too odd or"),
        ("[]", "answered '[]'"),
        (b"\x00\x01binary", "answered"),
        ('{"timeline": [}', "answered no JSON"),
        ('{"timeline": {}}', "in another shape: timeline"),
        ('{"timeline": [{"data": []}, {"data": []}]}', "2 timelines; expected one"),
        (point(value="1,234"), "found '1,234'"),
        (point(value=None), "found 'None'"),
        (point(value=True), "found 'True'"),
        (point(norm=-1), "found '-1'"),
        (point(date="2026-03-02"), "found '2026-03-02'"),
        (point(date="20260230T000000Z"), "found '20260230T000000Z'"),
        (point(value=float("nan")), "finite"),
        (point(value=float("inf")), "finite"),
        (point(value=11), "no volume"),
        (point(value=-1), "no volume"),
        (written([{"date": "20260302T000000Z", "value": 1}]), "no volume"),
        (written([{"date": "20260302T000000Z", "norm": 1}]), "timeline.0.data.0.value"),
        (404, "the service has moved"),
        (403, "answered 403"),
    ],
)
def test_another_shape_calls_a_person(tmp_path: Path, answer: str | int, said: str) -> None:
    daily = {"frequency": "day"}
    doc = Doc(tmp_path, timelinevolraw=answer)
    error = doc.run(window=WINDOW, changes=daily, **LATER).error
    assert isinstance(error, SourceChanged)
    assert said in str(error)
    assert len(doc.asked) == 1


@pytest.mark.parametrize(
    "answer", ["", "  \n", "<!DOCTYPE html><p>Sorry", GOOD[: len(GOOD) // 2], 503, 500]
)
def test_what_may_pass_is_asked_for_again(tmp_path: Path, answer: str | int) -> None:
    assert isinstance(error_of(tmp_path, answer), SourceUnavailable)
    assert error_of(tmp_path, answer, GOOD) is None


def test_two_values_of_one_day_are_a_change(tmp_path: Path) -> None:
    days = [{"date": "20260302T000000Z", "value": value, "norm": 10} for value in (1, 2)]
    assert "twice, with different values" in str(error_of(tmp_path, written(days)))


def test_an_endless_body_is_a_change(tmp_path: Path) -> None:
    error = error_of(tmp_path, "{" + " " * 2_000_000 + "}")
    assert isinstance(error, SourceChanged)
    assert "bigger than" in str(error)


def test_a_service_that_asks_for_fewer_requests_gets_a_pause(tmp_path: Path) -> None:
    text = "Please limit requests to one every so many seconds, or write to us."
    doc = Doc(tmp_path, timelinevolraw=text)
    changes = {"for_each": {"dyad": ["CHN-RUS", "CHN-PRK"]}}
    error = doc.run(window=WINDOW, changes=changes, **LATER).error
    assert isinstance(error, SourceUnavailable)
    assert error.retry_after == timedelta(minutes=1)
    assert len(doc.asked) == 1


def test_a_refused_scope_does_not_lose_the_others(tmp_path: Path) -> None:
    doc = Doc(tmp_path, timelinevolraw=["Too long.", GOOD])
    changes = {"for_each": {"dyad": ["CHN-RUS", "CHN-PRK"]}}
    ran = doc.run(window=WINDOW, changes=changes, **LATER)
    assert [reading.scope for batch in ran.batches for reading in batch.readings] == ["CHN-PRK"]
    assert "Too long." in str(ran.error)


def test_a_service_that_fails_time_after_time_is_left_alone(tmp_path: Path) -> None:
    doc = Doc(tmp_path, artlist="Too long.")
    doc.run("artlist", **LATER)
    assert len(doc.asked) == 3


def test_what_was_refused_is_not_kept(tmp_path: Path) -> None:
    doc = Doc(tmp_path, timelinevolraw=["Too long.", GOOD])
    doc.run(window=WINDOW, **LATER)
    [batch] = doc.run(window=WINDOW, **LATER).batches
    assert batch.document
    assert doc.fetcher.archive.get(batch.document.digest) == GOOD.encode()


def test_an_article_without_an_address_is_a_change(tmp_path: Path) -> None:
    doc = Doc(tmp_path, artlist=listed(article(), article(url="")))
    error = doc.run("artlist", window=WINDOW, **LATER).error
    assert "articles.1.url" in str(error)


def test_an_actor_without_a_name_is_said(tmp_path: Path) -> None:
    doc = Doc(tmp_path, timelinevolraw=GOOD)
    error = doc.run(window=WINDOW, changes={"for_each": {"dyad": ["CHN-IND"]}}, **LATER).error
    assert isinstance(error, SourceChanged)
    assert "IND has no name for {b} under 'collect.names'" in str(error)


def test_requests_of_all_indicators_together_keep_their_distance(tmp_path: Path) -> None:
    doc = Doc(tmp_path, timelinevolraw=GOOD, artlist=listed())
    doc.run(window=WINDOW, pace_seconds=0.2, **LATER)
    doc.run("artlist", window=WINDOW, pace_seconds=0.2, **LATER)
    doc.run(window=WINDOW, pace_seconds=0.2, query="another", **LATER)
    assert all(after - before > 0.19 for before, after in pairwise(doc.moments))
    assert len(doc.moments) == 3


def test_the_distance_is_that_which_the_service_asks_for() -> None:
    assert GdeltDocOptions(query="any").pace_seconds == 5


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"query": "{a} {b} drill"}, "say under 'names' what fills it"),
        ({"query": "{c} drill", "names": NAMES}, "{c} is not a placeholder"),
        ({"query": "{a} drill OR exercise", "names": NAMES}, "OR stands only within parentheses"),
        ({"query": "{a} {b} " + "x" * 220, "names": NAMES}, "filled, the query has 25"),
        ({"query": "{actor} " + "x" * 236, "names": NAMES}, "and the service takes 250"),
        ({"query": "x" * 251}, "at most 250 characters"),
        ({"query": "ab"}, "at least 3 characters"),
        ({"query": "any", "mode": "timelinevol"}, "timelinevolraw"),
        ({"query": "any", "mode": "artlist", "measure": "count"}, "timelinevolraw only"),
        ({"query": "any", "deduplicate": "url"}, "artlist only"),
        ({"query": "any", "names": {"CHN": []}}, "at least 1 item"),
        ({"query": "any", "names": {"China": ["China"]}}, "not a country code"),
        ({"query": "any", "base_url": "ftp://x"}, "match pattern"),
        ({"query": "any", "pace_seconds": -1}, "greater than or equal to 0"),
        ({"query": "any", "maxrecords": 10}, "maxrecords"),
    ],
)
def test_options_that_the_service_would_refuse_are_refused(
    options: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        GdeltDocOptions.model_validate(options)
    assert said in str(refused.value)


def test_an_or_in_quotes_or_parentheses_is_fine() -> None:
    GdeltDocOptions(query='"war OR peace" (drill OR exercise)')
