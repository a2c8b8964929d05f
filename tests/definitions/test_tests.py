"""Tests in a YAML are read as strictly as the rest, and change nothing of what it declares."""

from pathlib import Path

import pytest

from forecaster.definitions.load import load_catalogue, read_file
from forecaster.definitions.places import problem_of, read_again
from forecaster.domain.faults import Fault
from tests.definitions.conftest import Said

TESTS = """\
tests:
  - name: two
    given: {documents: {"https://example.org/*": [{zip: {a.csv: "x"}}, "text"]}}
    now: 2026-03-04
    expect: {observations: [{scope: CHN-RUS, period: 2020-02-24, value: 2}]}
  - given: {probabilities: {surge: [0.3, 0.7]}}
    expect: {alerts: {surge-likely: firing}}
"""


def test_tests_change_neither_digest_nor_sieve_nor_what_is_kept(good: str) -> None:
    bare, tested = (read_file(Path("x.yml"), text) for text in (good, good + TESTS))

    assert len(tested.tests) == 2
    assert tested.digest == bare.digest
    assert tested.sieve == bare.sieve
    assert tested.model_dump_json() == bare.model_dump_json()


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("given: {doc", "givn: {doc", "16:5: 'givn' is not a field of a test; did you mean "),
        ("zip:", "zp:", "16:52: 'zp' is not a field of 'https://example.org/*'; did you mean"),
        ("value: 2", "vlue: 2", "18:66: 'vlue' is not a field of an expected observation; did "),
        ("value: 2", "value: two", "18:73: expected a number, found 'two'"),
        ("2020-02-24", "2020-02-30", "18:54: expected a date such as 2024-12-31, found "),
        ("CHN-RUS", "CHN-RUZ", "18:37: no scope named 'CHN-RUZ'; did you mean 'CHN-RUS'?"),
        ("scope: CHN-RUS, ", "", "18:29: say which 'scope': one of CHN-IRN, CHN-PRK"),
        ("{surge:", "{surg:", "19:35: no threshold named 'surg'; did you mean 'surge'?"),
        ("surge-likely: firing", "surge: firing", "20:30: no alert named 'surge'; known: surge"),
        ("firing", "fring", "20:37: expected one of inactive, pending, firing, found 'fring'"),
        ("0.3", "3", "19:37: expected at most 1, found the number 3"),
        ("2026-03-04", "2026-3-4", "17:10: expected a date such as 2024-12-31 or a moment such"),
    ],
)
def test_a_mistake_in_a_test_is_told_where_it_stands(
    good: str, said: Said, right: str, wrong: str, message: str
) -> None:
    text = good + TESTS.replace(right, wrong, 1)

    found = said(text)

    assert [each[: len(message)] for each in found] == [message]


def test_a_fault_is_told_at_the_value_that_it_is_about(good: str, tmp_path: Path) -> None:
    path = tmp_path / "x.yml"
    path.write_text(good + TESTS)
    fault = Fault("too few", ("tests", 0, "expect", "observations", 0, "value", "gone"))

    problem = problem_of(fault, read_again(path), path)

    assert str(problem) == f"{path}:18:73: too few"


def test_a_definition_needs_a_license_and_whom_to_name(good: str, said: Said) -> None:
    lines = [line for line in good.splitlines() if not line.startswith(("attrib", "license"))]

    assert said("\n".join(lines)) == [
        "1:1: an indicator needs 'attribution': whom to name as the source",
        (
            "1:1: an indicator needs 'license': under which terms its values may be shown: "
            "{name: CC BY 4.0, redistribution: derived}"
        ),
    ]


def test_a_new_name_and_the_old_file_do_not_stand_together(good: str, tmp_path: Path) -> None:
    (tmp_path / "old.yml").write_text(good.replace("surge-likely", "old-likely"))
    (tmp_path / "new.yml").write_text(good + "formerly: [older, old]\n")

    loaded = load_catalogue([tmp_path])

    (problem,) = loaded.problems
    assert (problem.line, problem.column) == (14, 19)
    assert (
        problem.message == f"{tmp_path / 'old.yml'} still stands; a rename takes the old file away"
    )
    assert [each.id for each in loaded.catalogue] == ["old"]
