"""Versions of the inputs → versions of the composed series, each as of when it was known.

Light on purpose (standard library alone): a server composes too, when it is asked for values.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from forecaster.domain.compose import POINTWISE, Compose, Reference
from forecaster.domain.coverage import Grade
from forecaster.domain.indicator import Definition, Family
from forecaster.domain.observation import Observation
from forecaster.domain.period import Frequency, Period
from forecaster.model.operations import (
    Around,
    Joining,
    Made,
    Operation,
    Pointwise,
    Rolled,
    Standardised,
    Track,
    coarser,
    joined,
    within,
)


class Series(NamedTuple):
    """One input: how long its periods are, whether it counts, and every version that counts."""

    frequency: Frequency
    is_count: bool
    versions: Sequence[Observation]

    @classmethod
    def of(cls, definition: Definition, versions: Sequence[Observation]) -> "Series":
        """Take from its definition what is to be known of an input."""
        return cls(definition.frequency, definition.family is Family.COUNT, versions)


def compose(
    definition: Definition, scope: str, inputs: Sequence[Series]
) -> tuple[Observation, ...]:
    """Return the versions of a composed series, by period and by when each was known.

    `inputs` stand in the order of `definition.compose.references`. At each moment at which
    something became known of an input, the periods that it touches are made anew from what was
    known then; what says the same as before is no version. So a composition of what was known by
    a moment is the composition, as known by that moment. A version has the greatest id of what it
    was made of; a period has its first one when every input says something of it.
    """
    said = _composition(definition)
    operation = _operation(said, definition, inputs)
    lines = [
        _Line(definition.frequency, one.frequency, reference)
        for one, reference in zip(inputs, said.references, strict=True)
    ]
    tracks = [line.track for line in lines]
    told: dict[int, list[Observation]] = {}
    for moment, news in _moments(inputs):
        touched = {
            ordinal
            for place, row in news
            for changed in lines[place].put(row)
            for ordinal in operation.touched(place, changed)
        }
        for ordinal in sorted(touched):
            made = operation.made(ordinal, tracks)
            if made is not None:
                version = _version(made, ordinal, moment, definition, scope)
                _tell(told.setdefault(ordinal, []), version)
    return tuple(version for ordinal in sorted(told) for version in told[ordinal])


@dataclass(frozen=True)
class _Line:
    """One input as it is known so far; its periods are joined and summed where that is asked."""

    frequency: Frequency
    own: Frequency
    asked: Reference
    shorter: dict[int, Observation] = field(default_factory=dict)
    single: dict[int, Observation] = field(default_factory=dict)
    track: dict[int, Observation] = field(default_factory=dict)

    def put(self, row: Observation) -> tuple[int, ...]:
        """Take in a version; name the periods of the track that changed."""
        if row.period.frequency is not self.own:
            return ()  # it was told by other periods, before its definition changed
        ordinal = row.period.ordinal
        if self.asked.aggregate is not None:
            self.shorter[ordinal] = row
            ordinal = coarser(ordinal, self.own, self.frequency)
            places = within(ordinal, self.frequency, self.own)
            row = self._one(self.shorter, places, self.asked.aggregate, ordinal)
        over = self.asked.over
        if over is None:
            self.track[ordinal] = row
            return (ordinal,)
        self.single[ordinal] = row
        changed = tuple(one for one in range(ordinal, ordinal + over) if one in self.single)
        for one in changed:
            places = range(one - over + 1, one + 1)
            self.track[one] = self._one(self.single, places, "sum", one)
        return changed

    def _one(self, held: Track, places: range, how: Joining, ordinal: int) -> Observation:
        """Make one row of several; it is trusted, so that it need not be checked again."""
        rows = [held[place] for place in places if place in held]
        doubts = [one.doubtful for one in rows if one.doubtful]
        return Observation.model_construct(
            **_shared(joined(rows, len(places), how)),
            indicator=rows[0].indicator,
            scope=rows[0].scope,
            period=Period.at(ordinal, self.frequency),
            definition=rows[0].definition,
            doubtful=doubts[-1] if doubts else None,
            known_at=max(one.known_at for one in rows),
        )


def _composition(definition: Definition) -> Compose:
    if definition.compose is None:
        raise ValueError(f"{definition.id} is collected, not composed")
    return definition.compose


def _operation(said: Compose, definition: Definition, inputs: Sequence[Series]) -> Operation:
    if said.zscore is not None:
        return Standardised(said.zscore)
    if said.rolling is not None:
        return Rolled(said.rolling)
    if said.after_events is not None:
        finer = inputs[0].frequency
        return Around(said.after_events, finer, definition.frequency)
    return Pointwise(
        how=next(how for how in POINTWISE if getattr(said, how) is not None),
        labels=tuple(reference.label for reference in said.references),
        whole=definition.whole,
        counts=all(one.is_count for one in inputs),
    )


def _moments(
    inputs: Sequence[Series],
) -> Iterator[tuple[datetime, list[tuple[int, Observation]]]]:
    """Walk through the moments at which something became known: of which input, and what."""
    placed = [(place, row) for place, one in enumerate(inputs) for row in one.versions]
    placed.sort(key=lambda each: (each[1].known_at, each[1].id))
    for moment, news in groupby(placed, key=lambda each: each[1].known_at):
        yield moment, list(news)


def _version(
    made: Made, ordinal: int, moment: datetime, definition: Definition, scope: str
) -> Observation:
    doubts = {row.indicator: row.doubtful for row in made.used if row.doubtful}
    return Observation(
        **_shared(made),
        indicator=definition.id,
        scope=scope,
        period=Period.at(ordinal, definition.frequency),
        definition=definition.digest,
        doubtful="; ".join(f"{name}: {doubts[name]}" for name in sorted(doubts)) or None,
        known_at=moment,
    )


def _shared(made: Made) -> dict[str, Any]:
    """Return what a made value has of the rows behind it: the worst grade, the greatest id."""
    is_partial = any(row.grade is Grade.PARTIAL for row in made.used)
    return {
        "value": made.value,
        "missing": made.missing,
        "base": made.base,
        "details": made.details,
        "grade": Grade.PARTIAL if is_partial else Grade.FULL,
        "pseudo": any(row.pseudo for row in made.used),
        "id": max(row.id for row in made.used),
        "recorded_at": max(row.recorded_at for row in made.used),
    }


def _tell(before: list[Observation], version: Observation) -> None:
    """Add a version, unless it says what the last one said."""
    if not before or _content(before[-1]) != _content(version):
        before.append(version)


_content = attrgetter("value", "missing", "base", "grade", "doubtful", "details")
