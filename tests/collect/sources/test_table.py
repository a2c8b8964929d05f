"""What a table of one's own gives: values, gaps, missing ones, as they were published."""

from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import fsspec
import polars as pl
import pytest
from pydantic import ValidationError

from forecaster.collect.source import Batch, Errand
from forecaster.collect.sources.table import TableOptions
from forecaster.domain.observation import Missing, Reading
from tests.collect.errands import NOW, define, offline, open_source

HEADER = "scope,period,value\n"


def read(folder: Path, body: str | bytes, *, path: str = "tables/x.csv", **changes: Any) -> Batch:
    """Put a file below a root and read it for CHN-RUS, by month unless told otherwise."""
    file = folder / "root" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(body.encode() if isinstance(body, str) else body)
    return collect(folder, folder / "root", path=path, **changes)


def collect(
    folder: Path, *roots: Path, frequency: str = "month", dyads: Any = ("CHN-RUS",), **options: Any
) -> Batch:
    definition = define(
        "table",
        {"path": "tables/x.csv", **options},
        frequency=frequency,
        for_each={"dyad": list(dyads)},
    )
    [batch] = open_source(definition).collect(Errand(definition, NOW, offline(folder), roots))
    return batch


def values(batch: Batch) -> dict[str, float | None]:
    return {str(reading.period): reading.value for reading in batch.readings}


def one(batch: Batch) -> Reading:
    [reading] = batch.readings
    return reading


def parquet(frame: dict[str, Any]) -> bytes:
    file = BytesIO()
    pl.DataFrame(frame).write_parquet(file)
    return file.getvalue()


def test_a_csv_gives_its_values_and_says_what_it_holds(tmp_path: Path) -> None:
    batch = read(tmp_path, HEADER + "CHN-RUS,2026-01,3\nCHN-RUS,2026-02,4.5\n")
    assert values(batch) == {"2026-01-01": 3, "2026-02-01": 4.5}
    assert (batch.rows, batch.fields, batch.whole) == (2, {"scope", "period", "value"}, True)


def test_the_file_is_archived_and_its_digest_is_that_of_the_content(tmp_path: Path) -> None:
    body = HEADER + "CHN-RUS,2026-01,3\n"
    document = read(tmp_path, body).document
    assert document
    assert (document.url, document.status, document.size) == ("file:tables/x.csv", 200, len(body))
    assert offline(tmp_path).archive.get(document.digest) == body.encode()


def test_parquet_gives_the_same_as_csv(tmp_path: Path) -> None:
    rows = {"scope": ["CHN-RUS"], "period": [date(2026, 1, 1)], "value": [3.25], "n": [8]}
    batch = read(tmp_path, parquet(rows), path="x.parquet", n="n")
    assert one(batch).value == 3.25
    assert one(batch).base == 8


def test_a_null_and_a_nan_of_parquet_are_missing(tmp_path: Path) -> None:
    rows = {
        "scope": ["CHN-RUS"] * 3,
        "period": [datetime(2026, 1, 1), datetime(2026, 2, 1), datetime(2025, 12, 1)],  # noqa: DTZ001
        "value": [None, float("nan"), 1.0],
    }
    batch = read(tmp_path, parquet(rows), path="x.parquet")
    assert values(batch) == {"2026-01-01": None, "2026-02-01": None, "2025-12-01": 1}


def test_columns_may_bear_other_names_and_rows_may_be_chosen(tmp_path: Path) -> None:
    text = "who,when,how many,kind\nRUS-CHN,2026-01,3,calls\nRUS-CHN,2026-01,9,letters\n"
    names = {"scope": "who", "period": "when", "value": "how many", "where": {"kind": "calls"}}
    assert one(read(tmp_path, text, **names)).value == 3


def test_without_a_column_of_scopes_all_rows_are_of_the_only_scope(tmp_path: Path) -> None:
    assert one(read(tmp_path, "period,value\n2026-01,3\n", scope=None)).scope == "CHN-RUS"


def test_a_declared_spelling_is_missing_and_never_zero(tmp_path: Path) -> None:
    text = HEADER + "CHN-RUS,2026-01,..\nCHN-RUS,2026-02,0\n"
    first, second = read(tmp_path, text, missing=[".."]).readings
    assert (first.value, first.missing) == (None, Missing.NOT_REPORTED)
    assert second.value == 0


def test_a_period_that_the_file_leaves_out_is_a_gap(tmp_path: Path) -> None:
    batch = read(tmp_path, HEADER + "CHN-RUS,2025-12,3\nCHN-RUS,2026-02,4\n")
    gap = next(each for each in batch.readings if str(each.period) == "2026-01-01")
    assert gap.missing is Missing.NOT_REPORTED


def test_rows_in_any_order_and_twice_the_same_give_the_same(tmp_path: Path) -> None:
    rows = ["CHN-RUS,2026-02,4\n", "CHN-RUS,2026-01,3\n", "CHN-RUS,2026-02,4\n"]
    assert values(read(tmp_path, HEADER + "".join(rows))) == {"2026-01-01": 3, "2026-02-01": 4}


def test_numbers_are_read_as_the_table_writes_them(tmp_path: Path) -> None:
    text = "scope;period;value\nCHN-RUS;31.01.2026;1.234.567,5\n"
    options = {"delimiter": ";", "decimal": ",", "thousands": ".", "date_format": "%d.%m.%Y"}
    assert one(read(tmp_path, text, **options)).value == 1_234_567.5


def test_another_encoding_can_be_declared(tmp_path: Path) -> None:
    body = "scope,période,value\nCHN-RUS,2026-01,3\n".encode("latin-1")
    assert one(read(tmp_path, body, period="période", encoding="latin-1")).value == 3


@pytest.mark.parametrize(
    ("frequency", "written", "first"),
    [
        ("year", "2025", "2025-01-01"),
        ("quarter", "2025-Q4", "2025-10-01"),
        ("month", "2026-01-31", "2026-01-01"),
        ("week", "2026-W09", "2026-02-23"),
        ("day", "2026-03-01T12:00:00Z", "2026-03-01"),
    ],
)
def test_a_period_may_be_written_in_several_ways(
    tmp_path: Path, frequency: str, written: str, first: str
) -> None:
    batch = read(tmp_path, HEADER + f"CHN-RUS,{written},3\n", frequency=frequency)
    assert str(one(batch).period) == first


def test_a_column_may_say_since_when_a_value_is_known(tmp_path: Path) -> None:
    text = "scope,period,value,out\nCHN-RUS,2025-12,3,2026-01-10\nCHN-RUS,2025-12,4,2026-02-10\n"
    known = [(each.value, each.known_at) for each in read(tmp_path, text, known_at="out").readings]
    assert known == [
        (3, datetime(2026, 1, 10, tzinfo=UTC)),
        (4, datetime(2026, 2, 10, tzinfo=UTC)),
    ]


def test_the_file_of_a_later_root_goes_before(tmp_path: Path) -> None:
    for root, value in (("shipped", 1), ("own", 2)):
        (tmp_path / root / "tables").mkdir(parents=True)
        text = HEADER + f"CHN-RUS,2026-01,{value}\n"
        (tmp_path / root / "tables" / "x.csv").write_text(text)
    batch = collect(tmp_path, tmp_path / "shipped", tmp_path / "own")
    assert one(batch).value == 2


def test_an_object_in_a_store_is_read(tmp_path: Path) -> None:
    body = (HEADER + "CHN-RUS,2026-01,3\n").encode()
    fsspec.filesystem("memory").pipe("/bucket/table.csv", body)
    batch = collect(tmp_path, path="memory://bucket/table.csv")
    assert one(batch).value == 3
    assert batch.document
    assert batch.document.url == "memory://bucket/table.csv"


def test_an_object_that_is_still_the_same_is_not_read_again(tmp_path: Path) -> None:
    store, url = fsspec.filesystem("memory"), "memory://again/table.csv"
    store.pipe("/again/table.csv", (HEADER + "CHN-RUS,2026-01,3\n").encode())
    first = collect(tmp_path, path=url)
    kept = store.store["/again/table.csv"]
    kept.seek(0)
    kept.truncate()
    again = collect(tmp_path, path=url)
    assert again.readings == first.readings

    store.pipe("/again/table.csv", (HEADER + "CHN-RUS,2026-01,4\n").encode())
    assert one(collect(tmp_path, path=url)).value == 4


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("https://example.org/x.csv", "http_csv"),
        ("http://example.org/x.csv", "http_csv"),
        ("../x.csv", "beside the definitions"),
        ("/etc/passwd.csv", "beside the definitions"),
        ("a/b/x.csv", "one folder"),
        ("a/../x.csv", "one folder"),
        ("x.xlsx", "parquet"),
        ("file:///etc/passwd", "an object of"),
        ("simplecache::s3://bucket/x.csv", "an object of"),
        ("s3://bucket/x.zip::https://example.org", "an object of"),
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(path: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        TableOptions(path=path)


def test_one_sign_cannot_be_both() -> None:
    with pytest.raises(ValidationError, match="cannot part both"):
        TableOptions(path="x.csv", decimal=",", thousands=",")


def test_a_file_beside_the_definitions_is_watched_and_an_object_is_not() -> None:
    for path, watched in (("x.csv", True), ("s3://bucket/x.csv", False)):
        source: Any = open_source(define("table", {"path": path}))
        assert source.watched is watched
