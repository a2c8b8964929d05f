"""Tables that are wrong: each has an error that says where, and nothing is guessed."""

import os
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import fsspec
import polars as pl
import pytest

from forecaster.collect.source import Errand
from forecaster.collect.tables.tabular import read_parquet
from forecaster.domain.errors import CollectError, SourceChanged, SourceUnavailable
from tests.collect.errands import NOW, QUICK, define, offline, open_source

HEADER = "scope,period,value\n"


def error_of(folder: Path, body: str | bytes, **changes: Any) -> CollectError:
    """Say with which error a file is refused."""
    path = changes.get("path", "x.csv")
    root = folder / "root"
    root.mkdir(exist_ok=True)
    (root / path).write_bytes(body.encode() if isinstance(body, str) else body)
    return error_below(folder, root, **changes)


def error_below(folder: Path, root: Path, **changes: Any) -> CollectError:
    frequency = changes.pop("frequency", "month")
    dyads = {"dyad": changes.pop("dyads", ["CHN-RUS"])}
    definition = define("table", {"path": "x.csv"} | changes, frequency=frequency, for_each=dyads)
    with pytest.raises(CollectError) as caught:
        list(open_source(definition).collect(Errand(definition, NOW, offline(folder), (root,))))
    return caught.value


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"", SourceUnavailable, "is empty"),
        (b"  \n ", SourceUnavailable, "is empty"),
        (HEADER, SourceChanged, "no row of CHN-RUS"),
        (HEADER + "CHN-RUS,2026-01", SourceUnavailable, "cut off"),
        (HEADER + 'CHN-RUS,2026-01,"3', SourceUnavailable, "unexpected end"),
        (HEADER + "CHN-RUS,2026-01\nCHN-RUS,2026-02,3\n", SourceChanged, "row 2: 2 columns"),
        (HEADER + "CHN-RUS,2026-01,3,4\n", SourceChanged, "4 columns; expected 3"),
        (HEADER + 'CHN-RUS,2026-01,"3"4\n', SourceChanged, "x.csv:2"),
        (HEADER.encode("utf-16"), SourceChanged, "is not utf-8"),
        (HEADER.encode() + b"CHN-RUS,2026-01,\xff\n", SourceChanged, "is not utf-8"),
        (HEADER + "CHN-RUS,2026-01,3\0\n", SourceChanged, "null characters"),
        ("<!DOCTYPE html><p>Sorry</p>", SourceChanged, "is a web page"),
        ("scope,period,valeu\nCHN-RUS,2026-01,3\n", SourceChanged, "did you mean 'valeu'"),
        ("scope,period,value,value\nCHN-RUS,2026-01,3,3\n", SourceChanged, "2 columns named"),
        (HEADER + "CHN-RUS,2026-01,1,234\n", SourceChanged, "4 columns"),
        (HEADER + 'CHN-RUS,2026-01,"1,234"\n', SourceChanged, "under 'thousands'"),
        (HEADER + "CHN-RUS,2026-01,Infinity\n", SourceChanged, "is not a finite number"),
        (HEADER + "CHN-RUS,2026-01,1e999\n", SourceChanged, "not a finite number"),
        (HEADER + "CHN-RUS,2026-01,many\n", SourceChanged, "'many' is no number"),
        (HEADER + "CHN-RUS,2026,3\n", SourceChanged, "too coarse"),
        (HEADER + "CHN-RUS,2026-13-01,3\n", SourceChanged, "is no date"),
        (HEADER + "CHN-RUS,last month,3\n", SourceChanged, "date_format"),
    ],
)
def test_a_csv_that_is_wrong_is_refused(
    tmp_path: Path, body: str | bytes, kind: type[CollectError], said: str
) -> None:
    error = error_of(tmp_path, body)
    assert type(error) is kind
    assert said in str(error)


def test_nan_that_is_not_declared_as_missing_is_no_number(tmp_path: Path) -> None:
    error = error_of(tmp_path, HEADER + "CHN-RUS,2026-01,NaN\n", missing=[""])
    assert "is not a finite number" in str(error)


def test_a_negative_base_is_refused(tmp_path: Path) -> None:
    error = error_of(tmp_path, "scope,period,value,n\nCHN-RUS,2026-01,3,-1\n", n="n")
    assert "n is -1" in str(error)


def test_more_rows_than_agreed_are_refused(tmp_path: Path) -> None:
    rows = "".join(f"CHN-RUS,2026-01-{day:02},3\n" for day in range(1, 12))
    assert "more than 10 rows" in str(error_of(tmp_path, HEADER + rows, max_rows=10))


def test_more_bytes_than_agreed_are_refused(tmp_path: Path) -> None:
    assert "is bigger than" in str(error_of(tmp_path, b"x" * (QUICK.max_bytes + 1)))


def test_several_scopes_need_a_column_of_scopes(tmp_path: Path) -> None:
    error = error_of(
        tmp_path, "period,value\n2026-01,3\n", scope=None, dyads=["CHN-RUS", "PRK-RUS"]
    )
    assert "which scope" in str(error)


def test_a_file_that_is_not_there_is_said_with_where_it_was_looked_for(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    assert str(root) in str(error_below(tmp_path, root))


def test_a_link_out_of_the_definitions_is_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret.csv").write_text(HEADER + "CHN-RUS,2026-01,3\n")
    (root / "x.csv").symlink_to(tmp_path / "secret.csv")
    assert "leads out" in str(error_below(tmp_path, root))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    os.mkfifo(root / "x.csv")
    assert "is not a file" in str(error_below(tmp_path, root))


def parquet(frame: dict[str, Any]) -> bytes:
    file = BytesIO()
    pl.DataFrame(frame).write_parquet(file)
    return file.getvalue()


GOOD = {"scope": ["CHN-RUS"], "period": ["2026-01"], "value": [3.0]}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"PAR1", "cannot be read as Parquet"),
        (b"PAR1" + b"\0" * 20 + b"PAR1", "cannot be read as Parquet"),
        (parquet(GOOD)[:-9], "no whole Parquet file"),
        (HEADER.encode(), "no whole Parquet file"),
        (parquet({"scope": ["CHN-RUS"], "period": ["2026-01"]}), "no column 'value'"),
        (parquet(GOOD | {"value": [[1.0]]}), "holds a list"),
        (parquet(GOOD | {"value": [True]}), "expected a number"),
        (parquet(GOOD | {"value": [float("inf")]}), "not a finite number"),
        (parquet(GOOD | {"value": [timedelta(1)]}), "holds a timedelta"),
    ],
)
def test_a_parquet_file_that_is_wrong_is_refused(tmp_path: Path, body: bytes, said: str) -> None:
    error = error_of(tmp_path, body, path="x.parquet")
    assert type(error) is SourceChanged
    assert said in str(error)


def test_a_parquet_file_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    rows = 5_000
    body = parquet(
        {"scope": ["CHN-RUS" * 1_000] * rows, "period": ["2026-01"] * rows, "value": [1.0] * rows}
    )
    assert len(body) < QUICK.max_bytes
    assert "unpacks to more" in str(error_of(tmp_path, body, path="x.parquet"))


@pytest.mark.parametrize("at", range(4, 404, 16))
def test_a_damaged_parquet_file_is_read_or_refused_by_name(at: int) -> None:
    body = bytearray(parquet(GOOD))
    place = min(at, len(body) - 5)
    body[place : place + 2] = b"\xff\x7f"
    try:
        read_parquet(bytes(body), "x", wanted=("scope", "period", "value"), most=10, limit=10_000)
    except CollectError as error:
        said = str(error)
    else:
        said = "x"
    assert said.startswith("x")


def test_a_parquet_file_that_asks_for_all_memory_kills_its_reader_alone(tmp_path: Path) -> None:
    body = bytearray(parquet(GOOD))
    body[45] = 1  # a length that polars then asks two exabytes for
    assert "it killed its reader" in str(error_of(tmp_path, bytes(body), path="x.parquet"))


def test_a_store_that_has_no_such_object_is_said(tmp_path: Path) -> None:
    assert "is not there" in str(error_below(tmp_path, tmp_path, path="memory://none/x.csv"))


def test_a_store_that_cannot_be_opened_here_is_said(tmp_path: Path) -> None:
    assert "install what opens" in str(error_below(tmp_path, tmp_path, path="az://none/x.csv"))


def test_an_object_that_is_too_big_is_not_read(tmp_path: Path) -> None:
    fsspec.filesystem("memory").pipe("/big/x.csv", b"x" * (QUICK.max_bytes + 1))
    assert "is bigger than" in str(error_below(tmp_path, tmp_path, path="memory://big/x.csv"))
