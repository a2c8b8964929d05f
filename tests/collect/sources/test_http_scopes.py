"""Each scope is asked for as the source names it, and found where a row names it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from forecaster.domain.errors import KeyMissing, SourceChanged, SourceUnavailable
from forecaster.domain.lookups import Lookups
from tests.collect.asked import URL, Respond, always, json_definition, json_of, run

JANUARY = {"day": "2026-01-01", "count": 3}
FEBRUARY = {"day": "2026-02-01", "count": 4}
BOTH = json_of(JANUARY, FEBRUARY)


def values(folder: Path, body: bytes, **options: Any) -> dict[str, Any]:
    ran = run(folder, json_definition(options), always(body))
    assert ran.error is None
    return ran.values


def test_each_scope_is_asked_for_under_the_names_of_the_source(tmp_path: Path) -> None:
    options = {"url": URL + "/{a}/{b}", "codes": {"CHN": "156", "IRN": "364", "RUS": "6 43"}}
    definition = json_definition(options, for_each={"dyad": ["CHN-IRN", "CHN-RUS"]})
    ran = run(tmp_path, definition, always(BOTH))
    assert ran.urls == [f"{URL}/156/364", f"{URL}/156/6%2043"]
    assert [reading.scope for reading in ran.readings] == ["CHN-IRN"] * 2 + ["CHN-RUS"] * 2
    assert [(batch.done, batch.total) for batch in ran.batches] == [(1, 2), (2, 2)]


def test_an_actor_without_a_code_is_not_guessed(tmp_path: Path) -> None:
    definition = json_definition({"url": URL + "/{a}-{b}", "codes": {"CHN": "156"}})
    assert "no code for {b}" in str(run(tmp_path, definition, always(BOTH)).error)


def test_scopes_that_nothing_tells_apart_are_refused(tmp_path: Path) -> None:
    ran = run(tmp_path, json_definition(for_each={"dyad": "all"}), always(BOTH))
    assert "would all get the same values" in str(ran.error)
    assert ran.asked == []


ROWS = json_of(
    *[
        {"day": "2026-01-01", "count": 1, "who": "cn", "whom": "ru"},
        {"day": "2026-01-01", "count": 2, "who": "ru", "whom": "ir"},
        {"day": "2026-01-01", "count": 3, "who": "ru", "whom": "us"},
    ]
)
CODES = {"CHN": "cn", "RUS": "ru", "IRN": "ir", "USA": "us"}
TWO = {"dyad": ["CHN-RUS", "IRN-RUS"]}


def test_one_answer_serves_every_scope_that_its_rows_name(tmp_path: Path) -> None:
    options = {"scope": ["who", "whom"], "codes": CODES}
    ran = run(tmp_path, json_definition(options, for_each=TWO), always(ROWS))
    assert len(ran.asked) == 1
    assert {each.scope: each.value for each in ran.readings} == {"CHN-RUS": 1, "IRN-RUS": 2}


def test_a_place_that_nobody_declared_calls_a_person(tmp_path: Path) -> None:
    options = {"scope": ["who", "whom"], "codes": {"CHN": "cn", "RUS": "ru", "IRN": "ir"}}
    ran = run(tmp_path, json_definition(options, for_each=TWO), always(ROWS))
    assert "is of 'us', which neither 'codes' nor the lookups know" in str(ran.error)
    left_out = json_definition(options | {"others": True}, for_each=TWO)
    assert len(run(tmp_path, left_out, always(ROWS)).readings) == 2


def test_places_are_looked_up_by_name(tmp_path: Path) -> None:
    body = json_of(JANUARY | {"who": "Iran (Islamic Rep.)"}, JANUARY | {"who": "RUS"})
    definition = json_definition({"scope": ["who"]}, for_each={"actor": ["IRN"]})
    lookups = Lookups(actors={"iran (islamic rep.)": "IRN"})
    [reading] = run(tmp_path, definition, always(body), lookups=lookups).readings
    assert reading.scope == "IRN"


def test_rows_of_none_of_the_scopes_call_a_person(tmp_path: Path) -> None:
    definition = json_definition({"scope": ["who"]}, for_each={"actor": ["IRN"]})
    ran = run(tmp_path, definition, always(json_of(JANUARY | {"who": "RUS"})))
    assert "no row is of IRN" in str(ran.error)


def test_a_value_may_stand_in_a_place_of_its_scope(tmp_path: Path) -> None:
    body = json_of({"day": "2026-01-01", "count": {"CHN": 1, "RUS": 2}})
    definition = json_definition({"value": "count.{actor}"}, for_each={"actor": ["CHN", "RUS"]})
    ran = run(tmp_path, definition, always(body))
    assert {each.scope: each.value for each in ran.readings} == {"CHN": 1, "RUS": 2}
    assert len(ran.asked) == 1


def test_a_name_cannot_break_out_of_its_quotation_marks(tmp_path: Path) -> None:
    body = json_of(JANUARY | {"who": "d'Or"})
    options = {"rows": "data[?who == '{dyad}']", "codes": {"CHN-RUS": "d'Or"}}
    assert values(tmp_path, body, **options) == {"2026-01-01": 3}


def test_headers_and_parameters_are_sent_as_declared(tmp_path: Path) -> None:
    params = {"fields[]": ["a", "b c"], "n": 5, "all": True}
    options = {"headers": {"Accept": "application/json"}, "params": params}
    ran = run(tmp_path, json_definition(options | {"url": URL + "?x=1"}), always(BOTH))
    assert ran.urls == [f"{URL}?x=1&fields%5B%5D=a&fields%5B%5D=b%20c&n=5&all=true"]
    assert ran.asked[0].headers["Accept"] == "application/json"


KEYED = {"params": {"api_key": "{key:fred}"}, "headers": {"X-Token": "{key:x}"}}


def test_a_key_stays_a_name_in_all_that_is_kept(tmp_path: Path) -> None:
    keys = {"fred": "s3cret&more", "x": "t0ken-of-x"}
    ran = run(tmp_path, json_definition(KEYED), always(BOTH), keys=keys)
    assert ran.batches[0].document is not None
    assert ran.batches[0].document.url == f"{URL}?api_key={{key:fred}}"
    assert ran.urls == [f"{URL}?api_key=s3cret%26more"]
    assert ran.asked[0].headers["X-Token"] == "t0ken-of-x"


def test_a_key_that_is_not_there_is_asked_for_once(tmp_path: Path) -> None:
    definition = json_definition(KEYED | {"url": URL + "/{dyad}"}, for_each={"dyad": "all"})
    ran = run(tmp_path, definition, always(BOTH))
    assert isinstance(ran.error, KeyMissing)
    assert ran.asked == []


def test_a_key_that_the_next_link_repeats_is_not_kept(tmp_path: Path) -> None:
    bodies = [
        {"data": [JANUARY], "next": f"{URL}?page=2&api_key=s3cret%26more"},
        {"data": [FEBRUARY]},
    ]
    answers = iter(httpx.Response(200, json=body) for body in bodies)
    options = KEYED | {"pages": {"style": "next_link", "next": "next"}}
    keys = {"fred": "s3cret&more", "x": "t0ken-of-x"}
    ran = run(tmp_path, json_definition(options), lambda _: next(answers), keys=keys)
    assert [batch.document.url for batch in ran.batches if batch.document] == [
        f"{URL}?api_key={{key:fred}}",
        f"{URL}?page=2&api_key={{key:fred}}",
    ]
    assert ran.urls[1] == f"{URL}?page=2&api_key=s3cret%26more"
    assert b"s3cret" not in b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())


def of_iran(bad: httpx.Response) -> Respond:
    return lambda asked: bad if "IRN" in str(asked.url) else httpx.Response(200, content=BOTH)


@pytest.mark.parametrize("status", [404, 403, 503])
def test_one_scope_that_fails_does_not_lose_the_others(tmp_path: Path, status: int) -> None:
    three = {"dyad": ["CHN-IRN", "CHN-RUS", "PRK-RUS"]}
    definition = json_definition({"url": URL + "/{a}/{b}"}, for_each=three)
    ran = run(tmp_path, definition, of_iran(httpx.Response(status)))
    assert {each.scope for each in ran.readings} == {"CHN-RUS", "PRK-RUS"}
    assert str(status) in str(ran.error)


def test_a_source_that_is_silent_twice_is_left_alone(tmp_path: Path) -> None:
    definition = json_definition({"url": URL + "/{a}/{b}"}, for_each={"dyad": "all"})
    ran = run(tmp_path, definition, lambda _: httpx.Response(503))
    assert len(set(ran.urls)) == 2
    assert isinstance(ran.error, SourceUnavailable)
    assert "2 of 6 requests failed" in str(ran.error)


def test_a_source_that_asks_for_a_wait_gets_it(tmp_path: Path) -> None:
    definition = json_definition({"url": URL + "/{a}/{b}"}, for_each={"dyad": "all"})
    ran = run(tmp_path, definition, lambda _: httpx.Response(503, headers={"Retry-After": "900"}))
    assert len(ran.urls) == 1
    assert isinstance(ran.error, SourceUnavailable)
    assert ran.error.retry_after == timedelta(minutes=15)


def test_a_change_among_failures_calls_a_person(tmp_path: Path) -> None:
    definition = json_definition({"url": URL + "/{a}/{b}"}, for_each={"dyad": "all"})
    ran = run(
        tmp_path, definition, lambda asked: httpx.Response(403 if "CHN" in str(asked.url) else 503)
    )
    assert isinstance(ran.error, SourceChanged)
    assert "5 of 6 requests failed" in str(ran.error)
