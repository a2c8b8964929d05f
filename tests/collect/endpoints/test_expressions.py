"""An expression is refused where it is wrong, and does no harm to data that do not fit it."""

from typing import Any

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecaster.collect.endpoints.expressions import absent, check, find, gap, shown
from forecaster.domain.errors import SourceChanged

TREE: dict[str, Any] = {"data": [{"day": "2026-01-01", "n": 1}, {"day": "2026-02-01", "n": 2}]}


def test_an_expression_finds_what_stands_there() -> None:
    assert find(TREE, "data[?n > `1`].day") == ["2026-02-01"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("data[", "it ends too early"),
        ("a b", "'b' at character 3 was not expected"),
        ("a.'x", "Unclosed ' delimiter at character 3"),
        ("a#b", "Unknown token # at character 2"),
        ("a[?b == `x`]", "text stands between '"),
        ("sort_byy(a, &b)", "did you mean 'sort_by'"),
        ("-" * 400, "at character"),
        ("!" * 499 + "a", "nested too deeply|^$"),
    ],
)
def test_a_wrong_expression_is_told_where_it_is_wrong(text: str, said: str) -> None:
    if "nested" in said:  # how deep is too deep is up to Python
        assert check_or_reason(text) in {text, "the expression is nested too deeply"}
        return
    with pytest.raises(ValueError, match=said):
        check(text)


def check_or_reason(text: str) -> str:
    try:
        return check(text)
    except ValueError as error:
        return str(error)


@pytest.mark.parametrize(
    "text",
    [
        "[@,@][]" + " | [@,@][]" * 30,
        "zip(@, @)[]" + " | zip(@, @)[]" * 10,
        "join('', [@, @])" + " | join('', [@, @])" * 20,
        "to_string([@])" + " | to_string([@])" * 20,
        "{a: @, b: @}" + ".{a: @, b: @}" * 20,
    ],
)
def test_an_expression_that_would_grow_without_bounds_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="would copy its input"):
        check(text)


@pytest.mark.parametrize(
    "text",
    [
        "a[0:9]",
        "a[::-1]",
        "a[*].{date: d, value: v, n: n, who: who}",
        "sort_by(a, &d)[-1].v",
        "a.b || c.d && !e",
        "series.docs[?x != y].zip(p, v)[]",
    ],
)
def test_what_definitions_need_is_accepted(text: str) -> None:
    assert check(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "length(data[0].n)",
        "contains('abc', data[0].n)",
        "from_json(data[0].day)",
        "from_json('[[')",
        "zip(data, data[0])",
        "zip(data, data[0:1])",
        "avg(data)",
        "floor(to_number('inf'))",
        "sort_by(data, &@)",
    ],
)
def test_data_that_do_not_fit_call_a_person(text: str) -> None:
    assert check(text)
    with pytest.raises(SourceChanged, match="does not fit"):
        find(TREE, text)


def test_data_that_are_nested_deeply_call_a_person() -> None:
    tree: list[Any] = []
    for _ in range(100_000):
        tree = [tree]
    with pytest.raises(SourceChanged):
        find(tree, "to_string(@)")
    assert "nested deeply" in shown(tree)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("date", "there is no 'date', only data; did you mean 'data'?"),
        ("data[].dat", "there is no 'dat', only day, n; did you mean 'day'?"),
        ("dat[?n > `0`].m", "there is no 'dat', only data"),
        ("data[?n > `0`].m", "found []"),
        ("data[5].n", "where a list with an item 5 was expected"),
        ("data[0].day.x", "found \"2026-01-01\" where 'x' was expected"),
        ("data[0].n", "found 1"),
    ],
)
def test_where_an_expression_leaves_the_data_is_said(text: str, said: str) -> None:
    assert said in gap(TREE, text)


@pytest.mark.parametrize("text", ["data", "data[0].n", "data[1]", "data[].n", "length(x)"])
def test_nothing_is_absent_where_the_names_are_there(text: str) -> None:
    assert absent(TREE, text) is None


def test_of_many_keys_some_are_shown() -> None:
    said = gap({f"key{number}": 1 for number in range(90)}, "other")
    assert "key19, …" in said
    assert "key20" not in said


@given(st.text(max_size=60))
def test_any_text_is_accepted_or_refused(text: str) -> None:
    if check_or_reason(text) == text:
        jmespath.compile(text)
