"""Votes alike: joint votes only, complete periods only, and no name is guessed."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from forecaster.collect.source import Errand
from forecaster.collect.sources.un_votes import UnVotesOptions
from forecaster.definitions.lookups import load_lookups
from forecaster.definitions.shipped import shipped_root
from forecaster.domain.errors import SourceChanged, SourceUnavailable
from forecaster.domain.observation import Missing, Reading
from tests.collect.errands import NOW, answering, define, open_source
from tests.collect.runs import Ran
from tests.collect.votes import COLUMNS, LATER, roll_call, row, table

URL = "https://votes.example/ga_voting.csv"
LOOKUPS = load_lookups((shipped_root(),)).lookups


def run(
    folder: Path,
    body: bytes,
    *,
    scopes: tuple[str, ...] = ("CHN-RUS",),
    frequency: str = "year",
    roots: tuple[Path, ...] = (),
    coverage: list[dict[str, str]] | None = None,
    **options: Any,
) -> Ran:
    fetcher = answering(folder, lambda _: httpx.Response(200, content=body))
    asked = options if "file" in options else {"url": URL} | options
    for_each = {"dyad": list(scopes)} if "-" in scopes[0] else {"actor": list(scopes)}
    definition = define(
        "un_votes", asked, for_each=for_each, frequency=frequency, coverage=coverage or []
    )
    errand = Errand(definition, NOW, fetcher, roots, lookups=LOOKUPS)
    return Ran(open_source(definition).collect(errand))


def readings(ran: Ran) -> list[Reading]:
    return [reading for batch in ran.batches for reading in batch.readings]


def test_the_share_of_joint_votes_that_were_the_same(tmp_path: Path) -> None:
    rolls = [
        roll_call("1", "CHN:Y RUS:Y"),
        roll_call("2", "CHN:N RUS:N"),
        roll_call("3", "CHN:A RUS:A"),
        roll_call("4", "CHN:Y RUS:N"),
        roll_call("5", "CHN:A RUS:N"),
    ]
    ran = run(tmp_path, table(*rolls, LATER))
    assert ran.error is None
    [reading] = readings(ran)
    assert (str(reading.period), reading.value, reading.base) == ("2023-01-01", 0.6, 5)
    assert reading.details == {
        "both yes": 1, "both no": 1, "both abstained": 1, "yes against no": 1
    }  # fmt: skip


def test_who_is_absent_or_not_there_casts_no_vote(tmp_path: Path) -> None:
    rolls = [
        roll_call("1", "CHN:Y RUS:Y"),
        roll_call("2", "CHN:X RUS:X"),
        roll_call("3", "CHN:Y RUS:X"),
        roll_call("4", "CHN:NV RUS:Y"),
        roll_call("5", "CHN:Y"),
    ]
    [reading] = readings(run(tmp_path, table(*rolls, LATER)))
    assert (reading.value, reading.base) == (1, 1)


def test_a_year_is_given_once_the_file_holds_a_later_one(tmp_path: Path) -> None:
    assert readings(run(tmp_path, table(roll_call("1", "CHN:Y RUS:Y")))) == []


def test_years_without_joint_votes_are_missing_and_none_stand_before_the_first(
    tmp_path: Path,
) -> None:
    rolls = [
        roll_call("1", "CHN:Y", "1990-11-01", "45"),
        roll_call("2", "CHN:Y RUS:Y", "2021-11-01", "76"),
        roll_call("3", "CHN:Y RUS:X", "2022-11-01", "77"),
    ]
    found = [(str(each.period), each.value, each.missing) for each in readings(
        run(tmp_path, table(*rolls, LATER)))]  # fmt: skip
    assert found == [("2021-01-01", 1, None), ("2022-01-01", None, Missing.NOT_REPORTED)]


def test_too_few_joint_votes_are_no_share(tmp_path: Path) -> None:
    body = table(roll_call("1", "CHN:Y RUS:Y"), LATER)
    [reading] = readings(run(tmp_path, body, min_joint=2))
    assert (reading.missing, reading.base) == (Missing.INCOMPLETE, 1)


def test_only_what_the_coverage_holds_is_given(tmp_path: Path) -> None:
    rolls = [roll_call("1", "CHN:Y RUS:Y", "2019-11-01", "74"), roll_call("2", "CHN:Y RUS:Y")]
    covered = [{"from": "2020-01-01"}]
    found = readings(run(tmp_path, table(*rolls, LATER), coverage=covered))
    assert [str(each.period) for each in found] == ["2023-01-01"]


def test_a_session_counts_for_the_year_in_which_it_begins(tmp_path: Path) -> None:
    rolls = [
        roll_call("1", "CHN:Y RUS:Y", "2023-12-04", "78"),
        roll_call("2", "CHN:Y RUS:N", "2024-05-10", "78"),
        roll_call("3", "CHN:Y RUS:N", "2024-05-10", "11emsp"),
    ]
    [reading] = readings(run(tmp_path, table(*rolls, LATER), by="session"))
    assert (str(reading.period), reading.value, reading.base) == ("2023-01-01", 0.5, 2)


def test_rows_in_any_order_and_twice_are_the_same(tmp_path: Path) -> None:
    lines = [*roll_call("1", "CHN:Y RUS:Y"), *roll_call("2", "CHN:Y RUS:N"), *LATER]
    plain, mixed = (
        readings(run(tmp_path, table(each))) for each in (lines, [*reversed(lines), *lines])
    )
    assert plain == mixed


def test_the_soviet_votes_are_those_of_russia(tmp_path: Path) -> None:
    rolls = [
        [
            row("1", "CHN", "Y", "1985-11-01", "40"),
            row("1", "SUN", "Y", "1985-11-01", "40", name="USSR"),
        ]
    ]
    [reading] = readings(run(tmp_path, table(*rolls, LATER)))
    assert reading.value == 1


def test_unknown_names_are_all_named_after_the_good_part(tmp_path: Path) -> None:
    strangers = [row("1", "X", "Y", name="RURITANIA"), row("2", "X", "Y", name="ELBONIA")]
    rolls = [roll_call("1", "CHN:Y RUS:Y"), roll_call("2", "CHN:Y RUS:Y"), strangers]
    ran = run(tmp_path, table(*rolls, LATER))
    assert [each.value for each in readings(ran)] == [1]
    assert isinstance(ran.error, SourceChanged)
    assert "2 states are unknown: 'ELBONIA', 'RURITANIA'; declare" in str(ran.error)


def test_a_pair_of_which_one_may_bear_the_unknown_name_gets_no_value(tmp_path: Path) -> None:
    renamed = [*roll_call("1", "CHN:Y RUS:Y"), row("1", "IRN", "Y", name="PERSIAN REPUBLIC")]
    rolls = [renamed, roll_call("2", "CHN:Y IRN:Y RUS:Y")]
    ran = run(tmp_path, table(*rolls, LATER), scopes=("CHN-IRN", "CHN-RUS"))
    assert [each.scope for each in readings(ran)] == ["CHN-RUS"]
    assert isinstance(ran.error, SourceChanged)


def test_roll_calls_of_the_future_are_left_out(tmp_path: Path) -> None:
    rolls = [roll_call("1", "CHN:Y RUS:Y"), roll_call("8", "CHN:N RUS:Y", "2031-01-01", "85")]
    assert readings(run(tmp_path, table(*rolls))) == []


def test_other_columns_and_spellings_are_declared(tmp_path: Path) -> None:
    header = "rcid,Countryname,vote,year,session"
    lines = ["1,China,1,2022,77", "1,Russia,1,2022,77", "2,China,2,2022,77", "2,Russia,3,2022,77",
             "3,China,8,2022,77", "4,China,1,2023,78"]  # fmt: skip
    columns = {"roll_call": "rcid", "country": "Countryname", "vote": "vote", "date": "year"}
    votes = {"yes": ["1"], "abstain": ["2"], "no": ["3"], "none": ["8", "9"]}
    body = table(lines, columns=header)
    [reading] = readings(run(tmp_path, body, columns=columns, votes=votes))
    assert (reading.value, reading.base) == (0.5, 2)


def test_rows_and_fields_are_given_to_the_frame(tmp_path: Path) -> None:
    [batch] = run(tmp_path, table(roll_call("1", "CHN:Y RUS:Y"), LATER)).batches
    assert (batch.rows, batch.done, batch.total, batch.whole) == (4, 1, 1, False)
    assert batch.fields == frozenset(COLUMNS.split(","))
    assert batch.document is not None


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "there is no column date"),
        (b"<html><body>challenge</body></html>", "there is no column"),
        (table(columns=COLUMNS.replace("ms_vote", "vote")), "there is no column ms_vote"),
        (table(), "holds its columns, but no vote"),
        (table(LATER)[:-40], "is the file cut off?"),
        (table(LATER, '1,"CHN'), "not a CSV file"),
        (table(LATER).replace(b"CHINA", b"CH\xffNA"), "not a CSV file in UTF-8"),
        (table(LATER).decode().encode("utf-16"), "not a CSV file in UTF-8"),
        (table(roll_call("1", "CHN:Z"), LATER), "'Z' is no vote; known: 'Y', 'N', 'A'"),
        (table(roll_call("1", "CHN:NaN"), LATER), "'NaN' is no vote"),
        (table(roll_call("1", "CHN:Y", "4 Dec 2023"), LATER), "'4 Dec 2023' is no date"),
        (table(roll_call("1", "CHN:Y CHN:N"), LATER), "CHN voted two ways in roll call 1"),
        (table(roll_call("9", "IRN:Y", "2023-01-01"), LATER), "roll call 9 is of"),
    ],
)
def test_what_cannot_be_read_changed(tmp_path: Path, body: bytes, said: str) -> None:
    ran = run(tmp_path, body)
    assert isinstance(ran.error, SourceChanged)
    assert said in str(ran.error)
    assert ran.batches == []


def test_votes_are_compared_in_pairs_and_sessions_by_year(tmp_path: Path) -> None:
    alone = run(tmp_path, table(LATER), scopes=("CHN",))
    assert "CHN is none" in str(alone.error)
    monthly = run(tmp_path, table(LATER), by="session", frequency="month")
    assert "a session counts for a year, not for a month" in str(monthly.error)


def test_a_file_of_ones_own_is_read_the_newest_of_the_last_root(tmp_path: Path) -> None:
    first, last = tmp_path / "first", tmp_path / "last"
    bodies = {
        first / "2030_1_1_ga_voting.csv": "CHN:Y RUS:N",
        last / "2025_9_19_ga_voting.csv": "CHN:Y RUS:N",
        last / "2025_11_25_ga_voting.csv": "CHN:Y RUS:Y",
    }
    for path, votes in bodies.items():
        (path.parent / "tables").mkdir(parents=True, exist_ok=True)
        body = table(roll_call("1", votes), LATER)
        (path.parent / "tables" / path.name).write_bytes(body)
    ran = run(tmp_path, b"", file="tables/*ga_voting.csv", roots=(first, last))
    assert [each.value for each in readings(ran)] == [1]
    assert ran.batches[0].document is None


def test_a_link_out_of_the_directory_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_bytes(table(LATER))
    (tmp_path / "own" / "tables").mkdir(parents=True)
    (tmp_path / "own" / "tables" / "1_ga_voting.csv").symlink_to(tmp_path / "secret.csv")
    ran = run(tmp_path, b"", file="tables/*ga_voting.csv", roots=(tmp_path / "own",))
    assert isinstance(ran.error, SourceUnavailable)


def test_a_file_that_is_not_there_is_asked_for(tmp_path: Path) -> None:
    ran = run(tmp_path, b"", file="tables/*ga_voting.csv", roots=(tmp_path,))
    assert isinstance(ran.error, SourceUnavailable)
    assert "there is no tables/*ga_voting.csv" in str(ran.error)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"url": URL, "file": "tables/x.csv"},
        {"file": "../x.csv"},
        {"file": "/etc/x.csv"},
        {"file": "tables/../../x.csv"},
        {"file": "tables/x.txt"},
        {"url": URL, "votes": {"yes": ["1"], "no": ["1"]}},
    ],
)
def test_options_that_cannot_be_used_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        UnVotesOptions.model_validate(options)
