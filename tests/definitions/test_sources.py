"""Sources of others: their options are checked like ours, and a broken one is named."""

import sys
from importlib import invalidate_caches
from pathlib import Path

import pytest

from forecaster.definitions.schema import indicator_schema
from tests.definitions.conftest import Said

_MODULE = """
from typing import Literal
from pydantic import BaseModel, ConfigDict, Field

class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    path: str
    kind: Literal["json", "csv"] = "json"

class Options(BaseModel):
    model_config = ConfigDict(extra="forbid")
    url: str = Field(description="where it lies")
    inner: Inner | None = None
    several: str | list[Inner] = "x"
    pages: dict[str, int] = {}

class Far:
    Options = Options
"""


@pytest.fixture(autouse=True)
def others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a distribution with a good source and three that cannot be used."""
    (tmp_path / "far_source.py").write_text(_MODULE)
    (tmp_path / "broken_source.py").write_text("1 / 0\n")
    metadata = tmp_path / "far-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: far\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(
        "[forecaster.sources]\nfar = far_source:Far\nbroken = broken_source:Broken\n"
        "absent = no_such_module:Absent\nbare = far_source:Inner\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "far_source", raising=False)
    invalidate_caches()


def collect(good: str, options: str) -> str:
    return good.replace("source: history, series: gdelt-cooperation-mass", options)


def test_a_source_of_others_is_known(good: str, said: Said) -> None:
    assert said(collect(good, "source: far, url: x, inner: {path: y}, pages: {a: 1}")) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("source: far", "5:10: collect from 'far' needs 'url': where it lies"),
        (
            "source: far, url: x, inner: {pth: y}",
            "5:40: 'pth' is not a field of 'inner'; did you mean 'path'?",
        ),
        (
            "source: far, url: x, inner: {path: y, kind: jsn}",
            "5:55: expected one of json, csv, found 'jsn'; did you mean 'json'?",
        ),
        (
            "source: far, url: x, several: [{path: 1}]",
            "5:49: expected text, found the number 1; put it in quotes",
        ),
        ("source: far, url: x, several: 5", "5:41: expected text or a list, found the number 5"),
        ("source: far, url: x, pages: {a: x}", "5:43: expected a whole number, found 'x'"),
        (
            "source: broken",
            "5:19: the source 'broken' cannot be loaded (ZeroDivisionError: division by zero), so",
        ),
        (
            "source: absent",
            "5:19: the source 'absent' cannot be loaded (ModuleNotFoundError: No module named",
        ),
    ],
)
def test_wrong_options_are_told_where_they_stand(
    good: str, said: Said, options: str, message: str
) -> None:
    (told,) = said(collect(good, options))

    assert told.startswith(message)


def test_a_source_without_options_is_named(good: str, said: Said) -> None:
    (told,) = said(collect(good, "source: bare"))

    assert told.startswith("5:19: the source 'bare' cannot be loaded (AttributeError: ")


def test_the_schema_knows_sources_of_others_and_bears_broken_ones() -> None:
    collect = indicator_schema()["$defs"]["Collect"]
    options = {
        branch["if"]["properties"]["source"]["const"]: branch["then"]
        for branch in collect["allOf"]
    }

    assert options["far"]["required"] == ["url"]
    assert options["far"]["properties"]["inner"]["anyOf"][0] == {"$ref": "#/$defs/far.Inner"}
    assert "cannot be loaded" in options["broken"]["description"]
