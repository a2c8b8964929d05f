"""Everything that was published: an append-only log, numbered without gaps in order of commit."""

import hashlib
from collections.abc import Callable
from datetime import datetime

from sqlmodel import col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from forecaster.domain.publication import Draft, Kind, Publication
from forecaster.store.database import Session, lock
from forecaster.store.tables import PublicationRow

_seq = col(PublicationRow.seq)


def publish(
    session: Session, draft: Draft, render: Callable[[int], bytes], *, now: datetime
) -> Publication | None:
    """Render a draft under the next number and add it; none, if its source stands already.

    One transaction at a time publishes, and holds the log until it ends: so the numbers have no
    gaps, and who has seen a number will never find a smaller one that is new.
    """
    lock(session, "publications")
    standing = select(_seq).where(
        PublicationRow.kind == draft.kind, PublicationRow.source == draft.source
    )
    if session.exec(standing).first() is not None:
        return None

    seq = last_seq(session) + 1
    body = render(seq)
    etag = f'"{hashlib.sha256(body).hexdigest()}"'
    published = Publication(**draft.model_dump(), seq=seq, etag=etag, body=body, published_at=now)
    session.add(PublicationRow(**published.model_dump() | {"kind": draft.kind.value}))
    session.flush()
    return published


def latest(session: Session) -> tuple[Publication, ...]:
    """Return the newest document of every kind and key, in the order of their numbers."""
    newest = select(func.max(_seq)).group_by(PublicationRow.kind, PublicationRow.key)
    return _publications(session, select(PublicationRow).where(_seq.in_(newest)).order_by(_seq))


def after(session: Session, seq: int, limit: int) -> tuple[Publication, ...]:
    """Return what was published after a number, so many at most, in the order of the numbers."""
    query = select(PublicationRow).where(_seq > seq).order_by(_seq).limit(limit)
    return _publications(session, query)


def as_of(session: Session, kind: Kind, key: str, moment: datetime) -> Publication | None:
    """Return the document that was the newest of its kind and key at a moment."""
    query = (
        select(PublicationRow)
        .where(PublicationRow.kind == kind, PublicationRow.key == key)
        .where(col(PublicationRow.published_at) <= moment)
        .order_by(_seq.desc())
        .limit(1)
    )
    return next(iter(_publications(session, query)), None)


def last_seq(session: Session) -> int:
    """Return the number of the newest document; 0, if nothing was published."""
    return session.exec(select(func.max(_seq))).one() or 0


def _publications(
    session: Session, query: SelectOfScalar[PublicationRow]
) -> tuple[Publication, ...]:
    rows = session.exec(query)
    return tuple(Publication.model_validate(row, from_attributes=True) for row in rows)
