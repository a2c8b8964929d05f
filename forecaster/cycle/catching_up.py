"""Step 2 on time: ask for what was missed in downtime, for the newest, or for nothing."""

from dataclasses import dataclass
from datetime import datetime

from forecaster.cycle.collecting import Tools, collect
from forecaster.cycle.harvest import Window
from forecaster.definitions.schedule import next_run
from forecaster.domain.indicator import Definition
from forecaster.domain.run import Run, Trigger
from forecaster.store import runs

_COUNTED = 1_000
"""So many missed moments are counted; beyond, the number says "at least"."""


@dataclass(frozen=True)
class Plan:
    """What to do now.

    Attributes:
        ask: Whether to ask the source at all.
        missed: How many scheduled moments passed without a run.
        window: The span to ask for; none: what is new.
    """

    ask: bool
    missed: int = 0
    window: Window | None = None


def catch_up(tools: Tools, definition: Definition, *, now: datetime, on_time: bool) -> Run:
    """Collect an indicator as its `on_missed` says; return the run, which may have been skipped.

    `on_time`: it stands for a scheduled moment of its own.
    """
    with tools.database.read() as session:
        last, last_good = runs.last(session, definition.id), runs.last_ok(session, definition.id)

    planned = plan(definition, last, last_good, now=now, on_time=on_time)

    if planned.ask:
        return collect(
            tools,
            definition,
            Trigger.SCHEDULE,
            now=now,
            window=planned.window,
            missed=planned.missed,
        )
    with tools.database.begin() as session:
        return runs.skip(session, definition.id, Trigger.SCHEDULE, now=now, missed=planned.missed)


def plan(
    definition: Definition,
    last: Run | None,
    last_good: Run | None,
    *,
    now: datetime,
    on_time: bool,
) -> Plan:
    """Plan a run by what `on_missed` says.

    Args:
        definition: What is to be collected.
        last: Its last run; none: it was never asked, so that nothing was missed.
        last_good: Its last run that went well.
        now: The moment of the run.
        on_time: The run stands for a scheduled moment of its own, which was not missed.
    """
    if last is None:
        return Plan(ask=True)
    missed = max(0, _moments(definition, last.began_at, now) - on_time)
    if not missed:
        return Plan(ask=True)
    policy = definition.asked.on_missed
    if policy == "skip":
        return Plan(ask=on_time, missed=missed)
    if policy == "backfill" and last_good is not None:
        return Plan(ask=True, missed=missed, window=(last_good.began_at, now))
    return Plan(ask=True, missed=missed)


def _moments(definition: Definition, since: datetime, until: datetime) -> int:
    """Count the scheduled moments after one moment and up to another."""
    count, moment = 0, next_run(definition, since)
    while moment <= until and count < _COUNTED:
        count, moment = count + 1, next_run(definition, moment)
    return count
