"""The shipped series come whole, within their coverage, with their gaps marked."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from forecaster.definitions.shipped import shipped_root
from forecaster.domain.coverage import Grade
from forecaster.domain.errors import SourceChanged
from forecaster.domain.observation import Missing, Reading
from tests.collect.errands import collect_shipped, define

HEADER = "series,scope,frequency,period_start,value,n"


def history(series: str, **changes: Any) -> Any:
    return define("history", {"series": series}, **changes)


def own(folder: Path, *lines: str, name: str = "own.csv") -> Path:
    (folder / "own" / "history").mkdir(parents=True, exist_ok=True)
    (folder / "own" / "history" / name).write_text("\n".join([HEADER, *lines]) + "\n")
    return folder / "own"


def collect_own(folder: Path, *lines: str, **changes: Any) -> tuple[Reading, ...]:
    definition = history("drills", **{"for_each": {"dyad": ["CHN-RUS"]}} | changes)
    return collect_shipped(folder, definition, own(folder, *lines), shipped=False)


@pytest.mark.parametrize(
    ("scope", "week"),
    [
        ("PRK-RUS", date(2019, 4, 22)),  # the summit of Vladivostok
        ("CHN-PRK", date(2019, 6, 17)),  # the visit of 20 June
        ("CHN-RUS", date(2023, 3, 20)),  # the visit of 21 March
        ("IRN-RUS", date(2022, 7, 18)),  # the summit of Tehran, 19 July
    ],
)
def test_cooperation_mass_peaks_in_the_week_of_a_known_summit(
    tmp_path: Path, scope: str, week: date
) -> None:
    readings = collect_shipped(
        tmp_path,
        history("gdelt-cooperation-mass", frequency="week", for_each={"dyad": [scope]}),
    )

    valued = [reading for reading in readings if reading.value is not None]
    assert max(valued, key=lambda reading: reading.value or 0).period.start == week


def test_russia_and_north_korea_came_to_vote_more_alike(tmp_path: Path) -> None:
    votes = history("unga-identical-votes", frequency="year", for_each={"dyad": ["PRK-RUS"]})
    by_year = {reading.period.start.year: reading for reading in collect_shipped(tmp_path, votes)}

    assert by_year[2014].value == pytest.approx(0.70, abs=0.01)
    assert by_year[2023].value == pytest.approx(0.83, abs=0.01)
    assert by_year[2023].base
    assert by_year[2023].base > 50


def test_a_series_without_scopes_is_of_the_world(tmp_path: Path) -> None:
    readings = collect_shipped(tmp_path, history("gpr-index", for_each=None))
    assert {reading.scope for reading in readings} == {"WORLD"}
    assert len(readings) == 496


def test_a_series_may_be_named_after_its_scope(tmp_path: Path) -> None:
    root = own(
        tmp_path, "drills-CHN,CHN,month,2025-01-01,1,", "drills-RUS,RUS,month,2025-01-01,2,"
    )
    definition = history("drills-{actor}", for_each={"actor": ["CHN", "RUS"]})

    readings = collect_shipped(tmp_path, definition, root)
    assert {reading.scope: reading.value for reading in readings} == {"CHN": 1.0, "RUS": 2.0}


def test_every_value_comes_with_its_base(tmp_path: Path) -> None:
    [reading] = collect_own(tmp_path, "drills,CHN-RUS,month,2025-01-01,0.5,40")
    assert (reading.value, reading.base, reading.grade) == (0.5, 40.0, Grade.FULL)
    assert reading.known_at is None


def test_a_gap_is_a_coded_absence(tmp_path: Path) -> None:
    readings = collect_own(
        tmp_path,
        "drills,CHN-RUS,month,2025-04-01,3,",
        "drills,CHN-RUS,month,2025-01-01,1,",
        "drills,CHN-RUS,month,2025-02-01,0,",
    )
    assert [(str(one.period), one.value, one.missing) for one in readings] == [
        ("2025-01-01", 1.0, None),
        ("2025-02-01", 0.0, None),
        ("2025-03-01", None, Missing.NOT_REPORTED),
        ("2025-04-01", 3.0, None),
    ]


def test_weeks_that_gdelt_was_hardly_seen_are_missing_and_not_zero(tmp_path: Path) -> None:
    mass = history("gdelt-cooperation-mass", frequency="week")
    missing = [one for one in collect_shipped(tmp_path, mass) if one.missing is not None]

    assert len(missing) == 6 * 17
    assert {reading.missing for reading in missing} == {Missing.NOT_REPORTED}


def test_periods_outside_the_declared_coverage_are_not_given(tmp_path: Path) -> None:
    spans = [
        {"from": "2025-01-15", "to": "2025-02-28", "grade": "partial"},
        {"from": "2025-03-01", "to": "2025-03-30"},
    ]
    lines = [f"drills,CHN-RUS,month,2025-0{month}-01,{month}," for month in range(1, 6)]
    [february] = collect_own(tmp_path, *lines, coverage=spans)

    assert (str(february.period), february.grade) == ("2025-02-01", Grade.PARTIAL)


def test_the_same_row_in_two_files_counts_once(tmp_path: Path) -> None:
    line = "drills,CHN-RUS,month,2025-01-01,1,"
    own(tmp_path, line, name="copy.csv")
    assert len(collect_own(tmp_path, line)) == 1


def test_a_later_roots_value_replaces_that_of_the_same_period(tmp_path: Path) -> None:
    january, february = "drills,CHN-RUS,month,2025-01-01,1,", "drills,CHN-RUS,month,2025-02-01,2,7"
    first = own(tmp_path / "first", january, february)
    second = own(tmp_path / "second", "drills,CHN-RUS,month,2025-02-01,5,8")
    definition = history("drills", for_each={"dyad": ["CHN-RUS"]})

    either = collect_shipped(tmp_path, definition, first, second, shipped=False)
    other = collect_shipped(tmp_path, definition, second, first, shipped=False)
    assert [(one.value, one.base) for one in either] == [(1, None), (5, 8)]
    assert [(one.value, one.base) for one in other] == [(1, None), (2, 7)]


def test_an_edit_in_a_copy_of_the_shipped_series_takes_effect(tmp_path: Path) -> None:
    shipped = (shipped_root() / "history" / "series.csv").read_text(encoding="utf-8")
    old = "gpr-index,WORLD,month,2020-01-01,"
    edited = re.sub(f"^{old}.*$", f"{old}999,", shipped, flags=re.MULTILINE)
    assert edited != shipped
    root = own(tmp_path)
    (root / "history" / "series.csv").write_text(edited, encoding="utf-8")

    readings = collect_shipped(tmp_path, history("gpr-index", for_each=None), root)
    assert len(readings) == 496
    assert [str(one.period) for one in readings if one.value == 999] == ["2020-01-01"]


def test_a_period_has_one_value_within_a_later_root_too(tmp_path: Path) -> None:
    first = own(tmp_path / "first", "drills,CHN-RUS,month,2025-01-01,1,")
    lines = [f"drills,CHN-RUS,month,2025-01-01,{value}," for value in (1, 2)]
    second = own(tmp_path / "second", *lines)
    definition = history("drills", for_each={"dyad": ["CHN-RUS"]})

    with pytest.raises(SourceChanged, match=r"second/own/history/own\.csv:3: .* two values"):
        collect_shipped(tmp_path, definition, first, second, shipped=False)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("drills,CHN-RUS,month,2025-01-02,1,", "own.csv:3: no month starts on 2025-01-02"),
        ("drills,CHN-RUS,month,2025-02-30,1,", "own.csv:3: period_start: "),
        ("drills,CHN-RUS,month,2025-02-01,,", "own.csv:3: value: "),
        ('drills,CHN-RUS,month,2025-02-01,"1,000",', "own.csv:3: value: "),
        ("drills,CHN-RUS,month,2025-02-01,nan,", "own.csv:3: value: "),
        ("drills,CHN-RUS,month,2025-02-01,1,-1", "own.csv:3: n: "),
        ("drills,CHN-RUS,fortnight,2025-02-01,1,", "own.csv:3: frequency: "),
        (
            "drills,CHN-RUS,week,2025-02-03,1,",
            "own.csv:3: drills is by week, the definition by month",
        ),
        (
            "drills,CHN-RUS,month,2025-01-01,2,",
            "own.csv:3: drills of CHN-RUS has two values on 2025-01-01",
        ),
    ],
)
def test_a_wrong_row_is_refused_with_its_place(tmp_path: Path, line: str, reason: str) -> None:
    with pytest.raises(SourceChanged, match=reason):
        collect_own(tmp_path, "drills,CHN-RUS,month,2025-01-01,1,", line)


def test_a_wrong_row_of_another_series_is_not_ones_own_matter(tmp_path: Path) -> None:
    good, bad = "drills,CHN-RUS,month,2025-01-01,1,", "other,CHN-RUS,month,soon,many,"
    assert len(collect_own(tmp_path, good, bad)) == 1


def test_an_unknown_series_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(SourceChanged, match="did you mean 'gdelt-cooperation-mass'"):
        collect_shipped(tmp_path, history("gdelt-cooperation-mas", frequency="week"))


def test_a_scope_without_rows_is_refused_with_those_that_have_some(tmp_path: Path) -> None:
    acts = history("prk-rus-reported-military-acts")
    with pytest.raises(SourceChanged, match="has no rows of CHN-IRN, only of PRK-RUS"):
        collect_shipped(tmp_path, acts)
