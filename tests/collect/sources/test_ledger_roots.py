"""An operator's ledger overrides the shipped one, and is told of rows that count nowhere."""

from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from forecaster.definitions.shipped import shipped_root
from forecaster.domain.errors import SourceChanged
from tests.collect.errands import collect_shipped, define
from tests.collect.sources.rows import EVENTS, claim, event, own

ALL_2025 = claim(since="2025-01-01", until="2025-12-31")


def warnings(folder: Path, *roots: Path, **changes: Any) -> list[tuple[str, int]]:
    """Count CHN-RUS displays and return the file and number of rows of every warning."""
    shipped = changes.pop("shipped", False)
    fields = {"for_each": {"dyad": ["CHN-RUS"]}} | changes
    definition = define("ledger", {"kinds": ["display"]}, **fields)
    with capture_logs() as logged:
        collect_shipped(folder, definition, *roots, shipped=shipped)
    assert {entry["event"] for entry in logged} <= {"ledger_rows_outside_coverage"}
    assert {entry["log_level"] for entry in logged} <= {"warning"}
    return [(entry["file"], entry["rows"]) for entry in logged]


def test_a_later_roots_row_replaces_that_of_the_same_id(tmp_path: Path) -> None:
    rows = [event("2025-03-03-a", intensity="3"), event("2025-03-04-b", intensity="1")]
    first = own(tmp_path / "first", rows, [claim(since="2025-03-01", until="2025-03-31")])
    second = own(tmp_path / "second", [event("2025-03-03-a", intensity="5")], [])
    options = {"kinds": ["display"], "measure": "intensity"}
    definition = define("ledger", options, for_each={"dyad": ["CHN-RUS"]})

    [either] = collect_shipped(tmp_path, definition, first, second, shipped=False)
    [other] = collect_shipped(tmp_path, definition, second, first, shipped=False)
    assert (either.value, other.value) == (6, 4)


def test_an_edit_in_a_copy_of_the_shipped_ledger_takes_effect(tmp_path: Path) -> None:
    shipped = (shipped_root() / "ledger" / "events.csv").read_text(encoding="utf-8")
    old = "2012-02-04-rus-chn-veto-syria,2012-02-04,2012-02-04,day,CHN;RUS"
    assert old in shipped
    root = own(tmp_path, [], [])
    edited = shipped.replace(old, old.replace("CHN;RUS", "CHN;IRN"))
    (root / "ledger" / "events.csv").write_text(edited, encoding="utf-8")
    dyads = {"dyad": ["CHN-IRN", "CHN-RUS"]}
    displays = define("ledger", {"kinds": ["display"]}, for_each=dyads)

    readings = collect_shipped(tmp_path, displays, root)
    first = {one.scope: one.value for one in readings if str(one.period) == "2012-02-01"}
    assert first == {"CHN-IRN": 1, "CHN-RUS": 0}


def test_an_id_stands_for_one_event_within_a_later_root_too(tmp_path: Path) -> None:
    first = own(tmp_path / "first", [event("2025-03-03-a")], [ALL_2025])
    rows = [event("2025-03-03-a"), event("2025-03-03-a", intensity="4")]
    second = own(tmp_path / "second", rows, [])
    definition = define("ledger", {"kinds": ["display"]})

    with pytest.raises(SourceChanged, match=r"second/own/ledger/mine\.csv:3: 2025-03-03-a is"):
        collect_shipped(tmp_path, definition, first, second, shipped=False)


def test_two_files_of_one_root_may_not_differ_on_an_id(tmp_path: Path) -> None:
    root = own(tmp_path, [event("2025-03-03-a")], [ALL_2025])
    other = "\n".join([EVENTS, event("2025-03-03-a", intensity="4")])
    (root / "ledger" / "other.csv").write_text(other)
    definition = define("ledger", {"kinds": ["display"]})

    with pytest.raises(SourceChanged, match=r"other\.csv:2: 2025-03-03-a is the id of another"):
        collect_shipped(tmp_path, definition, root, shipped=False)


def test_each_file_with_rows_where_nobody_looked_is_told_once(tmp_path: Path) -> None:
    outside = [event("2024-12-03-a"), event("2026-01-03-b")]
    root = own(tmp_path, [*outside, event("2025-03-03-c")], [ALL_2025])
    (root / "ledger" / "other.csv").write_text("\n".join([EVENTS, event("2026-02-03-d")]))

    ledger = root.resolve() / "ledger"
    assert warnings(tmp_path, root) == [
        (str(ledger / "mine.csv"), 2),
        (str(ledger / "other.csv"), 1),
    ]


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        ([claim(scope="CHN-RUS", kind="display", category="summit")], False),
        ([claim(scope="CHN-RUS", kind="display", category="leader-level")], False),
        ([claim(scope="IRN-RUS")], True),
        ([claim(kind="crack")], True),
        ([claim(kind="display", category="parade")], True),
        ([claim(since="2025-03-10")], True),
        ([], True),
    ],
)
def test_a_row_lies_outside_if_nobody_looked_for_its_kind_there_and_then(
    tmp_path: Path, claims: list[str], told: bool
) -> None:
    root = own(tmp_path, [event("2025-03-03-a")], claims)
    assert bool(warnings(tmp_path, root)) is told


def test_a_row_that_one_of_its_scopes_counts_lies_inside(tmp_path: Path) -> None:
    rows = [event("2025-03-03-a", actors="CHN;IRN;RUS")]
    root = own(tmp_path, rows, [claim(scope="IRN-RUS")])
    assert warnings(tmp_path, root, for_each={"dyad": "all"}) == []


def test_a_row_that_the_indicator_does_not_count_is_no_matter_of_its_own(tmp_path: Path) -> None:
    crack = event("2026-01-03-a", kind="crack", category="public_criticism")
    root = own(tmp_path, [crack, event("2026-01-03-b", actors="IRN;PRK")], [ALL_2025])
    assert warnings(tmp_path, root) == []


def test_shipped_rows_are_never_told_nor_an_unchanged_copy_of_them(tmp_path: Path) -> None:
    root = own(tmp_path, [], [])
    shipped = shipped_root() / "ledger" / "events.csv"
    (root / "ledger" / "events.csv").write_bytes(shipped.read_bytes())

    # by years, the shipped rows of 2025 lie outside: its last months were not looked at
    assert warnings(tmp_path, root, shipped=True, frequency="year") == []


def test_an_operators_rows_beside_the_shipped_ones_are_told(tmp_path: Path) -> None:
    root = own(tmp_path, [event("2025-03-03-a"), event("2026-01-03-b")], [])
    file = str(root.resolve() / "ledger" / "mine.csv")
    assert warnings(tmp_path, root, shipped=True) == [(file, 1)]
