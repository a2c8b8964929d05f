"""The drivers of a series, as they are known: other series that may run ahead of it."""

from collections.abc import Iterator
from datetime import datetime

from forecaster.cycle import observing
from forecaster.domain.actors import WORLD
from forecaster.domain.forecast import Driver
from forecaster.domain.indicator import Definition, Family
from forecaster.store import catalogue
from forecaster.store.database import Session


def drivers(
    session: Session,
    definition: Definition,
    scope: str,
    *,
    cut: int | None = None,
    known_by: datetime,
    declared_by: datetime | None = None,
) -> tuple[tuple[Driver, ...], int]:
    """Return what is told of each driver, as `observing.told` does, and the last record of all."""
    found, last = [], 0
    for driver, at in _placed(session, definition, scope, declared_by):
        told = observing.told(
            session, driver, at, cut=cut, known_by=known_by, declared_by=declared_by
        )
        last = max(last, told.record_cut)
        found.append(
            Driver(
                indicator=driver.id,
                scope=at,
                frequency=driver.frequency,
                is_count=driver.family is Family.COUNT,
                observations=told.versions,
            )
        )
    return tuple(found), last


def pending(
    session: Session,
    definition: Definition,
    scope: str,
    *,
    cut: int,
    as_of: datetime,
    now: datetime,
) -> bool:
    """Say whether a driver, or what it is made of, tells what an issue did not know."""
    return any(
        catalogue.versions(session, driver.id)[-1].recorded_at > as_of
        or observing.pending(session, driver, at, cut=cut, as_of=as_of, now=now)
        for driver, at in _placed(session, definition, scope, None)
    )


def sources(session: Session, definition: Definition) -> tuple[Definition, ...]:
    """Return the definitions that sources give values for and on which the drivers rest."""
    declared = [catalogue.declared(session, name) for name in definition.drivers]
    return tuple(
        source
        for driver in declared
        if driver is not None
        for source in observing.sources(session, driver)
    )


def _placed(
    session: Session, definition: Definition, scope: str, declared_by: datetime | None
) -> Iterator[tuple[Definition, str]]:
    """Give each driver that was ever declared, of the same scope or else of the world."""
    for name in definition.drivers:
        driver = catalogue.declared(session, name, by=declared_by)
        if driver is not None:
            yield driver, scope if scope in driver.scopes else WORLD
