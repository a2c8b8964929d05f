"""Drivers in the periods of the series that they drive, as they were known at a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from forecaster.domain.forecast import Driver
from forecaster.domain.period import Frequency
from forecaster.model.family import FloatArray
from forecaster.model.operations import coarser, within

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Track:
    """Every version of one driver's values (rows,), in the order in which they became known."""

    name: str
    is_count: bool
    own: IntArray
    """The ordinals of its own periods."""
    ours: IntArray
    """Those of the periods in which they lie."""
    needed: IntArray
    """How many of its own make one of those."""
    known: FloatArray
    values: FloatArray

    @classmethod
    def of(cls, driver: Driver, frequency: Frequency, as_of: datetime) -> "Track":
        """Place what was known of a driver by a moment in periods of that frequency."""
        rows = sorted(
            (
                one
                for one in driver.observations
                if one.known_at <= as_of and one.period.frequency is driver.frequency
            ),
            key=lambda one: (one.known_at, one.id),
        )
        own = [one.period.ordinal for one in rows]
        ours = [coarser(one, driver.frequency, frequency) for one in own]
        needed = [len(within(one, frequency, driver.frequency)) for one in ours]
        values = [np.nan if one.value is None else one.value for one in rows]
        return cls(
            name=driver.indicator,
            is_count=driver.is_count,
            own=np.array(own, dtype=np.int64),
            ours=np.array(ours, dtype=np.int64),
            needed=np.array(needed, dtype=np.int64),
            known=np.array([one.known_at.timestamp() for one in rows]),
            values=np.array(values, dtype=np.float64),
        )

    def at(self, moment: float, start: int, size: int) -> FloatArray:
        """Return the values (size,) of the periods from an ordinal on, as known at a moment.

        Counts of shorter periods are summed, of other values the mean is taken. A period of which
        any part is unknown is missing, never zero.
        """
        rows = int(np.searchsorted(self.known, moment, side="right"))
        _, back = np.unique(self.own[:rows][::-1], return_index=True)
        newest = rows - 1 - back
        held = newest[
            np.isfinite(self.values[newest])
            & (self.ours[newest] >= start)
            & (self.ours[newest] < start + size)
        ]
        place = self.ours[held] - start
        sums = np.bincount(place, self.values[held], minlength=size)
        seen, needed = np.bincount(place, minlength=size), np.ones(size, dtype=np.int64)
        needed[place] = self.needed[held]
        joined = sums if self.is_count else sums / np.maximum(seen, 1)
        return np.where(seen == needed, joined, np.nan)


def tracks(drivers: Sequence[Driver], frequency: Frequency, as_of: datetime) -> tuple[Track, ...]:
    """Place all drivers in periods of that frequency."""
    return tuple(Track.of(driver, frequency, as_of) for driver in drivers)
