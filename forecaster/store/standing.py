"""Where an indicator stands: the newest period that any of its series has a value of."""

from sqlalchemy import func, select
from sqlmodel import col

from forecaster.domain.period import Frequency, Period
from forecaster.store.database import Session
from forecaster.store.tables import ObservationRow, SeriesRow


def last_valued(session: Session, indicator: str, frequency: Frequency) -> Period | None:
    """Return the newest period of which any series of an indicator has a value."""
    of_indicator = select(col(SeriesRow.id)).where(col(SeriesRow.indicator) == indicator)
    query = select(func.max(col(ObservationRow.period_start))).where(
        col(ObservationRow.series_id).in_(of_indicator),
        col(ObservationRow.frequency) == frequency.value,
        col(ObservationRow.value).is_not(None),
    )
    start = session.execute(query).scalar_one()
    return None if start is None else Period(frequency=frequency, start=start)
