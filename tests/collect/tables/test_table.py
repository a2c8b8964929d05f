"""CSV files of ours are read strictly; every error says where."""

from pathlib import Path

import pytest
from pydantic import BaseModel, Field

from forecaster.collect.tables.table import parse, rows
from forecaster.domain.errors import SourceChanged


class Count(BaseModel):
    name: str
    count: int = Field(ge=0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "counts.csv"


def read(path: Path) -> list[tuple[str, Count]]:
    return parse(rows(path, ("name", "count")), Count.model_validate)


def test_every_row_knows_its_place(path: Path) -> None:
    path.write_text('name,count\na,1\n"b\nb",2\nc,3\n')
    assert [(place, count.name) for place, count in read(path)] == [
        (f"{path}:2", "a"),
        (f"{path}:4", "b\nb"),
        (f"{path}:5", "c"),
    ]


def test_the_mark_that_spreadsheets_put_first_is_no_part_of_the_header(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbfname,count\r\na,1\r\n")
    assert read(path)[0][1] == Count(name="a", count=1)


def test_every_wrong_row_is_listed_in_one_error(path: Path) -> None:
    path.write_text("name,count\na,x\nb,1\nc,-1\n")

    with pytest.raises(SourceChanged) as caught:
        read(path)
    assert str(caught.value).splitlines() == [
        f"{path}:2: count: Input should be a valid integer, unable to parse string as an integer",
        f"{path}:4: count: Input should be greater than or equal to 0",
    ]


def test_of_very_many_wrong_rows_the_first_are_listed(path: Path) -> None:
    path.write_text("name,count\n" + "a,x\n" * 30)

    with pytest.raises(SourceChanged, match=r"… and 10 more\Z"):
        read(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", ":1: the columns are ; expected name,count"),
        (b"name,value\n", ":1: the columns are name,value; expected name,count"),
        (b"name,count\na\n", ":2: 1 columns; expected 2"),
        (b"name,count\na,1,2\n", ":2: 3 columns; expected 2"),
        (b'name,count\n"a" x,1\n', "not a CSV file in UTF-8"),
        (b"name,count\n\xff,1\n", "not a CSV file in UTF-8"),
    ],
)
def test_another_shape_is_refused(path: Path, content: bytes, reason: str) -> None:
    path.write_bytes(content)
    with pytest.raises(SourceChanged, match=reason):
        read(path)
