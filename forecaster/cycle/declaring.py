"""Step 1: what the YAML files say comes into force; what is wrong is kept as a refusal."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import structlog

from forecaster.definitions.load import Loaded, load_catalogue
from forecaster.definitions.lookups import load_lookups
from forecaster.domain.indicator import Definition
from forecaster.store import catalogue, renaming
from forecaster.store.catalogue import Changes
from forecaster.store.database import Database, Session

log = structlog.get_logger(__name__)


def declare(database: Database, roots: Sequence[Path], *, now: datetime) -> Changes:
    """Put every good file in force; a broken one leaves its last good version as it was."""
    loaded = load_catalogue(roots)
    problems = (*loaded.problems, *load_lookups(roots).problems)
    with database.begin() as session:
        kept = [each for each in catalogue.current(session) if _stays(each, loaded)]
        changes = catalogue.record(session, (*loaded.catalogue, *kept), now=now)
        inherited = _inherited(session, loaded.catalogue)
        catalogue.set_problems(
            session,
            [(each.file, each.line, each.column, each.message) for each in problems],
        )
    for name, ids in (
        ("added", changes.added),
        ("changed", changes.changed),
        ("retired", changes.retired),
    ):
        if ids:
            log.info("definitions_changed", how=name, count=len(ids), ids=", ".join(ids[:8]))
    for name, former, count in inherited:
        log.info("history_inherited", indicator=name, formerly=former, observations=count)
    for problem in problems:
        log.warning("definition_refused", problem=str(problem))
    return changes


def _inherited(session: Session, definitions: Sequence[Definition]) -> list[tuple[str, str, int]]:
    """Hand what was seen under former names to definitions that have seen nothing yet."""
    return [
        (definition.id, former, count)
        for definition in definitions
        for former in definition.formerly
        if (count := renaming.inherit(session, definition, former))
    ]


def _stays(definition: Definition, loaded: Loaded) -> bool:
    """Say whether what stood before stays: its file is broken, or could not be looked for."""
    good = {each.id for each in loaded.catalogue}
    return definition.id not in good and (definition.id in loaded.refused or not loaded.complete)
