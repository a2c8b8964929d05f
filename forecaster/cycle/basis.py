"""On what a forecast rests: its own series as it is known, or the inputs of a factor."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from forecaster.cycle import observing
from forecaster.domain.for_each import fill
from forecaster.domain.indicator import Definition
from forecaster.domain.nowcast import Ingredient
from forecaster.domain.observation import Observation
from forecaster.store import catalogue
from forecaster.store.database import Session


class Basis(NamedTuple):
    """Versions that count, the last record of them all, and, of a factor, its inputs."""

    versions: tuple[Observation, ...]
    record_cut: int
    ingredients: tuple[Ingredient, ...] = ()


def basis(
    session: Session,
    definition: Definition,
    scope: str,
    *,
    cut: int | None = None,
    known_by: datetime | None = None,
    declared_by: datetime | None = None,
) -> Basis:
    """Return what was known and declared by a moment, up to a record cut; without them, now.

    A factor rests on those of its inputs that have a series of its scope.
    """
    bounds = {"known_by": known_by, "declared_by": declared_by}
    if definition.compose is None or not definition.is_factor:
        told = observing.told(session, definition, scope, cut=cut, **bounds)
        return Basis(_of_frequency(definition, told.versions), told.record_cut)
    ingredients: list[Ingredient] = []
    versions: list[Observation] = []
    cuts = [0]
    for reference in definition.compose.references:
        given = catalogue.declared(session, reference.indicator, by=declared_by)
        wanted = fill(reference.scope or scope, scope)
        if given is None or wanted not in given.scopes:
            continue
        told = observing.told(session, given, wanted, cut=cut, **bounds)
        ingredients.append(Ingredient(given, wanted, reference.aggregate))
        versions += _of_frequency(given, told.versions)
        cuts.append(told.record_cut)
    return Basis(tuple(versions), max(cuts), tuple(ingredients))


def _of_frequency(definition: Definition, told: Sequence[Observation]) -> tuple[Observation, ...]:
    """Leave aside what was told of other periods, before the definition changed its frequency."""
    return tuple(seen for seen in told if seen.period.frequency is definition.frequency)
