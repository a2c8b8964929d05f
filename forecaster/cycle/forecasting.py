"""Step 3: where something new is known, ask the model, and keep its answer as an issue."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed, wait
from dataclasses import dataclass
from datetime import datetime

import structlog
from ulid import ULID

from forecaster.cycle import driving, observing
from forecaster.cycle.attempt import attempting
from forecaster.cycle.basis import basis
from forecaster.cycle.refitting import outgrown
from forecaster.definitions.schedule import next_run
from forecaster.domain.errors import CannotForecast
from forecaster.domain.forecast import Answer, Fit, Inputs, Issue, Previous, Request
from forecaster.domain.indicator import Definition, Status
from forecaster.domain.observation import Observation, SeriesKey
from forecaster.domain.period import Period
from forecaster.model.inquiry import answer
from forecaster.store import catalogue, forecasts
from forecaster.store.database import Database, Session

log = structlog.get_logger(__name__)

Watch = Callable[[int, int], None]
"""Told how many series, of how many, are done."""


@dataclass(frozen=True)
class Task:
    """One series that needs a new issue: what to ask, and what the answer will rest on."""

    definition: Definition
    key: SeriesKey
    request: Request
    fit: Fit | None
    latest: Issue | None
    record_cut: int
    last_valued: Period | None
    next_update_at: datetime | None
    code: str
    now: datetime


def forecast(
    database: Database,
    executor: Executor,
    *,
    code: str,
    now: datetime,
    only: Iterable[str] | None = None,
    watch: Watch = lambda _done, _total: None,
    stop: Callable[[], bool] = lambda: False,
) -> int:
    """Issue a forecast, or the reason why there is none, for every series with something new.

    `only`: of these indicators, and of what is composed of them.
    """
    tasks = _due(database, code, now, only)
    issued = 0
    watch(0, len(tasks))

    for done, (task, future) in enumerate(_answered(executor, tasks, stop), start=1):
        with attempting("forecast", series=str(task.key)):
            issued += _save(database, task, future)
        watch(done, len(tasks))

    if tasks:
        log.info("forecasts_issued", issued=issued, due=len(tasks))
    return issued


def _answered(
    executor: Executor, tasks: Sequence[Task], stop: Callable[[], bool]
) -> Iterator[tuple[Task, Future[Answer]]]:
    """Ask for all answers; where a process died, ask again, one by one, to find the culprit."""
    running = {executor.submit(answer, task.request): task for task in tasks}
    again = []
    for future in as_completed(running):
        if stop():
            for waiting in running:
                waiting.cancel()
            return
        if isinstance(future.exception(), BrokenExecutor):
            again.append(running[future])
        else:
            yield running[future], future
    for task in again:
        future = executor.submit(answer, task.request)
        wait([future])
        yield task, future


def _due(database: Database, code: str, now: datetime, only: Iterable[str] | None) -> list[Task]:
    with database.read() as session:
        definitions = catalogue.current(session)
        wanted = None if only is None else observing.dependants(definitions, only)
        return [
            task
            for definition in definitions
            if definition.forecast
            and definition.status is not Status.PAUSED
            and (wanted is None or definition.id in wanted)
            for key in definition.keys
            if (task := _task(session, definition, key, code, now)) is not None
        ]


def _task(
    session: Session, definition: Definition, key: SeriesKey, code: str, now: datetime
) -> Task | None:
    """Say what to ask about a series, or nothing where its latest issue still says it all."""
    latest = forecasts.latest(session, key)
    if latest is not None and _says_it_all(session, latest, definition, code, now):
        return None
    told = basis(session, definition, key.scope, known_by=now)
    versions = told.versions
    if not versions and latest is None:
        return None
    fit = forecasts.latest_fit(session, key)
    still_good = fit is not None and not outgrown(
        session, fit, definition, code=code, versions=versions, now=now
    )
    led, led_cut = driving.drivers(session, definition, key.scope, known_by=now)
    inputs = Inputs(
        definition=definition,
        scope=key.scope,
        observations=versions,
        as_of=now,
        drivers=led,
        fitted=fit.fitted if fit is not None and still_good else None,
        ingredients=told.ingredients,
    )
    return Task(
        definition=definition,
        key=key,
        request=Request(inputs=inputs, previous=_previous(session, latest, code)),
        fit=fit if still_good else None,
        latest=latest,
        record_cut=max(told.record_cut, led_cut),
        last_valued=_last_valued(definition, versions),
        next_update_at=_next_update(session, definition, now),
        code=code,
        now=now,
    )


def _says_it_all(
    session: Session, latest: Issue, definition: Definition, code: str, now: datetime
) -> bool:
    return (
        latest.definition == definition.digest
        and latest.code == code
        and not any(
            pending(
                session,
                definition,
                latest.scope,
                cut=latest.record_cut,
                as_of=latest.as_of,
                now=now,
            )
            for pending in (observing.pending, driving.pending)
        )
    )


def _previous(session: Session, latest: Issue | None, code: str) -> Previous | None:
    if latest is None or latest.projection is None or latest.fit is None:
        return None
    definition = catalogue.version(session, latest.definition)
    then = latest.as_of
    told = basis(
        session,
        definition,
        latest.scope,
        cut=latest.record_cut,
        known_by=then,
        declared_by=then,
    )
    led, _ = driving.drivers(
        session,
        definition,
        latest.scope,
        cut=latest.record_cut,
        known_by=then,
        declared_by=then,
    )
    inputs = Inputs(
        definition=definition,
        scope=latest.scope,
        observations=told.versions,
        as_of=latest.as_of,
        fitted=forecasts.fit(session, latest.fit).fitted,
        ingredients=told.ingredients,
        drivers=led,
    )
    words = {crossing.id: crossing.word for crossing in latest.projection.probabilities}
    return Previous(
        issue=latest.id,
        inputs=inputs,
        words=words,
        headline=latest.projection.headline if latest.code == code else None,
    )


def _next_update(session: Session, definition: Definition, now: datetime) -> datetime | None:
    """Return when the first of its sources, or of its drivers', is asked again."""
    asked = (*observing.sources(session, definition), *driving.sources(session, definition))
    return min((next_run(source, now) for source in asked), default=None)


def _last_valued(definition: Definition, versions: Sequence[Observation]) -> Period | None:
    """Return the last period that has a value; silence after it does not keep it fresh."""
    # They come in the order of their knowledge, those of each series.
    newest = {(seen.indicator, seen.scope, seen.period): seen for seen in versions}
    ends = [seen.period.last_day for seen in newest.values() if seen.value is not None]
    return Period.containing(max(ends), definition.frequency) if ends else None


def _save(database: Database, task: Task, future: Future[Answer]) -> int:
    try:
        reply, refusal = future.result(), None
    except CannotForecast as reason:
        reply, refusal = None, str(reason)
    except BrokenExecutor:
        reply, refusal = None, "its fit broke the process that ran it; set aside until news come"

    with database.begin() as session:
        newest = forecasts.latest(session, task.key)
        if newest is not None and (task.latest is None or newest.id != task.latest.id):
            return 0  # somebody else was faster, from the same record
        fit = task.fit
        if reply is not None and (fit is None or fit.fitted != reply.fitted):
            fit = _fit(task, reply)
            forecasts.add_fit(session, fit)
        forecasts.add(session, _issue(task, fit, reply, refusal))
    return 1


def _fit(task: Task, reply: Answer) -> Fit:
    return Fit(
        id=str(ULID()),
        indicator=task.key.indicator,
        scope=task.key.scope,
        definition=task.definition.digest,
        code=task.code,
        made_at=task.now,
        as_of=task.now,
        record_cut=task.record_cut,
        fitted=reply.fitted,
    )


def _issue(task: Task, fit: Fit | None, reply: Answer | None, refusal: str | None) -> Issue:
    definition = task.definition
    projection = reply.projection if reply else None
    return Issue(
        id=str(ULID()),
        indicator=task.key.indicator,
        scope=task.key.scope,
        title=definition.title_for(task.key.scope),
        role=definition.role,
        unit=definition.unit,
        issued_at=task.now,
        as_of=task.now,
        record_cut=task.record_cut,
        next_update_at=task.next_update_at,
        stale_after=stale_after(definition, task.last_valued) if task.last_valued else None,
        definition=definition.digest,
        code=task.code,
        fit=fit.id if fit and projection else None,
        projection=projection,
        refusal=refusal,
        change=reply.change if reply else None,
    )


def stale_after(definition: Definition, last: Period) -> datetime:
    """Return when a forecast is stale: a whole period after its next value should be known."""
    return definition.known_at(last.shift(2))
