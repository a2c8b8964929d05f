"""What every value of the domain shares: frozen, strict about its fields, aware of its zone."""

from datetime import UTC, date, datetime, time
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value: immutable, and unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def to_utc(moment: datetime) -> datetime:
    """Express an aware moment in UTC."""
    return moment.astimezone(UTC)


Utc = Annotated[AwareDatetime, AfterValidator(to_utc)]
"""An aware moment, kept in UTC."""


def midnight(day: date) -> datetime:
    """Return the first moment of a day in UTC."""
    return datetime.combine(day, time.min, tzinfo=UTC)
