"""The tests of a definition run as production runs, and say where it came otherwise."""

from pathlib import Path

import pytest

from forecaster.cycle.trying import failures
from forecaster.definitions.load import read_file
from forecaster.domain.faults import Fault
from tests.house import INDICATOR

HISTORY = """
    given:
      files:
        history/patrols.csv: |
          series,scope,frequency,period_start,value,n
          patrols,CHN-RUS,week,2026-02-09,3,40
          patrols,CHN-RUS,week,2026-02-23,7,
"""
LIVE = """\
title: Reports
role: operational
family: count
unit: reports
frequency: day
lag: 1 hour
attribution: Nobody
license: {name: CC0, redistribution: "yes"}
for_each: {dyad: [CHN-RUS, IRN-RUS]}
collect: {source: gdelt_events, feeds: [english], codes: ["05"]}
"""
DAILY = """\
title: Price
role: context
unit: dollars
frequency: day
lag: 1 day
attribution: Nobody
license: {name: CC0, redistribution: "yes"}
collect:
  source: http_json
  url: https://example.org/
  rows: "@"
  date: "[0]"
  value: "[1]"
"""


def tried(test: str, declared: str = INDICATOR) -> tuple[Fault, ...]:
    definition = read_file(Path("patrols.yml"), f"{declared}tests:\n  - name: it\n    {test}\n")
    [example] = definition.tests
    return failures(definition, example)


def observed(observations: str, more: str = "") -> tuple[Fault, ...]:
    expect = f"expect: {{observations: [{observations}]{more}}}"
    return tried(f"{HISTORY.strip()}\n    now: 2026-03-04\n    {expect}")


def messages(faults: tuple[Fault, ...]) -> list[str]:
    return [fault.message for fault in faults]


def test_what_comes_as_expected_has_no_fault() -> None:
    assert not observed(
        "{scope: CHN-RUS, period: 2026-02-09, value: 3, n: 40}, "
        "{period: 2026-02-18, missing: not_reported}, {period: 2026-02-23, value: 7, "
        "doubtful: false}",
        ", only: true",
    )


def test_without_a_moment_the_run_takes_place_once_the_last_expected_period_is_known() -> None:
    expect = "expect: {observations: [{period: 2026-02-23, value: 7}]}"

    assert not tried(f"{HISTORY.strip()}\n    {expect}")


@pytest.mark.parametrize(
    ("expected", "message", "at"),
    [
        ("period: 2026-02-09, value: 4", "expected 4, found 3", "value"),
        ("period: 2026-02-09, missing: withdrawn", "expected withdrawn, found 3", "missing"),
        ("period: 2026-02-16, value: 0", "expected 0, found not_reported", "value"),
        ("period: 2026-02-09, value: 3, n: 4", "expected an n of 4, found 40", "n"),
        ("period: 2026-02-23, value: 7, n: 4", "expected an n of 4, found nothing", "n"),
        (
            "period: 2026-02-09, value: 3, doubtful: true",
            "expected the value to be doubtful; it is not",
            "doubtful",
        ),
    ],
)
def test_a_difference_is_told_with_what_was_expected_and_found(
    expected: str, message: str, at: str
) -> None:
    (fault,) = observed(f"{{{expected}}}")

    assert fault == Fault(message, ("expect", "observations", 0, at))


def test_a_period_of_which_nothing_is_known_is_told_with_those_that_are() -> None:
    (fault,) = observed("{period: 2026-03-02, value: 1}")

    assert fault.message == (
        "nothing is known of CHN-RUS, week of 2026-03-02; "
        "of it there is 2026-02-09, 2026-02-16, 2026-02-23"
    )


def test_with_only_every_further_value_is_told() -> None:
    faults = observed("{period: 2026-02-23, value: 7}", ", only: true")

    assert messages(faults) == ["there is also 3 of CHN-RUS, week of 2026-02-09"]


def test_a_run_that_ends_otherwise_is_told_with_its_error() -> None:
    wrong = HISTORY.replace("patrols,CHN-RUS", "drills,CHN-RUS").strip()

    faults = tried(f"{wrong}\n    expect: {{observations: [{{period: 2026-02-23, value: 7}}]}}")

    assert faults[0].at == ("expect", "status")
    assert faults[0].message.startswith(
        "expected the run to end as ok, it ended as changed: no series named 'patrols'"
    )


@pytest.mark.parametrize(
    ("error", "faults"),
    [
        ("no series named", []),
        ("no such thing", ["expected an error that holds 'no such thing'; it says: no series"]),
    ],
)
def test_an_error_can_be_expected(error: str, faults: list[str]) -> None:
    wrong = HISTORY.replace("patrols,CHN-RUS", "drills,CHN-RUS").strip()
    expect = f"expect: {{status: changed, error: {error}}}"

    found = messages(tried(f"{wrong}\n    now: 2026-03-04\n    {expect}"))

    assert [message[: len(faults[0])] for message in found] == faults


def test_an_error_that_did_not_come_is_told() -> None:
    found = observed("{period: 2026-02-23, value: 7}", ", error: too few")

    assert messages(found) == ["expected an error that holds 'too few'; there is none"]


def test_an_address_that_is_not_given_is_named() -> None:
    (fault, _) = tried(
        'given: {documents: {"http://other.example/*": ""}}\n    now: 2026-03-04\n'
        "    expect: {observations: [{scope: CHN-RUS, period: 2026-03-03, value: 1}]}",
        LIVE,
    )

    assert "(asked for and not given: http" in fault.message
    assert "lastupdate.txt" in fault.message


def test_runs_at_several_moments_see_what_changed_between_them() -> None:
    text = (
        'given: {documents: {"*": [{status: 503}, {status: 403}]}}\n'
        "    now: [2026-03-04, 2026-03-05]\n    expect: {status: changed, error: answered 403}"
    )

    assert not tried(text, LIVE)


@pytest.mark.parametrize(
    ("values", "status"),
    [("[7]", "firing"), ("[7, 5.5]", "firing"), ("[7, 4]", "inactive"), ("[]", "inactive")],
)
def test_alerts_are_shown_one_number_after_the_other(values: str, status: str) -> None:
    text = f"given: {{values: {values}}}\n    expect: {{alerts: {{many-patrols: {status}}}}}"

    assert not tried(text)


def test_an_alert_that_stands_elsewhere_is_told_with_its_reason() -> None:
    (fault,) = tried("given: {values: [6]}\n    expect: {alerts: {many-patrols: firing}}")

    assert fault == Fault(
        "expected firing, found inactive (between the levels)",
        ("expect", "alerts", "many-patrols"),
    )


def test_an_alert_needs_the_numbers_that_it_watches() -> None:
    (fault,) = tried(
        "given: {probabilities: {busy: [0.5]}}\n    expect: {alerts: {many-patrols: firing}}"
    )

    assert fault.message == "the alert watches values; none are given"


def test_series_are_not_given_to_what_collects() -> None:
    (fault,) = tried(
        "given: {series: {other: {2026-01-05: 3}}}\n"
        "    expect: {observations: [{period: 2026-01-05, value: 3}]}"
    )

    assert fault.message == "series are given to what is composed; patrols has a source"


def test_how_many_rows_a_source_has_as_a_rule_is_not_asked_of_a_small_test() -> None:
    text = DAILY.replace("lag: 1 day", "lag: 1 day\nassertions: {rows: {min: 100}}")
    given = 'given: {documents: {"https://example.org/*": "[[\\"2026-03-03\\", 4]]"}}'

    assert not tried(
        f"{given}\n    expect: {{observations: [{{period: 2026-03-03, value: 4}}]}}", text
    )
    assert not tried(
        f"{given}\n    now: 2026-03-05\n    expect: {{status: changed, error: 1 rows were}}", text
    )


def test_a_source_that_needs_a_key_is_tried_without_one() -> None:
    text = DAILY.replace("example.org/", "example.org/?key={key:mine}&x=1")
    given = 'given: {documents: {"*key={key:mine}*": "[[\\"2026-03-03\\", 4]]"}}'

    assert not tried(
        f"{given}\n    expect: {{observations: [{{period: 2026-03-03, value: 4}}]}}", text
    )


def test_of_two_patterns_that_fit_the_first_one_answers() -> None:
    given = (
        'given: {documents: {"https://example.org/*": "[[\\"2026-03-03\\", 4]]", '
        '"https://*": "[]"}}'
    )

    assert not tried(
        f"{given}\n    expect: {{observations: [{{period: 2026-03-03, value: 4}}]}}", DAILY
    )
