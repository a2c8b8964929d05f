"""What only the whole catalogue shows of a composition: names, scopes, periods, circles."""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from forecaster.definitions.document import Document
from forecaster.definitions.problem import Mistake, Path
from forecaster.domain.compose import Reference, nests
from forecaster.domain.errors import did_you_mean
from forecaster.domain.for_each import fill
from forecaster.domain.indicator import Definition
from forecaster.domain.period import Frequency


class Neighbours(NamedTuple):
    """The good definitions, and the ids of those whose files are wrong: they may yet be good."""

    good: Mapping[str, Definition]
    refused: Collection[str]


def misfits(
    definition: Definition, document: Document, neighbours: Neighbours
) -> Iterator[Mistake]:
    """Find every input of a composition that is unknown, does not fit, or leads back to it."""
    if definition.compose is None:
        return
    circle = _circle(definition, neighbours.good)
    for path, reference in definition.compose.parts:
        for message in _objections(definition, reference, path, neighbours):
            yield Mistake(document.place(document.resolve(("compose", *path))), message)
        if circle and reference.indicator == circle[1]:
            words = " → ".join(circle)
            message = f"a circle: {words}; nothing can be composed of itself"
            yield Mistake(document.place(document.resolve(("compose", *path))), message)


def _objections(
    definition: Definition, reference: Reference, path: Path, neighbours: Neighbours
) -> Iterator[str]:
    name = reference.indicator
    if name in neighbours.refused and name not in neighbours.good:
        return  # what is wrong with it is said there
    if name not in neighbours.good:
        known = sorted({*neighbours.good, *neighbours.refused} - {definition.id})
        yield f"no indicator named {name!r}{did_you_mean(name, known)}"
        return
    given = neighbours.good[name]
    if given.is_factor:
        yield (f"{name!r} is a factor, another one with every vintage: nothing is composed of it")
        return
    yield from _of_scopes(definition, reference, given)
    if definition.is_factor:
        yield from _of_months(reference, given)
    elif path[0] == "after_events":
        yield from _of_counting(definition, reference, given, neighbours)
    else:
        yield from _of_periods(definition, reference, given)


def _of_scopes(definition: Definition, reference: Reference, given: Definition) -> Iterator[str]:
    wanted = [fill(reference.scope or scope, scope) for scope in definition.scopes]
    absent = sorted(set(wanted) - set(given.scopes))
    if definition.is_factor and len(absent) < len(set(wanted)):
        return  # where an input has no series, the factor rests on the others
    if absent:
        yield (
            f"{given.id!r} has no series of {', '.join(absent)}; its scopes are "
            f"{', '.join(given.scopes)}: name one with {{indicator: {given.id}, scope: …}}"
        )


def _of_periods(definition: Definition, reference: Reference, given: Definition) -> Iterator[str]:
    ours, theirs = definition.frequency, given.frequency
    if ours is theirs:
        if reference.aggregate is not None:
            yield f"nothing is to be joined: {given.id!r} is told by the {theirs}, too"
    elif not nests(theirs, ours):
        yield (
            f"{given.id!r} is told by the {theirs}: no {ours} is made of whole {theirs}s; "
            "an input has our periods, or shorter ones that lie in them"
        )
    elif reference.aggregate is None:
        yield (
            f"{given.id!r} is told by the {theirs}: say how a {ours} is made of them with "
            f"{{indicator: {given.id}, aggregate: sum}} (or mean, or last)"
        )


def _of_months(reference: Reference, given: Definition) -> Iterator[str]:
    theirs, how = given.frequency, reference.aggregate
    if reference.over is not None:
        yield "a factor takes each month as it is: leave 'over' out"
    if theirs is Frequency.YEAR:
        yield f"{given.id!r} is told by the year: a factor takes months, quarters or shorter"
    elif theirs in (Frequency.MONTH, Frequency.QUARTER):
        if how is not None:
            yield f"nothing is to be joined: {given.id!r} is told by the {theirs}"
    elif how is None:
        yield (
            f"{given.id!r} is told by the {theirs}: say how a month is made of them with "
            f"{{indicator: {given.id}, aggregate: mean}} (or last; of days, sum)"
        )
    elif theirs is Frequency.WEEK and how == "sum":
        yield f"{given.id!r} is told by the week, of which a month has four or five: take the mean"


def _of_counting(
    definition: Definition, reference: Reference, given: Definition, neighbours: Neighbours
) -> Iterator[str]:
    ours, theirs = definition.frequency, given.frequency
    first = neighbours.good.get(definition.inputs[0])
    if reference.aggregate is not None or reference.over is not None:
        yield "after_events counts in the periods of its inputs, each as it is: leave this out"
    elif ours is not theirs and not nests(theirs, ours):
        yield f"{given.id!r} is told by the {theirs}, which does not lie whole in a {ours}"
    elif first is not None and first.frequency is not theirs:
        yield f"{given.id!r} is told by the {theirs}, but {first.id!r} by the {first.frequency}"


def _circle(definition: Definition, good: Mapping[str, Definition]) -> tuple[str, ...]:
    """Return the way from a definition back to itself, both ends named; none, if there is none."""
    ways: list[tuple[str, ...]] = [(definition.id,)]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for name in good[way[-1]].inputs if way[-1] in good else definition.inputs:
            if name == definition.id:
                return (*way, name)
            if name not in seen:
                seen.add(name)
                ways.append((*way, name))
    return ()
