"""What is made of UN Comtrade's answers: who is believed, what is missing, what is asked for."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from forecaster.collect.source import Batch, Errand
from forecaster.collect.sources.comtrade import ComtradeOptions
from forecaster.domain.coverage import Grade
from forecaster.domain.errors import SourceChanged
from forecaster.domain.observation import Missing, Reading
from tests.collect.errands import NOW, answering, define, open_source
from tests.servers.comtrade import CHN, PRK, RUS, Comtrade, line


def ask(folder: Path, server: Comtrade, **changes: Any) -> list[Batch]:
    """Ask for the trade of CHN-RUS, by month and from the public preview unless told otherwise."""
    fields = {
        name: changes.pop(name) for name in ("frequency", "for_each", "lag") if name in changes
    }
    window = changes.pop("window", None)
    options = {"preview": True, "pace_seconds": 0, "periods": 2} | changes
    definition = define("comtrade", options, **({"for_each": {"dyad": ["CHN-RUS"]}} | fields))
    errand = Errand(definition, NOW, answering(folder, server), (), window=window)
    return list(open_source(definition).collect(errand))


def readings(batches: list[Batch]) -> dict[str, Reading]:
    return {str(each.period): each for batch in batches for each in batch.readings}


def test_exports_are_those_of_the_first_to_the_second_as_it_reports_them(tmp_path: Path) -> None:
    server = Comtrade([line("202602", CHN, RUS, "X", 9e9), line("202602", CHN, RUS, "M", 1e10)])
    found = readings(ask(tmp_path, server))["2026-02-01"]
    assert (found.value, found.grade) == (9e9, Grade.FULL)
    assert found.details == {"reporter": CHN, "rows": 1, "fob_usd": 9e9, "cif_usd": 0}


def test_a_reporter_that_is_silent_is_mirrored_and_that_is_said(tmp_path: Path) -> None:
    server = Comtrade([line("202602", CHN, RUS, "M", 1.1e10)])
    found = readings(ask(tmp_path, server, of="RUS"))["2026-02-01"]
    assert (found.value, found.grade) == (1.1e10, Grade.PARTIAL)
    assert found.details == {"reporter": CHN, "rows": 1, "fob_usd": 0, "cif_usd": 1.1e10}


def test_where_both_report_its_own_word_is_taken_alone(tmp_path: Path) -> None:
    server = Comtrade([line("202602", RUS, CHN, "X", 1e10), line("202602", CHN, RUS, "M", 1.1e10)])
    found = readings(ask(tmp_path, server, of="{b}"))["2026-02-01"]
    assert (found.value, found.grade) == (1e10, Grade.FULL)


def test_the_partners_word_can_be_asked_for(tmp_path: Path) -> None:
    server = Comtrade([line("202602", RUS, CHN, "X", 1e10), line("202602", CHN, RUS, "M", 1.1e10)])
    found = readings(ask(tmp_path, server, of="RUS", mirror="partner"))["2026-02-01"]
    assert (found.value, found.grade) == (1.1e10, Grade.PARTIAL)


def test_without_a_mirror_a_silent_reporter_is_missing(tmp_path: Path) -> None:
    server = Comtrade([line("202601", CHN, RUS, "M", 1.1e10)])
    found = readings(ask(tmp_path, server, of="RUS", mirror="reporter"))
    assert {each.missing for each in found.values()} == {Missing.NOT_REPORTED}


def test_total_trade_is_of_one_reporter_and_says_how_each_part_is_valued(tmp_path: Path) -> None:
    server = Comtrade([line("202602", CHN, PRK, "X", 150), line("202602", CHN, PRK, "M", 20)])
    dyad = {"dyad": ["CHN-PRK"]}
    found = readings(ask(tmp_path, server, for_each=dyad, measure="total"))["2026-02-01"]
    assert (found.value, found.grade) == (170, Grade.FULL)
    assert found.details == {"reporter": CHN, "rows": 2, "fob_usd": 150, "cif_usd": 20}


def test_a_total_of_which_one_flow_is_not_reported_is_a_lower_bound(tmp_path: Path) -> None:
    server = Comtrade([line("202602", CHN, RUS, "X", 150), line("202602", RUS, CHN, "X", 20)])
    found = readings(ask(tmp_path, server, measure="total"))["2026-02-01"]
    assert (found.value, found.grade) == (150, Grade.PARTIAL)


def test_commodities_are_added_up(tmp_path: Path) -> None:
    rows = [line("202602", CHN, RUS, "X", 5, "8542"), line("202602", CHN, RUS, "X", 7, "8457")]
    found = readings(ask(tmp_path, Comtrade(rows), commodities=["8542", "8457"]))["2026-02-01"]
    assert (found.value, found.details and found.details["rows"]) == (12, 2)


def test_the_same_row_twice_counts_once(tmp_path: Path) -> None:
    rows = [line("202602", CHN, RUS, "X", 5)] * 2
    assert readings(ask(tmp_path, Comtrade(rows)))["2026-02-01"].value == 5


def test_an_empty_answer_is_missing_once_its_release_is_past(
    tmp_path: Path,
) -> None:
    batches = ask(tmp_path, Comtrade(), periods=3, lag="20 days")
    found = readings(batches)
    assert {name: each.missing for name, each in found.items()} == {
        "2025-12-01": Missing.NOT_REPORTED,
        "2026-01-01": Missing.NOT_REPORTED,
    }
    assert [(batch.rows, batch.fields) for batch in batches] == [(0, None)] * 3


def test_what_a_batch_read_is_said(tmp_path: Path) -> None:
    rows = [line("202602", CHN, RUS, "X", 5), line("202602", CHN, RUS, "M", 5)]
    last = ask(tmp_path, Comtrade(rows))[-1]
    assert (last.rows, last.done, last.total) == (2, 2, 2)
    assert last.fields
    assert "primaryValue" in last.fields
    assert last.document


def test_the_key_is_named_and_filled_in_when_it_is_sent() -> None:
    assert dict(ComtradeOptions().headers) == {"Ocp-Apim-Subscription-Key": "{key:comtrade}"}
    assert dict(ComtradeOptions(preview=True).headers) == {}


def test_the_preview_is_asked_for_one_period_at_a_time(tmp_path: Path) -> None:
    server = Comtrade()
    ask(tmp_path, server, periods=3)
    assert [dict(request.url.params)["period"] for request in server.asked] == [
        "202512",
        "202601",
        "202602",
    ]
    assert {request.url.path for request in server.asked} == {"/public/v1/preview/C/M/HS"}


def test_only_the_totals_over_all_else_are_asked_for(tmp_path: Path) -> None:
    server = Comtrade()
    ask(tmp_path, server, periods=1, commodities=["8542"])
    assert dict(server.asked[0].url.params) == {
        "reporterCode": "156,643",
        "partnerCode": "156,643",
        "period": "202602",
        "cmdCode": "8542",
        "flowCode": "M,X",
        "partner2Code": "0",
        "customsCode": "C00",
        "motCode": "0",
    }


@pytest.mark.parametrize(
    ("mirror", "reporters", "partners"), [("reporter", "156", "643"), ("partner", "643", "156")]
)
def test_only_who_is_believed_is_asked(
    tmp_path: Path, mirror: str, reporters: str, partners: str
) -> None:
    server = Comtrade()
    ask(tmp_path, server, periods=1, mirror=mirror)
    asked = dict(server.asked[0].url.params)
    assert (asked["reporterCode"], asked["partnerCode"]) == (reporters, partners)


def test_years_are_asked_for_by_year(tmp_path: Path) -> None:
    server = Comtrade([line("2025", CHN, RUS, "X", 7)])
    found = readings(ask(tmp_path, server, frequency="year"))
    assert found["2025-01-01"].value == 7
    assert {request.url.path for request in server.asked} == {"/public/v1/preview/C/A/HS"}


def test_a_window_asks_for_its_periods_that_are_over(tmp_path: Path) -> None:
    server = Comtrade()
    since, until = datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    ask(tmp_path, server, window=(since, until))
    asked = [dict(request.url.params)["period"] for request in server.asked]
    assert asked == ["202512", "202601", "202602"]


def test_a_window_of_a_period_that_is_not_over_asks_for_nothing(tmp_path: Path) -> None:
    server = Comtrade()
    window = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    [batch] = ask(tmp_path, server, window=window)
    assert (batch, server.asked) == (Batch(total=0), [])


def test_periods_outside_the_declared_coverage_are_left_out(tmp_path: Path) -> None:
    server = Comtrade([line("202601", CHN, RUS, "X", 5), line("202602", CHN, RUS, "X", 5)])
    definition = define(
        "comtrade",
        {"preview": True, "pace_seconds": 0, "periods": 2},
        for_each={"dyad": ["CHN-RUS"]},
        coverage=[{"from": "2026-02-01"}],
    )
    errand = Errand(definition, NOW, answering(tmp_path, server), ())
    assert list(readings(list(open_source(definition).collect(errand)))) == ["2026-02-01"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"frequency": "week"}, "by month or year, not by week"),
        ({"of": "IRN"}, "no dyad of IRN"),
        ({"for_each": {"actor": ["CHN"]}}, "no dyad"),
        ({"for_each": {"dyad": ["ABC-CHN"]}}, "ABC has no M49 code"),
    ],
)
def test_what_comtrade_cannot_answer_is_said(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(SourceChanged, match=said):
        ask(tmp_path, Comtrade(), **changes)


@pytest.mark.parametrize("codes", [["TOTAL", "84"], ["84", "8457"], ["8457", "8457"], ["845"]])
def test_commodities_that_hold_one_another_are_refused(codes: list[str]) -> None:
    with pytest.raises(ValidationError):
        ComtradeOptions.model_validate({"commodities": codes})
