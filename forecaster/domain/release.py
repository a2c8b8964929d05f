"""When a source publishes: so long after a period's end, on a day of the week, at a time."""

from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Literal

from pydantic import Field, field_validator

from forecaster.domain.base import Frozen, midnight
from forecaster.domain.duration import Duration

Weekday = Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]

_WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_LONGEST = timedelta(days=3650)


def check_lag(lag: timedelta) -> timedelta:
    """Return a lag, or say that no source is that late (or early)."""
    if not timedelta(0) <= lag <= _LONGEST:
        raise ValueError(f"a lag lies between 0 and {_LONGEST.days} days")
    return lag


class Release(Frozen):
    """The moment at which a period's value is published."""

    after: Duration = Field(
        default=timedelta(0), description="at the earliest so long after the period's end"
    )
    on: Weekday | None = Field(default=None, description="and then on the next such day")
    at: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] | None = Field(
        default=None, description='and then at this time in UTC, quoted: "14:30"'
    )

    @field_validator("after")
    @classmethod
    def _is_of_this_life(cls, after: timedelta) -> timedelta:
        return check_lag(after)

    def moment(self, end: datetime) -> datetime:
        """Return the first moment of publication that follows a period's end."""
        earliest = end + self.after
        if self.on is None and self.at is None:
            return earliest
        clock = time.fromisoformat(self.at or "00:00").replace(tzinfo=UTC)
        day = earliest.astimezone(UTC).date()
        if datetime.combine(day, clock) < earliest:
            day += timedelta(days=1)
        if self.on is not None:
            day += timedelta(days=(_WEEKDAYS.index(self.on) - day.weekday()) % 7)
        return midnight(day) + timedelta(hours=clock.hour, minutes=clock.minute)
