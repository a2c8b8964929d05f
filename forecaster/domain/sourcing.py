"""Where values come from, when to ask for them, and under which terms they may be shown."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, JsonValue

from forecaster.domain.base import Frozen

_CRON = r"\S+(\s+\S+){4}"
_INTERVAL = r"every [0-9]{1,4} (minute|hour|day|week)s?"
_AFTER_RELEASE = r"[0-9]{1,4} (minute|hour|day)s? after release"


class Collect(Frozen):
    """Where the values come from and when to ask; the source's own options stand beside these."""

    source: str = Field(description="which installed source gives the values")
    schedule: str = Field(
        default="0 6 * * *",
        description="cron in UTC (minute hour day month weekday), 'every 6 hours', or "
        "'20 minutes after release' (see lag)",
        json_schema_extra={"pattern": f"^({_CRON}|{_INTERVAL}|{_AFTER_RELEASE})$"},
    )
    on_missed: Literal["backfill", "latest", "skip"] = Field(
        default="latest",
        description="after downtime: ask for all that was missed, for the newest, or wait",
    )
    options: Mapping[str, JsonValue] = {}


class License(Frozen):
    """Under which terms the source's values may be shown."""

    name: str = Field(min_length=1, max_length=120, description="the terms, by name")
    redistribution: Literal["yes", "derived", "no"] = Field(
        description="of values: yes; derived: only what was computed from them; no"
    )

    @property
    def shows_values(self) -> bool:
        """Say whether the values themselves may be shown."""
        return self.redistribution == "yes"
