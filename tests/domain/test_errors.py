"""One tree of errors, drawn as it is, and names that help."""

import re
from datetime import timedelta

import pytest

from forecaster.domain import errors
from forecaster.domain.errors import (
    DefinitionsRefused,
    DeliveryRefused,
    ForecasterError,
    SourceUnavailable,
    UnknownName,
    did_you_mean,
)


def tree(error: type[Exception], depth: int = 0) -> list[tuple[int, str]]:
    below = [each for each in error.__subclasses__() if each.__module__ == errors.__name__]
    return [(depth, error.__name__), *(line for each in below for line in tree(each, depth + 1))]


def test_the_tree_is_drawn_as_it_is() -> None:
    drawn = [
        (len(found[1]) // 4, found[2])
        for line in (errors.__doc__ or "").splitlines()
        if (found := re.match(r"    ((?:[│ ]   )*(?:[├└]── )?)([A-Z]\w+)", line))
    ]

    assert sorted(drawn) == sorted(tree(ForecasterError))


def test_every_error_of_the_service_is_in_the_tree() -> None:
    own = [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, Exception)
    ]

    assert own
    assert all(issubclass(each, ForecasterError) for each in own)


@pytest.mark.parametrize(
    ("name", "known", "tail"),
    [
        ("rolle", ("role", "unit"), "; did you mean 'role'?"),
        ("xyz", ("role", "unit"), "; known: role, unit"),
        ("xyz", (), ""),
    ],
)
def test_the_nearest_name_is_told_or_else_all(
    name: str, known: tuple[str, ...], tail: str
) -> None:
    assert did_you_mean(name, known) == tail


def test_an_unknown_name_lists_the_known_ones_in_order() -> None:
    error = UnknownName("source", "xyz", ["ledger", "history"])

    assert str(error) == "no source named 'xyz'; known: history, ledger"
    assert (error.kind, error.name, error.known) == ("source", "xyz", ("history", "ledger"))


def test_refused_definitions_print_each_problem_on_a_line() -> None:
    error = DefinitionsRefused(["a.yml:1:1: x", "b.yml:1:1: y"])

    assert str(error) == "a.yml:1:1: x\nb.yml:1:1: y"
    assert len(error.problems) == 2


def test_waits_that_others_ask_for_are_kept() -> None:
    wait = timedelta(seconds=30)

    assert SourceUnavailable("busy", retry_after=wait).retry_after == wait
    assert DeliveryRefused("busy", status=429, retry_after=wait).retry_after == wait
    assert DeliveryRefused("busy", status=429).status == 429
