"""What a definition would do if it were put in force now; nothing of it is kept."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from forecaster.alert import rules
from forecaster.collect.assertions import stale
from forecaster.cycle.harvest import Window
from forecaster.cycle.rehearsing import Stage
from forecaster.domain.alert import AlertState, AlertStatus, Rule
from forecaster.domain.assertions import Values
from forecaster.domain.forecast import Fitted, Issue
from forecaster.domain.observation import Observation, SeriesKey
from forecaster.domain.run import Run, RunStatus

Watch = Callable[[str, int, int | None], None]
"""Told which stage has done how many of how many."""

_START = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Asserted:
    """One assertion, and how it stands; none: nothing was read by which to tell."""

    name: str
    holds: bool | None
    told: str


@dataclass(frozen=True)
class Watched:
    """What an alert rule would do with a series.

    Attributes:
        rule: Its id.
        scope: Of the series.
        number: What it watches, now; none: there is no forecast, or no value.
        status: Where one issue with that number would put it.
        fired: How often it would have fired in the past.
        right: How many of those times the threshold was crossed then; none: it watches values.
        of: How many past moments were looked at: values, or hindcasts of the probability.
    """

    rule: str
    scope: str
    number: float | None
    status: AlertStatus
    fired: int
    right: int | None
    of: int


@dataclass(frozen=True)
class Preview:
    """All that one trial of a definition has shown."""

    run: Run
    known: Mapping[SeriesKey, tuple[Observation, ...]]
    assertions: tuple[Asserted, ...]
    issues: tuple[Issue, ...]
    watched: tuple[Watched, ...]

    @property
    def has_values(self) -> bool:
        """Say whether anything came of it."""
        return any(seen.value is not None for series in self.known.values() for seen in series)


def preview(
    stage: Stage,
    executor: Executor,
    *,
    code: str,
    now: datetime,
    window: Window | None,
    watch: Watch = lambda _stage, _done, _total: None,
) -> Preview:
    """Collect, hold against the assertions, forecast, and show what the alerts would do."""
    run = stage.collect(now, window, partial(watch, "answers"))
    known = stage.known()
    has_values = any(seen.value is not None for series in known.values() for seen in series)
    issues = stage.forecast(executor, code, partial(watch, "forecasts")) if has_values else ()
    watched = [
        _watched(rule, issue, stage.fit(issue), known.get(issue.key, ()))
        for issue in issues
        for rule in stage.definition.alerts
    ]
    return Preview(run, known, tuple(_asserted(stage, run, known)), issues, tuple(watched))


def _asserted(
    stage: Stage, run: Run, known: Mapping[SeriesKey, tuple[Observation, ...]]
) -> Iterator[Asserted]:
    asserted = stage.definition.assertions
    values = [seen for series in known.values() for seen in series if seen.value is not None]
    if asserted.rows is not None:
        yield _of_rows(run, asserted.rows.min, asserted.rows.max)
    if asserted.values is not None:
        outside = [seen for seen in values if not _lies_within(seen.value, asserted.values)]
        told = f"{len(outside)} of {len(values)} values lie outside" if outside else "all within"
        yield Asserted("values", not outside if values else None, told)
    if asserted.max_age is not None or asserted.overdue is not None:
        newest = max((seen.period for seen in values), key=lambda one: one.start, default=None)
        old = stale(stage.definition, newest, stage.clock.now)
        fresh = f"the newest value is of the {stage.definition.frequency} of {newest}"
        yield Asserted("age", None if newest is None else old is None, old or fresh)
    if asserted.rows_change is not None:
        yield Asserted("rows_change", None, "tells from the second run on")


def _lies_within(value: float | None, bounds: Values) -> bool:
    return value is None or (
        (bounds.min is None or bounds.min <= value) and (bounds.max is None or value <= bounds.max)
    )


def _of_rows(run: Run, least: int | None, most: int | None) -> Asserted:
    if run.rows is None:
        told = run.error if run.status is RunStatus.CHANGED else "the source does not count rows"
        return Asserted("rows", False if run.status is RunStatus.CHANGED else None, str(told))
    holds = (least is None or run.rows >= least) and (most is None or run.rows <= most)
    return Asserted("rows", holds, f"{run.rows:,} rows were read")


def _watched(
    rule: Rule, issue: Issue, fitted: Fitted | None, known: Sequence[Observation]
) -> Watched:
    """Follow a rule through the past that is known: hindcasts of its threshold, or the values."""
    record = fitted.record.get(rule.probability, ()) if fitted and rule.probability else ()
    values = [seen.value for seen in known if seen.value is not None]
    past: Sequence[float] = [one.p for one in record] if rule.probability else values
    number = _number(rule, issue, values)
    states = rules.followed(rule, issue.key, past, since=_START)
    fired = [place for place, before, after in _steps(states) if _begins(before, after)]
    now = rules.followed(rule, issue.key, [number], since=_START)[-1]
    return Watched(
        rule=rule.id,
        scope=issue.scope,
        number=number,
        status=now.status,
        fired=len(fired),
        right=sum(record[place].happened for place in fired) if rule.probability else None,
        of=len(past),
    )


def _number(rule: Rule, issue: Issue, values: Sequence[float]) -> float | None:
    if rule.probability is None:
        return values[-1] if values else None
    crossings = issue.projection.probabilities if issue.projection else ()
    return next((one.p for one in crossings if one.id == rule.probability), None)


def _steps(
    states: Sequence[AlertState],
) -> Iterator[tuple[int, AlertState | None, AlertState]]:
    for place, state in enumerate(states):
        yield place, states[place - 1] if place else None, state


def _begins(before: AlertState | None, after: AlertState) -> bool:
    was_firing = before is not None and before.status is AlertStatus.FIRING
    return after.status is AlertStatus.FIRING and not was_firing
