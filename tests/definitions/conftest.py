"""A good definition, and what is said of a text."""

from collections.abc import Callable
from pathlib import Path

import pytest

from forecaster.definitions.load import read_file
from forecaster.domain.errors import DefinitionsRefused

Said = Callable[..., list[str]]
"""Reads a text under a name; lists what is wrong, without the file's name."""


@pytest.fixture
def good() -> str:
    """Return a definition without a fault, one field a line."""
    return """\
title: Joint statements, {a} and {b}
role: display
unit: reports
frequency: week
collect: {source: history, series: gdelt-cooperation-mass, schedule: "0 6 * * MON"}
for_each: {dyad: all}
family: real
coverage: {from: 2018-01-01, to: 2023-06-25, grade: full}
lag: 1 day
thresholds: [{id: surge, above: 10, within: 4}]
alerts: [{id: surge-likely, probability: surge, above: 0.6, clear_below: 0.5, for: 2}]
attribution: The GDELT Project
license: {name: GDELT terms, redistribution: derived}
"""


@pytest.fixture
def said() -> Said:
    """Return the problems of a text as `line:column: message`."""

    def read(text: str, stem: str = "joint-statements") -> list[str]:
        file = f"indicators/{stem}.yml"
        try:
            read_file(Path(file), text)
        except DefinitionsRefused as error:
            return [str(problem).removeprefix(f"{file}:") for problem in error.problems]
        return []

    return read
