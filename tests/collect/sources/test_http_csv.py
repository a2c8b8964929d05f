"""A table behind an address, declared in YAML alone, gives the values that stand in it."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from forecaster.collect.sources.http_csv import CsvPage, HttpCsvOptions
from forecaster.domain.errors import SourceChanged
from forecaster.domain.observation import Missing
from tests.collect.asked import URL, always, csv_definition, csv_of, run
from tests.collect.errands import answering


def values(folder: Path, body: bytes, **options: Any) -> dict[str, Any]:
    ran = run(folder, csv_definition(options), always(body))
    assert ran.error is None
    return ran.values


def test_each_row_is_a_value_of_its_period(tmp_path: Path) -> None:
    body = csv_of(("2026-02-01", 4.5), ("2026-01-01", "."))
    assert values(tmp_path, body) == {"2026-01-01": Missing.NOT_REPORTED, "2026-02-01": 4.5}


def test_two_values_of_one_period_are_told_with_their_lines(tmp_path: Path) -> None:
    body = csv_of(("2026-01-01", 1), ("2026-01-02", 2))
    error = run(tmp_path, csv_definition(), always(body)).error
    assert isinstance(error, SourceChanged)
    assert f"1.0 ({URL}:2) and 2.0 ({URL}:3)" in str(error)


def test_lines_before_the_header_are_skipped(tmp_path: Path) -> None:
    body = b"Source: somebody\n\n" + csv_of(("2026-01-01", 1))
    assert values(tmp_path, body, skip=2) == {"2026-01-01": 1}


def test_a_table_without_a_header_is_given_names(tmp_path: Path) -> None:
    assert values(
        tmp_path,
        b"202601;1,5\n",
        columns=["day", "count"],
        delimiter=";",
        decimal=",",
        date_format="YYYYMM",
    ) == {"2026-01-01": 1.5}


def test_another_encoding_is_read_where_it_is_declared(tmp_path: Path) -> None:
    body = "day,país,count\n2026-01-01,Irán,3\n2026-01-01,Perú,4\n".encode("latin-1")
    found = values(tmp_path, body, encoding="latin-1", where={"país": "Irán"})
    assert found == {"2026-01-01": 3}


def test_rows_of_other_kinds_are_read_and_left_out(tmp_path: Path) -> None:
    body = b"day,count,kind\n2026-01-01,3,a\n2026-01-01,4,b\n\n"
    [batch] = run(tmp_path, csv_definition({"where": {"kind": "b"}}), always(body)).batches
    assert [reading.value for reading in batch.readings] == [4]
    assert batch.rows == 2


def test_a_column_of_each_scope_is_read_from_one_answer(tmp_path: Path) -> None:
    body = b"day,X_cn,X_RUS\n2026-01-01,3,4\n"
    options = {"value": "X_{actor}", "codes": {"CHN": "cn", "RUS": "RUS"}}
    ran = run(tmp_path, csv_definition(options, for_each={"actor": ["CHN", "RUS"]}), always(body))
    assert {each.scope: each.value for each in ran.readings} == {"CHN": 3, "RUS": 4}
    assert len(ran.asked) == 1


def test_a_column_that_a_scope_lacks_is_named(tmp_path: Path) -> None:
    definition = csv_definition({"value": "X_{actor}"}, for_each={"actor": ["CHN", "RUS"]})
    ran = run(tmp_path, definition, always(b"day,X_CHN\n2026-01-01,3\n"))
    assert "there is no column 'X_RUS', only day, X_CHN" in str(ran.error)


def test_nothing_can_be_found_beside_the_rows_of_a_table(tmp_path: Path) -> None:
    url = "https://data.example.org/x"
    fetched = answering(tmp_path, always(csv_of())).get(url)
    with pytest.raises(SourceChanged, match="which has only rows"):
        CsvPage(fetched, ("day",), (), 0).find("next")


def test_a_table_may_come_in_pages(tmp_path: Path) -> None:
    bodies = [csv_of(("2026-01-01", 1)), csv_of(("2026-02-01", 2)), csv_of()]
    definition = csv_definition({"pages": {"style": "page", "parameter": "page"}})
    answers = iter(httpx.Response(200, content=body) for body in bodies)
    ran = run(tmp_path, definition, lambda _: next(answers))
    assert ran.values == {"2026-01-01": 1, "2026-02-01": 2}
    assert ran.urls == [URL, f"{URL}?page=2", f"{URL}?page=3"]
    assert [batch.rows for batch in ran.batches] == [1, 1, 0]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"encoding": "base64"}, "'base64' is no encoding of text"),
        ({"encoding": "klingon"}, "'klingon' is no encoding of text"),
        ({"delimiter": '"'}, "cannot part columns"),
        ({"decimal": ","}, "cannot part columns"),
        ({"columns": ["a", "a"]}, "each column needs a name of its own"),
        (
            {"pages": {"style": "next_link", "next": "next"}},
            "a table says nothing of its pages",
        ),
    ],
)
def test_options_that_make_no_table_are_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        HttpCsvOptions.model_validate({"url": URL, "date": "d", "value": "v"} | options)
