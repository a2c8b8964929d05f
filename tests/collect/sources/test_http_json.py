"""A JSON endpoint, declared in YAML alone, gives the values that stand in it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from forecaster.domain.errors import SourceChanged
from forecaster.domain.observation import Missing
from tests.collect.asked import URL, always, json_definition, json_of, run

JANUARY = {"day": "2026-01-01", "count": 3}
FEBRUARY = {"day": "2026-02-01", "count": 4}
BOTH = json_of(JANUARY, FEBRUARY)


def values(folder: Path, body: bytes, **options: Any) -> dict[str, Any]:
    ran = run(folder, json_definition(options), always(body))
    assert ran.error is None
    return ran.values


def error(folder: Path, body: bytes, **options: Any) -> str:
    ran = run(folder, json_definition(options), always(body))
    assert isinstance(ran.error, SourceChanged)
    assert ran.readings == []
    return str(ran.error)


def test_each_row_is_a_value_of_its_period(tmp_path: Path) -> None:
    assert values(tmp_path, BOTH) == {"2026-01-01": 3, "2026-02-01": 4}


def test_a_batch_says_what_was_read_of_which_document(tmp_path: Path) -> None:
    [batch] = run(tmp_path, json_definition(), always(BOTH)).batches
    assert (batch.rows, batch.fields, batch.whole) == (2, {"day", "count"}, False)
    assert (batch.done, batch.total) == (1, 1)
    assert batch.document is not None
    assert batch.document.url == URL


def test_rows_out_of_order_are_put_in_order(tmp_path: Path) -> None:
    found = values(tmp_path, json_of(FEBRUARY, JANUARY))
    assert list(found) == ["2026-01-01", "2026-02-01"]


def test_the_same_row_twice_is_one(tmp_path: Path) -> None:
    assert values(tmp_path, json_of(JANUARY, JANUARY)) == {"2026-01-01": 3}


def test_two_values_of_one_period_call_a_person(tmp_path: Path) -> None:
    said = error(tmp_path, json_of(JANUARY, JANUARY | {"count": 5}))
    assert "CHN-RUS, month of 2026-01-01: 3.0 (row 1 of" in said
    assert "5.0 (row 2 of" in said
    assert "say under 'how'" in said


@pytest.mark.parametrize(
    ("how", "value"),
    [("last", 6), ("first", 2), ("mean", 4), ("sum", 12), ("max", 6), ("min", 2)],
)
def test_several_rows_of_a_period_give_what_is_asked(
    tmp_path: Path, how: str, value: float
) -> None:
    rows = [{"day": f"2026-01-0{day}", "count": count} for day, count in [(2, 4), (3, 6), (1, 2)]]
    ran = run(tmp_path, json_definition({"how": how}), always(json_of(*rows)))
    [reading] = ran.readings
    assert (reading.value, reading.details) == (value, {"rows": 3})


def test_what_is_made_of_several_rows_waits_until_all_could_be_known(tmp_path: Path) -> None:
    definition = json_definition({"how": "sum"}, lag="10 days")
    assert run(tmp_path, definition, always(BOTH)).values == {"2026-01-01": 3}


def test_a_sum_beyond_all_numbers_calls_a_person(tmp_path: Path) -> None:
    rows = [{"day": f"2026-01-0{day}", "count": 1.7e308} for day in (1, 2)]
    assert "CHN-RUS, 2026-01-01: " in error(tmp_path, json_of(*rows), how="sum")


def test_a_sum_with_a_gap_in_it_is_no_sum(tmp_path: Path) -> None:
    rows = json_of(JANUARY, {"day": "2026-01-02", "count": None})
    assert values(tmp_path, rows, how="sum") == {"2026-01-01": Missing.INCOMPLETE}
    assert values(tmp_path, rows, how="mean") == {"2026-01-01": 3}


def test_fewer_rows_than_a_whole_period_has_are_incomplete(tmp_path: Path) -> None:
    december = {"day": "2025-12-01", "count": 4}
    found = values(tmp_path, json_of(JANUARY, december, december), how="mean", complete=2)
    assert found == {"2025-12-01": 4, "2026-01-01": Missing.INCOMPLETE}


@pytest.mark.parametrize("absent", [None, "", ".", "..", "NA"])
def test_a_missing_value_is_not_a_zero(tmp_path: Path, absent: object) -> None:
    body = json_of(JANUARY, FEBRUARY | {"count": absent})
    assert values(tmp_path, body) == {"2026-01-01": 3, "2026-02-01": Missing.NOT_REPORTED}


def test_values_are_scaled_into_their_unit(tmp_path: Path) -> None:
    assert values(tmp_path, json_of(JANUARY), scale=0.5) == {"2026-01-01": 1.5}


def test_the_base_of_a_share_is_kept(tmp_path: Path) -> None:
    body = json_of(JANUARY | {"of": 90})
    [reading] = run(tmp_path, json_definition({"n": "of"}), always(body)).readings
    assert reading.base == 90


@pytest.mark.parametrize("how", ["sum", "mean"])
def test_the_bases_of_rows_together_add_up(tmp_path: Path, how: str) -> None:
    body = json_of(JANUARY | {"of": 90}, JANUARY | {"of": 10})
    [reading] = run(tmp_path, json_definition({"n": "of", "how": how}), always(body)).readings
    assert reading.base == 100


def test_the_base_of_the_first_row_goes_with_its_value(tmp_path: Path) -> None:
    body = json_of(JANUARY | {"of": 90}, JANUARY | {"day": "2026-01-02", "of": 10})
    definition = json_definition({"n": "of", "how": "first"})
    assert run(tmp_path, definition, always(body)).readings[0].base == 90


def test_a_negative_base_is_refused(tmp_path: Path) -> None:
    assert "-1 is not the size of a base" in error(tmp_path, json_of(JANUARY | {"of": -1}), n="of")


def test_parallel_lists_are_zipped_into_rows(tmp_path: Path) -> None:
    body = b'{"period": ["2026-01", "2026-02"], "value": [1, "NA"]}'
    found = values(tmp_path, body, rows="zip(period, value)", date="[0]", value="[1]")
    assert found == {"2026-01-01": 1, "2026-02-01": Missing.NOT_REPORTED}


def test_lists_of_different_lengths_are_not_parallel(tmp_path: Path) -> None:
    body = b'{"period": ["2026-01", "2026-02"], "value": [1]}'
    said = error(tmp_path, body, rows="zip(period, value)", date="[0]", value="[1]")
    assert "lists of different lengths: 2, 1" in said


def test_json_that_was_put_into_a_string_is_read(tmp_path: Path) -> None:
    body = json_of({"day": "2026-01-01", "prices": '["0.25", "0.75"]'})
    assert values(tmp_path, body, value="from_json(prices)[0]") == {"2026-01-01": 0.25}


def test_an_open_period_is_left_out(tmp_path: Path) -> None:
    assert values(tmp_path, json_of({"day": "2026-03-02", "count": 1})) == {}


def test_an_open_period_is_given_where_that_is_asked(tmp_path: Path) -> None:
    found = values(tmp_path, json_of({"day": "2026-03-02", "count": 1}), open_periods=True)
    assert found == {"2026-03-01": 1}


def test_a_row_of_a_day_to_come_calls_a_person(tmp_path: Path) -> None:
    said = error(tmp_path, json_of(JANUARY, {"day": "2026-05-01", "count": 1}))
    assert "row 2 of" in said
    assert "2026-05-01 is still to come" in said


def test_rows_of_days_to_come_are_left_out_where_that_is_declared(tmp_path: Path) -> None:
    body = json_of(JANUARY, {"day": "2026-05-01", "count": 1})
    assert values(tmp_path, body, future="ignore") == {"2026-01-01": 3}


def test_a_row_without_a_date_is_of_the_day_it_is_had(tmp_path: Path) -> None:
    body = b'{"data": [{"count": 0.5}]}'
    assert values(tmp_path, body, date=None, open_periods=True) == {"2026-03-01": 0.5}


def test_a_snapshot_says_nothing_of_a_window_that_is_past(tmp_path: Path) -> None:
    definition = json_definition({"date": None, "open_periods": True})
    window = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
    assert (
        run(tmp_path, definition, always(b'{"data": [{"count": 1}]}'), window=window).values == {}
    )


def test_a_year_is_no_value_of_a_month(tmp_path: Path) -> None:
    said = error(tmp_path, json_of({"day": "2025", "count": 1}))
    assert "'2025' names a year, but the definition is by month" in said


def test_outside_the_declared_coverage_nothing_is_known(tmp_path: Path) -> None:
    coverage = [{"from": "2026-02-01", "grade": "partial"}]
    ran = run(tmp_path, json_definition(coverage=coverage), always(BOTH))
    [reading] = ran.readings
    assert (str(reading.period), reading.grade) == ("2026-02-01", "partial")


HISTORY = {"history": "40 days", "params": {"from": "{since}", "to": "{until}"}}


def test_a_run_asks_for_whole_periods(tmp_path: Path) -> None:
    ran = run(tmp_path, json_definition(HISTORY), always(BOTH))
    assert ran.urls == [f"{URL}?from=2026-01-01&to=2026-03-04"]


def test_a_backfill_asks_for_its_window_and_keeps_to_it(tmp_path: Path) -> None:
    window = (datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
    ran = run(tmp_path, json_definition(HISTORY), always(BOTH), window=window)
    assert ran.urls == [f"{URL}?from=2026-01-01&to=2026-02-01"]
    assert ran.values == {"2026-01-01": 3}


NOW_LATER = datetime(2026, 3, 9, tzinfo=UTC)  # over a lag after the end of February
COUNT = HISTORY | {"how": "count", "value": None}


def test_rows_are_counted_and_an_empty_period_that_was_asked_for_is_a_zero(tmp_path: Path) -> None:
    body = json_of(*[{"day": "2026-02-03"}, {"day": "2026-02-09"}, {"day": "2025-12-31"}])
    assert run(tmp_path, json_definition(COUNT), always(body), now=NOW_LATER).values == {
        "2026-01-01": 0,
        "2026-02-01": 2,
    }


def test_no_row_at_all_is_a_zero_for_each_period_that_is_over(tmp_path: Path) -> None:
    found = run(tmp_path, json_definition(COUNT), always(json_of()), now=NOW_LATER)
    assert found.values == {"2026-01-01": 0, "2026-02-01": 0}


def test_a_count_waits_until_the_source_has_published(tmp_path: Path) -> None:
    found = run(tmp_path, json_definition(COUNT), always(json_of()))
    assert found.values == {"2026-01-01": 0}


def test_a_count_is_no_zero_where_nobody_claims_to_see(tmp_path: Path) -> None:
    definition = json_definition(COUNT, coverage=[{"from": "2026-02-01"}])
    found = run(tmp_path, definition, always(json_of()), now=NOW_LATER)
    assert found.values == {"2026-02-01": 0}


def test_a_document_on_two_pages_is_counted_once(tmp_path: Path) -> None:
    body = json_of(*[{"day": "2026-02-03", "id": name} for name in ("a", "b", "a")])
    definition = json_definition(COUNT | {"distinct": "id"})
    assert run(tmp_path, definition, always(body), now=NOW_LATER).values["2026-02-01"] == 2


def test_a_row_without_identity_calls_a_person(tmp_path: Path) -> None:
    body = json_of({"day": "2026-02-03", "id": "a"}, {"day": "2026-02-03"})
    ran = run(tmp_path, json_definition(COUNT | {"distinct": "id"}), always(body))
    assert "row 2" in str(ran.error)
    assert "nothing stands at 'id'" in str(ran.error)
