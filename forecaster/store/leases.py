"""Who may do what only one process may do, and until when."""

from datetime import datetime, timedelta

from sqlmodel import col, select, update

from forecaster.store.database import Session, insert_unless_there
from forecaster.store.tables import LeaseRow


def acquire(
    session: Session, name: str, holder: str, *, now: datetime, ttl: timedelta
) -> int | None:
    """Take a lease or prolong one's own; return its fencing token, none if another holds it.

    The token grows whenever the lease is taken anew, also after it ran out or was released: of
    two who believe that they hold it, the one with the smaller token is wrong.
    """
    first = {"name": name, "holder": None, "token": 0, "expires_at": now}
    session.execute(insert_unless_there(session, LeaseRow), first)
    lease = session.exec(select(LeaseRow).where(LeaseRow.name == name).with_for_update()).one()

    is_held = lease.holder is not None and lease.expires_at > now
    if is_held and lease.holder != holder:
        return None
    if not is_held:
        lease.token += 1
    lease.holder, lease.expires_at = holder, now + ttl
    session.flush()
    return lease.token


def release(session: Session, name: str, holder: str) -> None:
    """Let go of a lease, if one holds it."""
    own = col(LeaseRow.name) == name, col(LeaseRow.holder) == holder
    session.exec(update(LeaseRow).where(*own).values(holder=None))
