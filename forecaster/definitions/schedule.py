"""When to collect next: five cron fields in UTC, an interval, or so long after a release."""

import re
from datetime import UTC, datetime, timedelta

from cronsim import CronSim, CronSimError

from forecaster.domain.duration import parse_duration
from forecaster.domain.indicator import Definition
from forecaster.domain.period import Period

_FIELDS = {
    "minute": "0-59",
    "hour": "0-23",
    "day": "1-31, or L for the last",
    "month": "1-12 or JAN-DEC",
    "weekday": "0-7 or SUN-SAT",
}
_TERMS = re.compile(r"[0-9A-Za-z*,/#-]{1,40}")
_EVERY = re.compile(r"every ([0-9]{1,4} (?:minute|hour|day|week)s?)")
_AFTER_RELEASE = re.compile(r"([0-9]{1,4} (?:minute|hour|day)s?) after release")
_LEAP_DAY_AHEAD = datetime(2000, 1, 1, tzinfo=UTC)
_EPOCH = datetime(2001, 1, 1, tzinfo=UTC)  # a Monday: intervals of whole weeks begin on it
_A_RELEASE_WEEK = timedelta(days=8)  # a release may wait for a day of the week and a time of day


def next_run(definition: Definition, after: datetime) -> datetime:
    """Return the first moment after another at which a definition is to be collected, in UTC."""
    schedule = definition.asked.schedule
    if (wait := _span(_AFTER_RELEASE, schedule)) is not None:
        return _next_release(definition, after.astimezone(UTC) - wait) + wait
    if interval := _span(_EVERY, schedule):
        return _EPOCH + ((after - _EPOCH) // interval + 1) * interval
    return _next_tick(schedule, after)


def check_schedule(schedule: str) -> None:
    """Say with a `ValueError` which part of a schedule is wrong."""
    if _AFTER_RELEASE.fullmatch(schedule):
        return
    if _EVERY.fullmatch(schedule):
        if not _span(_EVERY, schedule):
            raise ValueError(f"{schedule!r} never ends; an interval is longer than nothing")
        return
    fields = schedule.split()
    if len(fields) != len(_FIELDS):
        raise ValueError(
            f"a schedule has five fields ({' '.join(_FIELDS)}), such as '0 6 * * MON', or reads "
            f"'every 6 hours' or '20 minutes after release'; here are {len(fields)} words"
        )
    for place, (name, span) in enumerate(_FIELDS.items()):
        alone = ["*"] * len(_FIELDS)
        alone[place] = fields[place]
        if not _TERMS.fullmatch(fields[place]) or not _comes(" ".join(alone)):
            raise ValueError(f"{fields[place][:40]!r} cannot be the {name} ({span}) of a schedule")
    if not _comes(schedule):
        raise ValueError(f"no day has ever been {schedule!r}")


def _span(form: re.Pattern[str], schedule: str) -> timedelta | None:
    found = form.fullmatch(schedule)
    span = parse_duration(found[1]) if found else None
    return span if isinstance(span, timedelta) else None


def _next_release(definition: Definition, after: datetime) -> datetime:
    """Return the first moment after another at which the source publishes a period."""
    earliest = after - definition.release.after - _A_RELEASE_WEEK
    period = Period.containing(earliest.date(), definition.frequency)
    while (moment := definition.known_at(period)) <= after:
        period = period.shift(1)
    return moment


def _next_tick(schedule: str, after: datetime) -> datetime:
    return next(CronSim(schedule, after.astimezone(UTC)))


def _comes(schedule: str) -> bool:
    try:
        _next_tick(schedule, _LEAP_DAY_AHEAD)
    except (CronSimError, AssertionError, StopIteration):  # an assertion: `MON#1/2`
        return False
    return True
