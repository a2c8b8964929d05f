"""Step 4: show each new issue to the rules; keep what changed, and what is to be told of it."""

from dataclasses import dataclass
from datetime import datetime

import structlog

from forecaster.alert import rules
from forecaster.cycle import observing
from forecaster.domain.alert import AlertState, AlertStatus, Evidence, Rule
from forecaster.domain.forecast import Issue
from forecaster.domain.observation import SeriesKey
from forecaster.domain.webhook import Message
from forecaster.publish import events
from forecaster.store import alerts, catalogue, forecasts, outbox
from forecaster.store.database import Database, Session

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Step:
    """A rule's step from one state to the next, and the issue that made it; no rule: removed."""

    before: AlertState
    after: AlertState
    issue: Issue
    rule: Rule | None


def alert(database: Database, *, now: datetime) -> int:
    """Move every rule over the issues that it has not seen; return how many are to be told."""
    with database.read() as session:
        watched = [
            (rule, key)
            for definition in catalogue.current(session)
            for rule in definition.alerts
            for key in definition.keys
        ]
        standing = alerts.current(session)

    told = sum(_follow(database, rule, key, now=now) for rule, key in watched)
    kept = {(rule.id, key) for rule, key in watched}
    for state in standing:
        if (state.rule, state.key) not in kept and state.status is not AlertStatus.INACTIVE:
            told += _let_go(database, state, now=now)
    return told


def _follow(database: Database, rule: Rule, key: SeriesKey, *, now: datetime) -> int:
    with database.read() as session:
        before = alerts.latest(session, rule.id, key) or rules.initial(rule, key, now)
        unseen = forecasts.after(session, key, before.issue)
        cut = forecasts.get(session, before.issue).record_cut if before.issue else -1
    if before.issue is None:
        unseen = unseen[-1:]  # a new rule begins with what stands

    told = 0
    for issue in unseen:
        news, cut = issue.record_cut > cut, issue.record_cut
        with database.begin() as session:
            evidence = _evidence(session, rule, issue, now, news=news)
            after = rules.next_state(rule, before, evidence)
            told += _save(session, Step(before, after, issue, rule), now=now)
        before = after
    return told


def _let_go(database: Database, before: AlertState, *, now: datetime) -> int:
    """End what a rule that is no longer declared has begun."""
    if before.issue is None:
        return 0
    gone = {"status": AlertStatus.INACTIVE, "streak": 0, "since": now, "reason": "rule removed"}
    with database.begin() as session:
        issue = forecasts.get(session, before.issue)
        step = Step(before, before.model_copy(update=gone), issue, rule=None)
        return _save(session, step, now=now)


def _evidence(
    session: Session, rule: Rule, issue: Issue, now: datetime, *, news: bool
) -> Evidence:
    """Say what an issue holds of what a rule watches, and whether it is still fresh."""
    return Evidence(
        issue=issue.id,
        value=_watched(session, rule, issue),
        stale=issue.stale_after is not None and issue.stale_after < now,
        news=news,
        observed_at=issue.issued_at,
    )


def _watched(session: Session, rule: Rule, issue: Issue) -> float | None:
    if issue.projection is None:
        return None
    if rule.probability is not None:
        by_id = {crossing.id: crossing.p for crossing in issue.projection.probabilities}
        return by_id.get(rule.probability)
    if issue.projection.nowcast is not None:
        return issue.projection.nowcast.value
    known = observing.as_of(
        session,
        catalogue.version(session, issue.definition),
        issue.scope,
        issue.as_of,
        cut=issue.record_cut,
        declared_by=issue.as_of,
    )
    return next((seen.value for seen in reversed(known) if seen.value is not None), None)


def _save(session: Session, step: Step, *, now: datetime) -> int:
    """Keep a state and, in the same transaction, the message that tells of it."""
    if step.after == step.before:
        return 0
    alerts.add(session, step.after, now=now)
    telling = rules.tell(step.before, step.after)
    if telling.event is None:
        return 0
    definition = catalogue.version(session, step.issue.definition)
    message = Message(
        id=f"msg_{step.after.episode}_{telling.event.removeprefix('alert.')}",
        type=telling.event,
        created_at=now,
        data=events.alert_event(
            step.after,
            step.before,
            step.issue,
            rule=step.rule,
            is_withheld=observing.hides(session, definition, step.after.rule),
        ),
    )
    outbox.enqueue(session, message)
    log.info("alert_told", told=telling.event, rule=step.after.rule, series=str(step.after.key))
    return 1
