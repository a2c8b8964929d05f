"""What is wrong with a file, and where, in words for the person who wrote it."""

from collections.abc import Iterable
from typing import NamedTuple

LIMIT = 100
"""So many problems of one file are told; a file with more of them is not a definition."""

_LONGEST = 60

Path = tuple[str | int, ...]
"""The keys and indexes that lead from the top of a file to a value."""


class Place(NamedTuple):
    """A line and a column of a text, both counted from 1."""

    line: int
    column: int


class Problem(NamedTuple):
    """One mistake: the file, the line and column of the key or value, and what was expected."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class Mistake(NamedTuple):
    """A problem of a text that does not yet know its file."""

    place: Place
    message: str

    def in_file(self, file: str) -> Problem:
        """Say in which file the mistake is."""
        return Problem(file, self.place.line, self.place.column, self.message)


class Unreadable(ValueError):
    """A text of which nothing can be read from some place on."""

    def __init__(self, place: Place, message: str) -> None:
        """Keep the place and say what stands there."""
        self.mistake = Mistake(place, message)
        super().__init__(message)


def in_order(mistakes: Iterable[Mistake]) -> list[Mistake]:
    """Order mistakes by place, each only once."""
    return sorted(set(mistakes))[:LIMIT]


def shown(value: object) -> str:
    """Show a value of a file within a sentence."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return repr(shortened(value))
    if isinstance(value, list):
        return f"a list of {len(value)}" if value else "an empty list"
    return "a mapping"


def name_shown(name: str) -> str:
    """Show a name that should be plain ASCII; letters that only look so appear as codes."""
    return ascii(shortened(name))


def shortened(text: str) -> str:
    """Cut a text that is too long to stand in a sentence."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
