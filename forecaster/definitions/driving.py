"""What only the whole catalogue shows of drivers: names, scopes, periods, circles."""

from collections.abc import Iterator, Mapping

from forecaster.definitions.composing import Neighbours
from forecaster.definitions.document import Document
from forecaster.definitions.problem import Mistake
from forecaster.domain.actors import WORLD
from forecaster.domain.compose import nests
from forecaster.domain.errors import did_you_mean
from forecaster.domain.indicator import Definition


def misled(
    definition: Definition, document: Document, neighbours: Neighbours
) -> Iterator[Mistake]:
    """Find every driver that is unknown, does not fit, or leads back to what it drives."""
    for place, name in enumerate(definition.drivers):
        at = document.place(document.resolve(("drivers", place)))
        if name in definition.drivers[:place]:
            yield Mistake(at, f"{name!r} stands there twice")
        elif name == definition.id:
            yield Mistake(at, "nothing drives itself; its own past is known to every method")
        elif name in neighbours.good:
            for message in _objections(definition, neighbours.good[name], neighbours.good):
                yield Mistake(at, message)
        elif name not in neighbours.refused:  # what is wrong with that one is said there
            known = sorted({*neighbours.good, *neighbours.refused} - {definition.id})
            yield Mistake(at, f"no indicator named {name!r}{did_you_mean(name, known)}")


def _objections(
    definition: Definition, driver: Definition, good: Mapping[str, Definition]
) -> Iterator[str]:
    if driver.is_factor:
        yield f"{driver.id!r} is a factor, another one with every vintage: it can lead nothing"
    ours, theirs = definition.frequency, driver.frequency
    if ours is not theirs and not nests(theirs, ours):
        yield (
            f"{driver.id!r} is told by the {theirs}: no {ours} is made of whole {theirs}s; "
            "a driver has our periods, or shorter ones that lie in them"
        )
    absent = sorted(set(definition.scopes) - {*driver.scopes})
    if absent and WORLD not in driver.scopes:
        yield (
            f"{driver.id!r} has no series of {', '.join(absent)}, and none of the world; "
            f"its scopes are {', '.join(driver.scopes)}"
        )
    if driver.is_closed:
        yield f"nothing may be shown of {driver.id!r} (redistribution: no), nor rest on it"
    circle = _circle(definition.id, driver.id, good)
    if circle:
        yield f"a circle: {' → '.join(circle)}; nothing is driven by itself"


def _circle(start: str, first: str, good: Mapping[str, Definition]) -> tuple[str, ...]:
    """Return the way over inputs and drivers back to the start; none, if there is none."""
    ways: list[tuple[str, ...]] = [(start, first)]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        held = good.get(way[-1])
        for name in (*held.inputs, *held.drivers) if held else ():
            if name == start:
                return (*way, name)
            if name not in seen:
                seen.add(name)
                ways.append((*way, name))
    return ()
