"""Whatever an endpoint answers in place of its data, nothing is guessed and the reason is said."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from forecaster.domain.errors import CollectError, SourceChanged, SourceUnavailable
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Missing
from tests.collect.asked import (
    always,
    csv_definition,
    csv_of,
    json_definition,
    json_of,
    run,
)
from tests.collect.errands import QUICK

Define = Callable[..., Definition]
DAYS = [(f"2026-01-{day:02}", day) for day in range(1, 32)]
JSON = json_of(*[{"day": day, "count": count} for day, count in DAYS])
CSV = csv_of(*DAYS)
GOOD = {"json": (json_definition, JSON), "csv": (csv_definition, CSV)}
HTML = b"<!DOCTYPE html><html><head><title>Down for today</title></head></html>"

UNAVAILABLE: dict[str, tuple[Define, bytes]] = {
    "json, empty": (json_definition, b""),
    "json, blank": (json_definition, b" \r\n"),
    "json, truncated": (json_definition, JSON[: len(JSON) // 2]),
    "json, page": (json_definition, HTML),
    "json, rate limit": (json_definition, b"Please limit requests to one every 5 seconds"),
    "csv, empty": (csv_definition, b""),
    "csv, page": (csv_definition, HTML),
    "csv, cut in a row": (csv_definition, CSV[:-4]),
    "csv, cut in quotes": (csv_definition, CSV + b'"2026-02-01'),
}
CHANGED: dict[str, tuple[Define, bytes, str]] = {
    "json, text": (json_definition, b"Unknown series.", "a text instead of JSON: Unknown series."),
    "json, number": (json_definition, b"17", "a text instead of JSON: 17"),
    "json, latin-1": (json_definition, '{"data": "é"}'.encode("latin-1"), "no JSON in UTF-8"),
    "json, broken": (json_definition, b'{"data": [1,,2]}', "no JSON in UTF-8"),
    "json, no rows": (
        json_definition,
        b'{"date": []}',
        "no 'data', only date; did you mean 'date'?",
    ),
    "json, rows null": (json_definition, b'{"data": null}', "is no list of rows: found null"),
    "json, a list": (json_definition, b"[]", "found [] where 'data' was expected"),
    "json, renamed date": (
        json_definition,
        b'{"data": [{"days": "2026-01-01", "count": 1}]}',
        "there is no 'day', only days, count; did you mean 'days'?",
    ),
    "json, renamed value": (
        json_definition,
        b'{"data": [{"day": "2026-01-01", "counts": 1}]}',
        "there is no 'count', only day, counts; did you mean 'counts'?",
    ),
    "json, rows that are none": (json_definition, b'{"data": [1, 2]}', "found 1 where 'day'"),
    "json, deep": (json_definition, b"[" * 200_000 + b"]" * 200_000, "nested too deeply"),
    "json, huge integer": (json_definition, b'{"data": [' + b"9" * 5_000 + b"]}", "no JSON"),
    "json, 400 digits": (
        json_definition,
        b'{"data": [{"day": "2026-01-01", "count": ' + b"9" * 400 + b"}]}",
        "is not a finite number",
    ),
    "csv, json": (csv_definition, b'{"error": "no such series"}', "there is no column 'day'"),
    "csv, latin-1": (csv_definition, "é".encode("latin-1") + CSV, "invalid continuation byte"),
    "csv, renamed": (csv_definition, CSV.replace(b"day", b"days"), "did you mean 'days'?"),
    "csv, twice": (csv_definition, b"day,day\n", "two columns bear one name: day, day"),
    "csv, longer row": (csv_definition, CSV + b"2026-02-01,1,2\n", ":33: 3 columns; expected 2"),
    "csv, shorter row": (csv_definition, b"day,count\n2026-01-01\n", ":2: 1 columns; expected 2"),
    "csv, quotes": (csv_definition, b'day,count\n"2026-01-01"x,1\n', ":2: "),
}


def ended(folder: Path, definition: Definition, body: bytes) -> CollectError:
    ran = run(folder, definition, always(body))
    assert ran.batches == []
    assert ran.error is not None
    return ran.error


@pytest.mark.parametrize(("make", "body"), UNAVAILABLE.values(), ids=UNAVAILABLE)
def test_what_is_not_there_now_is_asked_for_again(
    tmp_path: Path, make: Define, body: bytes
) -> None:
    assert isinstance(ended(tmp_path, make({"how": "sum"}), body), SourceUnavailable)


@pytest.mark.parametrize(("make", "body", "said"), CHANGED.values(), ids=CHANGED)
def test_another_shape_calls_a_person(
    tmp_path: Path, make: Define, body: bytes, said: str
) -> None:
    error = ended(tmp_path, make({"how": "sum"}), body)
    assert isinstance(error, SourceChanged)
    assert said in str(error)
    assert len(str(error)) < 1_500


def test_a_page_for_people_is_quoted_by_its_title_and_not_kept(tmp_path: Path) -> None:
    ran = run(tmp_path, json_definition(), always(HTML))
    assert "a page for people instead of data: 'Down for today'" in str(ran.error)
    assert len(ran.asked) == QUICK.attempts


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize("content_type", ["text/html", "application/octet-stream", "image/png"])
def test_another_content_type_with_good_data_is_fine(
    tmp_path: Path, kind: str, content_type: str
) -> None:
    make, body = GOOD[kind]
    respond = always(body, headers={"Content-Type": content_type})
    assert run(tmp_path, make({"how": "sum"}), respond).values == {"2026-01-01": 496}


@pytest.mark.parametrize("kind", GOOD)
def test_a_compressed_answer_is_read(tmp_path: Path, kind: str) -> None:
    make, body = GOOD[kind]
    respond = always(gzip.compress(body), headers={"Content-Encoding": "gzip"})
    assert run(tmp_path, make({"how": "max"}), respond).values == {"2026-01-01": 31}


@pytest.mark.parametrize("kind", GOOD)
def test_a_byte_order_mark_is_no_part_of_the_data(tmp_path: Path, kind: str) -> None:
    make, body = GOOD[kind]
    ran = run(tmp_path, make({"how": "min"}), always(b"\xef\xbb\xbf" + body))
    assert ran.values == {"2026-01-01": 1}


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize(("rows", "share"), [(310, 10), (15, 0.5)])
def test_how_many_rows_were_read_is_told(
    tmp_path: Path, kind: str, rows: int, share: float
) -> None:
    make, _ = GOOD[kind]
    days = (DAYS * 10)[: int(31 * share)]
    body = (
        csv_of(*days)
        if kind == "csv"
        else json_of(*[dict(zip(("day", "count"), d, strict=True)) for d in days])
    )
    [batch] = run(tmp_path, make({"how": "mean"}), always(body)).batches
    assert batch.rows == rows
    assert batch.fields == {"day", "count"}


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize("given", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_finite_number_is_refused_or_missing(
    tmp_path: Path, kind: str, given: str
) -> None:
    make, _ = GOOD[kind]
    body = f'{{"data": [{{"day": "2026-01-01", "count": {given}}}]}}'.encode()
    if kind == "csv":
        body = csv_of(("2026-01-01", given))
    assert f"{given} is not a finite number" in str(ended(tmp_path, make(), body))
    declared = run(tmp_path, make({"missing": [given]}), always(body))
    assert declared.values == {"2026-01-01": Missing.NOT_REPORTED}


@pytest.mark.parametrize("kind", GOOD)
def test_marks_between_thousands_are_read_where_they_are_declared(
    tmp_path: Path, kind: str
) -> None:
    make, _ = GOOD[kind]
    body = json_of({"day": "2026-01-01", "count": "1,234,567.5"})
    if kind == "csv":
        body = csv_of(("2026-01-01", '"1,234,567.5"'))
    assert "name them under 'thousands'" in str(ended(tmp_path, make(), body))
    assert run(tmp_path, make({"thousands": ","}), always(body)).values == {
        "2026-01-01": 1234567.5
    }


ERRORS: dict[str, tuple[Any, str, type[CollectError]]] = {
    "World Bank": (
        [{"message": [{"id": "120", "value": "The provided parameter value is not valid"}]}],
        "[0].message",
        SourceChanged,
    ),
    "DBnomics": ({"errors": [{"message": "not found"}], "data": []}, "errors", SourceChanged),
    "quota": ({"error": {"message": "Quota exceeded"}}, "error.message", SourceUnavailable),
}


@pytest.mark.parametrize(("tree", "where", "kind"), ERRORS.values(), ids=ERRORS)
def test_an_error_within_a_good_answer_is_said_in_the_words_of_the_source(
    tmp_path: Path, tree: Any, where: str, kind: type[CollectError]
) -> None:
    error = ended(tmp_path, json_definition({"error": where}), json.dumps(tree).encode())
    assert type(error) is kind
    assert "answered that something is wrong: " in str(error)


@pytest.mark.parametrize("errors", ["null", "[]", '""'])
def test_no_error_is_none(tmp_path: Path, errors: str) -> None:
    body = f'{{"errors": {errors}, "data": []}}'.encode()
    ran = run(tmp_path, json_definition({"error": "errors"}), always(body))
    assert ran.error is None
    assert [batch.rows for batch in ran.batches] == [0]


def test_an_expression_that_does_not_fit_the_data_calls_a_person(tmp_path: Path) -> None:
    body = json_of({"day": "2026-01-01", "count": 5})
    error = ended(tmp_path, json_definition({"value": "join(',', count)"}), body)
    assert "the expression \"join(',', count)\" does not fit" in str(error)


@pytest.mark.parametrize("kind", GOOD)
def test_a_refusal_is_said_with_its_status(tmp_path: Path, kind: str) -> None:
    make, _ = GOOD[kind]
    ran = run(tmp_path, make(), lambda _: httpx.Response(401))
    assert isinstance(ran.error, SourceChanged)
    assert "401" in str(ran.error)


@pytest.mark.parametrize("kind", GOOD)
def test_a_network_that_is_away_is_unavailable(tmp_path: Path, kind: str) -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route to host", request=request)

    make, _ = GOOD[kind]
    ran = run(tmp_path, make(), away)
    assert isinstance(ran.error, SourceUnavailable)


@pytest.mark.parametrize("kind", GOOD)
def test_an_answer_that_is_too_big_is_refused(tmp_path: Path, kind: str) -> None:
    make, body = GOOD[kind]
    error = ended(tmp_path, make({"how": "sum"}), body + b" " * QUICK.max_bytes)
    assert isinstance(error, SourceChanged)
