"""Each mistake is told at its line and column, with what was expected and the nearest name."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from forecaster.definitions.load import read_file
from forecaster.domain.actors import CORE_DYADS
from forecaster.domain.errors import DefinitionsRefused
from forecaster.domain.indicator import Definition
from tests.definitions.conftest import Said


def test_a_good_text_becomes_a_definition(good: str) -> None:
    definition = read_file(Path("indicators/joint-statements.yml"), good)

    assert definition.id == "joint-statements"
    assert definition.scopes == CORE_DYADS
    assert definition.collect.options == {"series": "gdelt-cooperation-mass"}
    assert definition.collect.schedule == "0 6 * * MON"
    assert definition.coverage[0].since == date(2018, 1, 1)
    assert definition.lag == timedelta(days=1)


def test_a_definition_survives_its_own_json(good: str) -> None:
    definition = read_file(Path("x.yml"), good)

    again = Definition.model_validate_json(definition.model_dump_json(by_alias=True))

    assert again == definition
    assert again.digest == definition.digest


def test_the_order_of_fields_does_not_change_the_digest(good: str) -> None:
    turned = "".join(reversed(good.splitlines(keepends=True))).replace(
        'source: history, series: gdelt-cooperation-mass, schedule: "0 6 * * MON"',
        'schedule: "0 6 * * MON", series: gdelt-cooperation-mass, source: history',
    )

    assert read_file(Path("x.yml"), turned).digest == read_file(Path("x.yml"), good).digest


def test_coverage_may_be_a_list_of_spans(good: str) -> None:
    spans = "coverage: [{from: 2018-01-01, to: 2019-12-31}, {from: 2021-01-01, grade: partial}]\n"

    lines = [
        spans if line.startswith("coverage") else line for line in good.splitlines(keepends=True)
    ]

    assert len(read_file(Path("x.yml"), "".join(lines)).coverage) == 2


def test_a_problem_prints_as_file_line_column_and_message(good: str) -> None:
    with pytest.raises(DefinitionsRefused) as refused:
        read_file(Path("indicators/x.yml"), good.replace("role:", "rolle:"))

    assert str(refused.value) == (
        "indicators/x.yml:2:1: 'rolle' is not a field of an indicator; did you mean 'role'?"
    )


def _mistakes() -> Iterator[tuple[str, str, str]]:
    table = (Path(__file__).parent / "mistakes.txt").read_text().splitlines()
    lines = [line.replace("\\n", "\n") for line in table if line and not line.startswith("#")]
    for change, message in zip(lines[::2], lines[1::2], strict=True):
        right, wrong = change.split(" => ")
        yield right, wrong.replace("(nothing)", ""), message.strip()


@pytest.mark.parametrize(("right", "wrong", "message"), [*_mistakes()])
def test_a_mistake_is_told_where_it_stands(
    good: str, said: Said, right: str, wrong: str, message: str
) -> None:
    assert right in good

    assert message in said(good.replace(right, wrong, 1))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("role: display", "role: displai"),
        ("family:", "famly:"),
        ("within: 4", "within: 0"),
        ("dyad: all", "dyad: [CHN-IRN, RUS-CHN]"),
        ("lag: 1 day", "lag: 1d"),
        ("0 6 * * MON", "0 24 * * MON"),
    ],
)
def test_one_mistake_is_told_once(good: str, said: Said, right: str, wrong: str) -> None:
    assert len(said(good.replace(right, wrong))) == 1


def test_all_mistakes_of_a_file_are_told_at_once_and_in_order(good: str, said: Said) -> None:
    text = (
        good.replace("role: display", "role: displai")
        .replace("source: history", "source: histroy")
        .replace("probability: surge", "probability: serge")
        .replace("unit: reports\n", "")
        + "methods: [nave]\n"
    )

    assert [each.split(":")[0] for each in said(text)] == ["1", "2", "4", "10", "13"]


def test_a_misspelt_field_is_not_also_called_missing(good: str, said: Said) -> None:
    assert said(good.replace("role:", "rolle:")) == [
        "2:1: 'rolle' is not a field of an indicator; did you mean 'role'?"
    ]


def test_a_misspelt_source_is_told_at_its_key(good: str, said: Said) -> None:
    message = "5:11: 'sorce' is not a field of collect; did you mean 'source'?"

    assert message in said(good.replace("source:", "sorce:"))


def test_every_field_that_an_indicator_needs_is_told(said: Said) -> None:
    missing = {message.split("'")[1] for message in said("family: real\n")}

    assert missing == {
        *("title", "role", "unit", "frequency", "collect", "attribution", "license")
    }


@pytest.mark.parametrize("text", ["5", "- a\n- b\n", "just words", "null"])
def test_a_file_that_is_no_mapping_is_refused(said: Said, text: str) -> None:
    (message,) = said(text)

    assert message.startswith("1:1: expected fields such as 'title: Joint drills', found ")


@pytest.mark.parametrize(
    ("stem", "better"),
    [
        ("Joint_Drills", "; rename the file, for example to joint-drills.yml"),
        ("joint drills", "; rename the file, for example to joint-drills.yml"),
        ("7", ""),
        ("x" * 61, f"; rename the file, for example to {'x' * 60}.yml"),
    ],
)
def test_a_file_name_that_is_no_id_is_refused(
    good: str, said: Said, stem: str, better: str
) -> None:
    (message,) = said(good, stem)

    assert message.startswith("1:1: the file's name is the indicator's id: expected lower-case")
    assert message.endswith(better or f"found {stem!r}")


def test_no_message_speaks_of_the_machinery(good: str, said: Said) -> None:
    wrong = (
        good.replace("all", "[5]").replace("10,", "x,").replace("0.6", "[]").replace("1 day", "{}")
    )

    told = " ".join(said(wrong))

    assert told
    for word in ("Input should", "pydantic", "literal[", "tuple", "dict", "Value error", "str"):
        assert word not in told
