"""A long CSV of roll calls, one row for each vote of each state → who voted how, roll by roll."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import BinaryIO, Self

from pydantic import Field, model_validator

from forecaster.domain.base import Frozen
from forecaster.domain.errors import SourceChanged, UnknownName
from forecaster.domain.faults import Fault, refuse

YES, NO, ABSTAIN = "yes", "no", "abstain"
_YEAR_ALONE = 4
_SHOWN = 20


class Columns(Frozen):
    """Which columns hold what; the defaults are those of the UN Digital Library."""

    roll_call: str = Field(default="undl_id", description="what tells one roll call from another")
    country: str = Field(default="ms_name", description="the state's name")
    vote: str = Field(default="ms_vote", description="how it voted")
    date: str = Field(default="date", description="the day, such as 2024-12-04, or only the year")
    session: str = Field(default="session", description="the number of the session")

    @property
    def all(self) -> frozenset[str]:
        """Name the columns without which nothing can be read."""
        return frozenset((self.roll_call, self.country, self.vote, self.date, self.session))


class Spellings(Frozen):
    """How votes are written; the defaults are those of the UN Digital Library."""

    yes: tuple[str, ...] = Field(default=("Y",), min_length=1, description="a vote for it")
    no: tuple[str, ...] = Field(default=("N",), min_length=1, description="a vote against it")
    abstain: tuple[str, ...] = Field(default=("A",), min_length=1, description="an abstention")
    none: tuple[str, ...] = Field(
        default=("X", "NV", ""), description="absent, not voting, not a member: no vote"
    )

    @model_validator(mode="after")
    def _tell_votes_apart(self) -> Self:
        written = [*self.yes, *self.no, *self.abstain, *self.none]
        twice = sorted({text for text in written if written.count(text) > 1})
        refuse(*(Fault(f"{text!r} is written for two kinds of vote") for text in twice))
        return self

    @property
    def meanings(self) -> Mapping[str, str | None]:
        """Map each spelling to the vote that it stands for; none: it is no vote."""
        votes = {YES: self.yes, NO: self.no, ABSTAIN: self.abstain}
        return {text: vote for vote, texts in votes.items() for text in texts} | dict.fromkeys(
            self.none
        )


@dataclass
class RollCall:
    """One roll call: its day and session, how the wanted states voted, and who is unknown."""

    day: date
    session: str
    votes: dict[str, str | None] = field(default_factory=dict)
    with_strangers: bool = False


@dataclass(frozen=True)
class Record:
    """What a file holds."""

    roll_calls: Mapping[str, RollCall]
    rows: int
    fields: frozenset[str]
    strangers: frozenset[str]
    """Names that nobody declared."""


def read_record(
    file: BinaryIO,
    name: str,
    columns: Columns,
    spellings: Spellings,
    *,
    actor: Callable[[str], str],
    wanted: frozenset[str],
) -> Record:
    """Read every row; keep the votes of the wanted states.

    Args:
        file: The bytes of the file.
        name: How messages call it.
        columns: Which columns hold what.
        spellings: How votes are written.
        actor: Gives the country code of a name, or raises `UnknownName`.
        wanted: The countries of interest.

    Raises:
        SourceChanged: No CSV in UTF-8, a column that is missing, a row of another length, a date
            or a vote that cannot be read, or two rows that contradict each other.
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    table = csv.reader(text, strict=True)
    known = _known(actor)
    roll_calls: dict[str, RollCall] = {}
    strangers: set[str] = set()
    rows = 0
    try:
        header = next(table, [])
        for rows, row in enumerate(_rows(table, header, name, columns), start=1):  # noqa: B007  (counted)
            roll = roll_calls.setdefault(row.roll_call, RollCall(row.day, row.session))
            code = known(row.country)
            _check_agrees(roll, row)
            if code is None:
                strangers.add(row.country)
                roll.with_strangers = True
            elif code in wanted:
                _enter(roll, code, row, spellings.meanings)
    except (csv.Error, UnicodeDecodeError) as error:
        raise SourceChanged(f"{name}: not a CSV file in UTF-8: {error}") from error
    finally:
        text.detach()
    if not rows:
        raise SourceChanged(f"{name} holds its columns, but no vote")
    return Record(roll_calls, rows, frozenset(header), frozenset(strangers))


@dataclass(frozen=True)
class _Row:
    place: str
    roll_call: str
    country: str
    vote: str
    day: date
    session: str


def _rows(
    table: Iterable[list[str]], header: list[str], name: str, columns: Columns
) -> Iterator[_Row]:
    missing = sorted(columns.all - set(header))
    if missing:
        raise SourceChanged(
            f"{name}: there is no column {', '.join(missing)}; "
            f"the first line reads {','.join(header)[:200]!r}"
        )
    at = {column: header.index(column) for column in columns.all}
    day_of = cache(_day)
    for number, row in enumerate(table, start=2):
        place = f"{name}: row {number}"
        if len(row) != len(header):
            raise SourceChanged(
                f"{place}: {len(row)} columns, expected {len(header)}; is the file cut off?"
            )
        try:
            day = day_of(row[at[columns.date]])
        except ValueError as error:
            raise SourceChanged(f"{place}: {error}") from error
        yield _Row(
            place,
            row[at[columns.roll_call]],
            row[at[columns.country]],
            row[at[columns.vote]].strip(),
            day,
            row[at[columns.session]].strip(),
        )


def _day(text: str) -> date:
    """Read a day; a year alone stands for its first day."""
    try:
        return date(int(text), 1, 1) if len(text) == _YEAR_ALONE else date.fromisoformat(text[:10])
    except ValueError as error:
        raise ValueError(f"{text[:_SHOWN]!r} is no date such as 2024-12-04") from error


def _known(actor: Callable[[str], str]) -> Callable[[str], str | None]:
    @cache
    def look_up(name: str) -> str | None:
        try:
            return actor(name)
        except UnknownName:
            return None

    return look_up


def _check_agrees(roll: RollCall, row: _Row) -> None:
    if (roll.day, roll.session) != (row.day, row.session):
        raise SourceChanged(
            f"{row.place}: roll call {row.roll_call[:_SHOWN]} is of {row.day} in session "
            f"{row.session}, but of {roll.day} in session {roll.session} before"
        )


def _enter(roll: RollCall, code: str, row: _Row, meanings: Mapping[str, str | None]) -> None:
    if row.vote not in meanings:
        known = ", ".join(repr(text) for text in meanings)
        raise SourceChanged(f"{row.place}: {row.vote[:_SHOWN]!r} is no vote; known: {known}")
    vote = meanings[row.vote]
    if roll.votes.setdefault(code, vote) != vote:
        raise SourceChanged(f"{row.place}: {code} voted two ways in roll call {row.roll_call}")
