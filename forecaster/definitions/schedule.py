"""When to collect next: five cron fields, read in UTC."""

import re
from datetime import UTC, datetime

from cronsim import CronSim, CronSimError

_FIELDS = {
    "minute": "0-59",
    "hour": "0-23",
    "day": "1-31, or L for the last",
    "month": "1-12 or JAN-DEC",
    "weekday": "0-7 or SUN-SAT",
}
_TERMS = re.compile(r"[0-9A-Za-z*,/#-]{1,40}")
_LEAP_DAY_AHEAD = datetime(2000, 1, 1, tzinfo=UTC)


def next_run(schedule: str, after: datetime) -> datetime:
    """Return the first moment after another at which a schedule comes due, in UTC."""
    return next(CronSim(schedule, after.astimezone(UTC)))


def check_schedule(schedule: str) -> None:
    """Say with a `ValueError` which field of a schedule is wrong."""
    fields = schedule.split()
    if len(fields) != len(_FIELDS):
        raise ValueError(
            f"a schedule has five fields ({' '.join(_FIELDS)}), such as '0 6 * * MON'; "
            f"here are {len(fields)}"
        )
    for place, (name, span) in enumerate(_FIELDS.items()):
        alone = ["*"] * len(_FIELDS)
        alone[place] = fields[place]
        if not _TERMS.fullmatch(fields[place]) or not _comes(" ".join(alone)):
            raise ValueError(f"{fields[place][:40]!r} cannot be the {name} ({span}) of a schedule")
    if not _comes(schedule):
        raise ValueError(f"no day has ever been {schedule!r}")


def _comes(schedule: str) -> bool:
    try:
        next_run(schedule, _LEAP_DAY_AHEAD)
    except (CronSimError, AssertionError, StopIteration):  # an assertion: `MON#1/2`
        return False
    return True
