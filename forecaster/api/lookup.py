"""Find what a path or a query names, or say the nearest right name."""

import re
from collections.abc import Collection

from forecaster.api.problems import Problem
from forecaster.domain.alert import ID_PATTERN
from forecaster.domain.errors import UnknownName, did_you_mean
from forecaster.domain.indicator import Definition
from forecaster.domain.publication import Kind
from forecaster.publish.image import Snapshot
from forecaster.store import catalogue
from forecaster.store.catalogue import DefinitionVersion
from forecaster.store.database import Session


def definition_of(
    session: Session, indicator: str
) -> tuple[Definition, tuple[DefinitionVersion, ...]]:
    """Return the newest definition of an indicator, in force or retired, and all its versions."""
    is_name = re.fullmatch(ID_PATTERN, indicator)  # the database need not bear any other text
    versions = catalogue.versions(session, indicator) if is_name else ()
    if not versions:
        known = (definition.id for definition in catalogue.current(session))
        raise UnknownName("indicator", indicator, known)
    return catalogue.version(session, versions[-1].digest), versions


def scope_of(definition: Definition, given: str | None) -> str:
    """Return the scope that a query names; it may be left out where there is only one."""
    scopes = definition.scopes
    if given is None and len(scopes) == 1:
        return scopes[0]
    if given is None:
        raise Problem("invalid-request", f"scope: name one of {', '.join(scopes)}")
    if given not in scopes:
        raise Problem(
            "invalid-request",
            f"scope: {definition.id} has no scope {given!r}{did_you_mean(given, scopes)}",
        )
    return given


def known_series(snapshot: Snapshot) -> dict[str, set[str]]:
    """Return the scopes of every indicator that was declared or forecast."""
    series: dict[str, set[str]] = {}
    for entry in snapshot.of(Kind.FORECAST):
        indicator, _, scope = entry.publication.key.partition("/")
        series.setdefault(indicator, set()).add(scope)
    for entry in snapshot.of(Kind.INDICATOR):
        declared = (str(one["scope"]) for one in entry.document["scopes"])
        series.setdefault(entry.publication.key, set()).update(declared)
    return series


def nearest(name: str, known: Collection[str]) -> str:
    """Say the nearest known name as the tail of a sentence; nothing, if none is near."""
    tail = did_you_mean(name, sorted(known))
    return tail if tail.startswith("; did") else ""


def one_of(given: str, known: Collection[str], parameter: str) -> None:
    """Refuse the value of a query parameter that is not a known one; say the nearest."""
    if given not in known:
        raise Problem(
            "invalid-request",
            f"{parameter}: there is no {given!r}{did_you_mean(given, sorted(known))}",
        )
