"""One series, to be recorded and read in few words."""

from datetime import datetime
from typing import Any

from forecaster.domain.observation import Observation, Reading
from forecaster.store import observations
from forecaster.store.database import Database
from forecaster.store.observations import Recorded
from tests.store.samples import KEY, NOW, definition, week


def record(
    database: Database, *readings: Reading, now: datetime = NOW, inferred: bool = False, **how: Any
) -> Recorded:
    with database.begin() as session:
        return observations.record(
            session, definition(), readings, now=now, inferred=inferred, **how
        )


def as_of(database: Database, moment: datetime, **how: Any) -> dict[int, float | str | None]:
    """Read the series as number of the week → value, or why there is none."""
    with database.read() as session:
        seen = observations.as_of(session, KEY, moment, **how)
    return {
        one.period.ordinal - week(0).ordinal: one.missing.value if one.missing else one.value
        for one in seen
    }


def versions(database: Database, **how: Any) -> tuple[Observation, ...]:
    with database.read() as session:
        return observations.versions(session, KEY, **how)


def newest(database: Database, now: datetime) -> observations.Newest:
    with database.read() as session:
        found = observations.newest(session, KEY, now)
    assert found is not None
    return found
