"""A day from which a series is known to mean something else than before."""

from datetime import date

from pydantic import Field

from forecaster.domain.base import Frozen
from forecaster.domain.period import Frequency, Period


class Break(Frozen):
    """A break that an analyst knows of; what lies before it is not learnt from."""

    at: date = Field(description="the first day from which values are of the new kind")
    reason: str = Field(min_length=1, max_length=200, description="what changed: a query, a law")

    def ordinal(self, frequency: Frequency) -> int:
        """Return the ordinal of the first period that lies wholly after it."""
        period = Period.containing(self.at, frequency)
        return period.ordinal + (period.start < self.at)
