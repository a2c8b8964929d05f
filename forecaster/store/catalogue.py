"""Which definitions are in force, and which ever were."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import col, delete, func, select
from sqlmodel.sql.expression import SelectOfScalar

from forecaster.domain.errors import UnknownName
from forecaster.domain.indicator import Definition, Status
from forecaster.store.database import Session, lock
from forecaster.store.tables import DefinitionRow, ProblemRow


class Changes(NamedTuple):
    """Which indicators a catalogue brought, changed and no longer names."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    retired: tuple[str, ...]


class DefinitionVersion(NamedTuple):
    """One version of a definition."""

    digest: str
    recorded_at: datetime
    status: Status


class Newest(NamedTuple):
    """The newest version of a definition, whole."""

    definition: Definition
    recorded_at: datetime
    status: Status


class Problem(NamedTuple):
    """What is wrong with a file, and where."""

    file: str
    line: int
    column: int
    message: str


def record(session: Session, definitions: Sequence[Definition], *, now: datetime) -> Changes:
    """Put exactly these definitions in force; what is not among them, or says so, retires."""
    lock(session, "catalogue")
    known = {row.indicator: row for row in session.exec(_newest_rows())}
    before = {name for name, row in known.items() if row.status != Status.RETIRED}
    given = {definition.id: definition for definition in definitions}
    after = {name for name, each in given.items() if each.status is not Status.RETIRED}

    heirs = {old: each.id for each in given.values() for old in each.formerly}
    left = (before | heirs.keys() & known.keys()) - given.keys()
    gone = {name: _left_behind(known[name].declaration, heirs.get(name)) for name in left}
    changed = {
        name: definition
        for name, definition in (given | gone).items()
        if (row := known.get(name)) is None or _differs(row, definition)
    }
    for name in sorted(changed):
        if name in known or name in after:  # a file that begins as retired declares nothing
            session.add(_row(changed[name], now))
    session.flush()
    return Changes(
        added=tuple(sorted(after - before)),
        changed=tuple(sorted(after & before & changed.keys())),
        retired=tuple(sorted(before - after)),
    )


def current(session: Session) -> tuple[Definition, ...]:
    """Return the definitions in force, by id."""
    return tuple(row.declaration for row in _in_force(session))


def newest(session: Session) -> tuple[Newest, ...]:
    """Return the newest version of every definition, in force or retired, by id."""
    rows = session.exec(_newest_rows())
    return tuple(Newest(row.declaration, row.recorded_at, Status(row.status)) for row in rows)


def get(session: Session, indicator: str) -> Definition:
    """Return the definition in force of an indicator."""
    newest = select(DefinitionRow).where(DefinitionRow.indicator == indicator)
    row = session.exec(newest.order_by(col(DefinitionRow.version).desc()).limit(1)).first()
    if row is None or row.status == Status.RETIRED:
        raise UnknownName(
            "indicator", indicator, (known.indicator for known in _in_force(session))
        )
    return row.declaration


def declared(session: Session, indicator: str, *, by: datetime | None = None) -> Definition | None:
    """Return the newest version of a definition, in force or retired; `by`: as it was then.

    Of one that was declared later, the first version; none, if nobody ever declared it.
    """
    query = select(col(DefinitionRow.declaration)).where(DefinitionRow.indicator == indicator)
    number = col(DefinitionRow.version)
    until = query if by is None else query.where(col(DefinitionRow.recorded_at) <= by)
    newest = session.exec(until.order_by(number.desc()).limit(1)).first()
    return newest or session.exec(query.order_by(number).limit(1)).first()


def version(session: Session, digest: str) -> Definition:
    """Return a definition that is or once was in force, by its digest."""
    query = select(col(DefinitionRow.declaration)).where(DefinitionRow.digest == digest)
    found = session.exec(query.order_by(col(DefinitionRow.version).desc()).limit(1)).first()
    if found is None:
        raise UnknownName("definition", digest, ())
    return found


def versions(session: Session, indicator: str) -> tuple[DefinitionVersion, ...]:
    """Return the versions of a definition, oldest first."""
    query = (
        select(DefinitionRow.digest, DefinitionRow.recorded_at, DefinitionRow.status)
        .where(DefinitionRow.indicator == indicator)
        .order_by(col(DefinitionRow.version))
    )
    return tuple(
        DefinitionVersion(digest, recorded_at, Status(status))
        for digest, recorded_at, status in session.exec(query)
    )


def set_problems(session: Session, problems: Sequence[tuple[str, int, int, str]]) -> None:
    """Say what is wrong with the files now, in the place of what was said before."""
    session.exec(delete(ProblemRow))
    for file, line, column, message in problems:
        session.add(ProblemRow(file=file, at_line=line, at_column=column, message=message))
    session.flush()


def problems(session: Session) -> tuple[Problem, ...]:
    """Return what is wrong with the files, in the order in which it was said."""
    rows = session.exec(select(ProblemRow).order_by(col(ProblemRow.id)))
    return tuple(Problem(row.file, row.at_line, row.at_column, row.message) for row in rows)


def _newest_rows() -> SelectOfScalar[DefinitionRow]:
    newest = select(func.max(col(DefinitionRow.version))).group_by(col(DefinitionRow.indicator))
    query = select(DefinitionRow).where(col(DefinitionRow.version).in_(newest))
    return query.order_by(DefinitionRow.indicator)


def _in_force(session: Session) -> Sequence[DefinitionRow]:
    return session.exec(_newest_rows().where(DefinitionRow.status != Status.RETIRED)).all()


def _left_behind(definition: Definition, heir: str | None) -> Definition:
    """Return a definition as it stands once its file is gone: retired, and followed by whom."""
    heir = heir or definition.superseded_by
    return definition.model_copy(update={"status": Status.RETIRED, "superseded_by": heir})


def _differs(row: DefinitionRow, definition: Definition) -> bool:
    told = (definition.digest, definition.status, definition.superseded_by, definition.formerly)
    stored = row.declaration
    return told != (row.digest, row.status, stored.superseded_by, stored.formerly)


def _row(definition: Definition, now: datetime) -> DefinitionRow:
    return DefinitionRow(
        indicator=definition.id,
        digest=definition.digest,
        status=definition.status.value,
        declaration=definition,
        recorded_at=now,
    )
