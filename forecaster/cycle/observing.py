"""What is known of a series, whether a source gives its values or other series do.

What is composed is never stored: it is made of its inputs, as they are known, whenever it is read.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple

from forecaster.domain.compose import Reference
from forecaster.domain.for_each import fill
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Observation, SeriesKey
from forecaster.domain.run import Run, RunStatus
from forecaster.model import composed
from forecaster.store import catalogue, observations
from forecaster.store.database import Session


class Told(NamedTuple):
    """Every version of a series that counts, and the last record of all that it rests on."""

    versions: tuple[Observation, ...]
    record_cut: int


@dataclass(frozen=True)
class Bounds:
    """Which first days of periods are asked for, both included; none: all."""

    since: date | None = None
    until: date | None = None

    def hold(self, seen: Observation) -> bool:
        """Say whether an observation lies within them."""
        start = seen.period.start
        return (self.since is None or start >= self.since) and (
            self.until is None or start <= self.until
        )


ALL = Bounds()

_BADNESS = MappingProxyType({RunStatus.OK: 0, RunStatus.RUNNING: 1, RunStatus.UNAVAILABLE: 3})
_NEVER_RUN, _WORST = 2, 4  # whatever else a run ended as, a person must look at it


def told(
    session: Session,
    definition: Definition,
    scope: str,
    *,
    cut: int | None = None,
    known_by: datetime | None = None,
    declared_by: datetime | None = None,
) -> Told:
    """Return every version of a series up to a record cut and a moment of knowledge.

    `declared_by`: inputs count as they were declared then; without it, as they are declared now.
    """
    reader = _Reader(session, cut, known_by, declared_by)
    return reader.read(definition, scope, ())


def as_of(
    session: Session,
    definition: Definition,
    scope: str,
    moment: datetime,
    *,
    bounds: Bounds = ALL,
    cut: int | None = None,
    declared_by: datetime | None = None,
) -> tuple[Observation, ...]:
    """Return every period as it was known at a moment."""
    if definition.compose is None:
        key = SeriesKey(definition.id, scope)
        since, until = bounds.since, bounds.until
        return observations.as_of(session, key, moment, since=since, until=until, cut=cut)
    known = told(
        session, definition, scope, cut=cut, known_by=moment, declared_by=declared_by
    ).versions
    return _newest(filter(bounds.hold, known))


def issues(
    session: Session,
    definition: Definition,
    scope: str,
    span: tuple[datetime, datetime],
    *,
    bounds: Bounds = ALL,
) -> tuple[Observation, ...]:
    """Return every version that became known between two moments, both included."""
    first, last = span
    if definition.compose is None:
        key = SeriesKey(definition.id, scope)
        since, until = bounds.since, bounds.until
        return observations.issues(session, key, first, last, since=since, until=until)
    known = told(session, definition, scope, known_by=last).versions
    return tuple(seen for seen in known if seen.known_at >= first and bounds.hold(seen))


def lag(
    session: Session,
    definition: Definition,
    scope: str,
    lag: timedelta,
    *,
    bounds: Bounds = ALL,
) -> tuple[Observation, ...]:
    """Return every period as it was known that long after its end."""
    if definition.compose is None:
        key = SeriesKey(definition.id, scope)
        since, until = bounds.since, bounds.until
        return observations.lag(session, key, lag, since=since, until=until)
    known = told(session, definition, scope).versions
    return _newest(
        seen for seen in known if seen.known_at <= seen.period.ends_at + lag and bounds.hold(seen)
    )


def pending(
    session: Session,
    definition: Definition,
    scope: str,
    *,
    cut: int,
    as_of: datetime,
    now: datetime,
) -> bool:
    """Say whether anything is known, or declared of an input, that an issue did not know."""
    for one in _closure(session, definition, scope):
        if one.definition.id != definition.id and _declared_since(session, one.definition, as_of):
            return True
        if one.definition.compose is None:
            key = SeriesKey(one.definition.id, one.scope)
            if observations.pending(session, key, cut, as_of, now):
                return True
    return False


def dependants(definitions: Iterable[Definition], names: Iterable[str]) -> frozenset[str]:
    """Add to some indicators all that are composed of them or driven by them, at any remove."""
    inputs = {one.id: (*one.inputs, *one.drivers) for one in definitions}
    found = set(names)
    while more := {name for name, given in inputs.items() if not found.isdisjoint(given)} - found:
        found |= more
    return frozenset(found)


def sources(session: Session, definition: Definition) -> tuple[Definition, ...]:
    """Return the definitions that sources give values for and of which another is composed."""
    leaves = {
        one.definition.id: one.definition
        for scope in definition.scopes
        for one in _closure(session, definition, scope)
        if one.definition.compose is None
    }
    return tuple(leaves[name] for name in sorted(leaves))


def closed_by(session: Session, definition: Definition) -> str | None:
    """Name the first of a definition and all that it is made of whose licence shows nothing."""
    made_of = (definition, *sources(session, definition))
    return next((one.id for one in made_of if one.is_closed), None)


def hides(session: Session, definition: Definition, rule: str) -> bool:
    """Say whether the number that an alert rule watches may not be told.

    Nothing of a closed series is; of another one whose values may not be shown, what a rule on the
    value itself would tell.
    """
    if closed_by(session, definition) is not None:
        return True
    on_value = any(one.id == rule and one.value is not None for one in definition.alerts)
    return on_value and definition.compose is None and not definition.license.shows_values


def weakest(
    session: Session, definition: Definition, latest: Mapping[str, Run]
) -> Definition | None:
    """Return which of the sources behind an indicator stands worst, by their last runs."""
    given = sources(session, definition)
    return max(given, key=lambda one: _badness(latest.get(one.id)), default=None)


def _badness(run: Run | None) -> tuple[int, float]:
    """Rank how a source stands: failed before silent, and of equals the longest ago."""
    if run is None:
        return _NEVER_RUN, 0.0
    return _BADNESS.get(run.status, _WORST), -run.began_at.timestamp()


class _Placed(NamedTuple):
    definition: Definition
    scope: str


@dataclass(frozen=True)
class _Reader:
    """Reads a series and, where it is composed, those below it."""

    session: Session
    cut: int | None
    known_by: datetime | None
    declared_by: datetime | None

    def read(self, definition: Definition, scope: str, above: tuple[str, ...]) -> Told:
        """Return what is told of a series; of one that leads back to itself, nothing."""
        if definition.is_factor:
            return Told((), 0)  # it is estimated, and never observed
        if definition.compose is None:
            key = SeriesKey(definition.id, scope)
            found = observations.versions(self.session, key, cut=self.cut, known_by=self.known_by)
            return Told(found, max((seen.id for seen in found), default=0))
        inputs, cuts = [], [0]
        for one in _inputs(self.session, definition, scope, self.declared_by):
            if one is None or one.definition.id in {*above, definition.id}:
                return Told((), 0)
            given = self.read(one.definition, one.scope, (*above, definition.id))
            inputs.append(composed.Series.of(one.definition, given.versions))
            cuts.append(given.record_cut)
        return Told(composed.compose(definition, scope, inputs), max(cuts))


def _inputs(
    session: Session, definition: Definition, scope: str, declared_by: datetime | None
) -> Iterator[_Placed | None]:
    """Give each input in its place; none, where nobody ever declared it."""
    for reference in _references(definition):
        given = catalogue.declared(session, reference.indicator, by=declared_by)
        wanted = fill(reference.scope or scope, scope)
        yield None if given is None else _Placed(given, wanted)


def _references(definition: Definition) -> tuple[Reference, ...]:
    return definition.compose.references if definition.compose else ()


def _closure(session: Session, definition: Definition, scope: str) -> Iterator[_Placed]:
    """Walk through a series and all those of which it is made, each once."""
    waiting = [_Placed(definition, scope)]
    met: set[tuple[str, str]] = set()
    while waiting:
        one = waiting.pop()
        if (one.definition.id, one.scope) in met:
            continue
        met.add((one.definition.id, one.scope))
        yield one
        below = _inputs(session, one.definition, one.scope, None)
        waiting += [each for each in below if each is not None]


def _declared_since(session: Session, definition: Definition, moment: datetime) -> bool:
    return catalogue.versions(session, definition.id)[-1].recorded_at > moment


def _newest(seen: Iterable[Observation]) -> tuple[Observation, ...]:
    """Keep the last version of each period; they come by period and in order of knowledge."""
    periods = groupby(seen, lambda observation: observation.period)
    return tuple(list(of_period)[-1] for _, of_period in periods)
