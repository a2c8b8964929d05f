"""How alike two states vote in the General Assembly of the United Nations, from its roll calls."""

import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar, Literal, Self

import structlog
from pydantic import Field, model_validator

from forecaster.collect.lists.roll_calls import (
    ABSTAIN,
    NO,
    YES,
    Columns,
    Record,
    RollCall,
    Spellings,
    read_record,
)
from forecaster.collect.source import Batch, Errand
from forecaster.domain.actors import actors_of
from forecaster.domain.base import Frozen
from forecaster.domain.coverage import Grade, grade_of
from forecaster.domain.errors import SourceChanged, SourceUnavailable
from forecaster.domain.faults import Fault, refuse
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Document, Missing, Reading
from forecaster.domain.period import Frequency, Period

_MAX_BYTES = 1_000_000_000  # the library's file has some 400 MB
_FIRST_SESSION_BEFORE = 1945  # session 1 began in 1946, session 79 in 2024
_SHOWN = 20

log = structlog.get_logger(__name__)


class UnVotesOptions(Frozen):
    """Where the roll calls lie, how they are written, and over what they are summed up."""

    url: str | None = Field(
        default=None, pattern=r"^https?://[^\s/]+\S*$", description="address of the CSV"
    )
    file: str | None = Field(
        default=None,
        pattern=r"^[\w*-]+(/[\w*-][\w.*-]*)*\.csv$",
        description="or a file beside one's definitions, such as 'tables/*ga_voting.csv'; the "
        "newest by the numbers in its name",
    )
    by: Literal["date", "session"] = Field(
        default="date", description="session: a regular session counts for the year it begins in"
    )
    min_joint: int = Field(
        default=1,
        ge=1,
        description="with fewer joint votes there is no share",
    )
    columns: Columns = Columns()
    votes: Spellings = Spellings()

    @model_validator(mode="after")
    def _names_one_place(self) -> Self:
        if (self.url is None) == (self.file is None):
            refuse(Fault("name either 'url' or 'file'"))
        return self


@dataclass(frozen=True)
class UnVotes:
    """Gives, for each pair, the share of joint votes on which both voted the same.

    A joint vote is one on which both voted yes, no or abstained; who is absent or does not vote
    casts none. A period is given once the file holds a roll call of a later one.
    """

    Options: ClassVar = UnVotesOptions
    shipped: ClassVar = False
    options: UnVotesOptions

    def collect(self, errand: Errand) -> Iterator[Batch]:
        """Give every complete period of every pair; then name the states that nobody declared."""
        _check_asked(errand.definition, self.options)
        record, document = self._record(errand)
        today = errand.now.date()
        held = [roll for roll in record.roll_calls.values() if roll.day <= today]
        if len(held) < len(record.roll_calls):
            ahead = len(record.roll_calls) - len(held)
            log.warning("roll_calls_left_out", rolls=ahead, why="dated in the future")
        periods = self._by_period(held, errand.definition.frequency)
        readings = [
            reading
            for scope in errand.definition.scopes
            for reading in self._readings(errand.definition, scope, periods)
        ]
        yield Batch(
            readings=tuple(readings),
            document=document,
            rows=record.rows,
            fields=record.fields,
            done=1,
            total=1,
        )
        if record.strangers:
            raise SourceChanged(_strangers(record.strangers))

    def _record(self, errand: Errand) -> tuple[Record, Document | None]:
        wanted = frozenset(code for scope in errand.definition.scopes for code in actors_of(scope))

        def read(file: io.BufferedReader | io.BytesIO, name: str) -> Record:
            return read_record(
                file,
                name,
                self.options.columns,
                self.options.votes,
                actor=errand.lookups.actor,
                wanted=wanted,
            )

        if self.options.url is not None:
            fetched = errand.fetch.get(self.options.url, max_bytes=_MAX_BYTES)
            return read(io.BytesIO(fetched.body), self.options.url), fetched.document
        path = _newest(errand.roots, self.options.file or "")
        try:
            with path.open("rb") as file:
                return read(file, str(path)), None
        except OSError as error:
            raise SourceUnavailable(f"{path} cannot be read: {error.strerror}") from error

    def _by_period(
        self, rolls: Sequence[RollCall], frequency: Frequency
    ) -> Mapping[Period, Sequence[RollCall]]:
        """Sort roll calls into the periods that are complete; others of the file are later."""
        periods: dict[Period, list[RollCall]] = defaultdict(list)
        for roll in rolls:
            period = self._period(roll, frequency)
            if period is not None:
                periods[period].append(roll)
        newest = max(periods, key=lambda period: period.ordinal, default=None)
        return {period: found for period, found in periods.items() if period != newest}

    def _period(self, roll: RollCall, frequency: Frequency) -> Period | None:
        if self.options.by == "date":
            return Period.containing(roll.day, frequency)
        if not re.fullmatch(r"[0-9]{1,3}", roll.session):
            return None  # a special or an emergency session
        return Period.containing(
            date(_FIRST_SESSION_BEFORE + int(roll.session), 1, 1), Frequency.YEAR
        )

    def _readings(
        self, definition: Definition, scope: str, periods: Mapping[Period, Sequence[RollCall]]
    ) -> Iterator[Reading]:
        """Walk from the first joint vote of a pair to the last complete period."""
        one, other = actors_of(scope)
        counts = {period: _joint(rolls, one, other) for period, rolls in periods.items()}
        joint = [period.ordinal for period, pairs in counts.items() if pairs]
        for period in sorted(periods, key=lambda period: period.ordinal):
            grade = grade_of(period, definition.coverage) if definition.coverage else Grade.FULL
            unsure = any(_unsure(roll, one, other) for roll in periods[period])
            if joint and period.ordinal >= min(joint) and grade is not None and not unsure:
                yield self._reading(scope, period, grade, counts[period])

    def _reading(
        self, scope: str, period: Period, grade: Grade, pairs: Counter[tuple[str, str]]
    ) -> Reading:
        joint = pairs.total()
        enough = joint >= self.options.min_joint
        alike = sum(pairs[vote, vote] for vote in (YES, NO, ABSTAIN))
        missing = Missing.INCOMPLETE if joint else Missing.NOT_REPORTED
        return Reading(
            scope=scope,
            period=period,
            value=alike / joint if enough else None,
            missing=None if enough else missing,
            base=joint,
            grade=grade,
            details={
                "both yes": pairs[YES, YES],
                "both no": pairs[NO, NO],
                "both abstained": pairs[ABSTAIN, ABSTAIN],
                "yes against no": pairs[YES, NO] + pairs[NO, YES],
            },
        )


def _check_asked(definition: Definition, options: UnVotesOptions) -> None:
    alone = [scope for scope in definition.scopes if "-" not in scope]
    if alone:
        raise SourceChanged(
            f"votes are compared in pairs, and {alone[0]} is none: use for_each: {{dyad: …}}"
        )
    if options.by == "session" and definition.frequency is not Frequency.YEAR:
        raise SourceChanged(f"a session counts for a year, not for a {definition.frequency}")


def _newest(roots: Sequence[Path], pattern: str) -> Path:
    """Choose the newest file of the last root that has one, by the numbers in the names."""
    for root in reversed(roots):
        inside = root.resolve()
        found = [
            path
            for path in root.glob(pattern)
            if path.is_file() and path.resolve().is_relative_to(inside)
        ]
        if found:
            return max(found, key=lambda path: [int(n) for n in re.findall(r"\d+", path.name)])
    raise SourceUnavailable(
        f"there is no {pattern} in {' or '.join(map(str, roots))}; the UN Digital Library gives "
        "its General Assembly voting data to browsers alone: download it there, and put it here"
    )


def _joint(rolls: Sequence[RollCall], one: str, other: str) -> Counter[tuple[str, str]]:
    """Count the roll calls on which both voted, by how each did."""
    pairs = ((roll.votes.get(one), roll.votes.get(other)) for roll in rolls)
    return Counter((left, right) for left, right in pairs if left and right)


def _unsure(roll: RollCall, one: str, other: str) -> bool:
    """Say whether a state of an unknown name may be one of the two."""
    return roll.with_strangers and not {one, other} <= roll.votes.keys()


def _strangers(names: frozenset[str]) -> str:
    told = sorted(names)
    more = f" and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
    listed = ", ".join(repr(name[:60]) for name in told[:_SHOWN])
    return (
        f"{len(told)} states are unknown: {listed}{more}; declare whom each stands for in "
        "lookups/actors.yml. Pairs of which one may be among them got no value."
    )
