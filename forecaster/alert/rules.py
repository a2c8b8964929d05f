"""How an alert rule moves, issue by issue, and which moves are told."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from forecaster.domain.alert import AlertState, AlertStatus, Evidence, Rule
from forecaster.domain.observation import SeriesKey


@dataclass(frozen=True)
class Telling:
    """What to tell of a step from one state to the next, if anything, and why."""

    event: Literal["alert.firing", "alert.resolved"] | None
    reason: str


def initial(rule: Rule, key: SeriesKey, now: datetime) -> AlertState:
    """Return the state of a rule that has seen no issue yet."""
    return AlertState(
        rule=rule.id,
        indicator=key.indicator,
        scope=key.scope,
        severity=rule.severity,
        since=now,
        reason="no issue yet",
    )


def next_state(rule: Rule, before: AlertState, evidence: Evidence) -> AlertState:
    """Return the rule's state after one more issue; the same issue again changes nothing.

    Silence is evidence of nothing: an issue that is stale or has no value leaves the status, the
    streak and the last value as they were. Among the issues that do speak, `for` of them in a row
    must cross the level; then the rule fires until one clears its other level. An issue that was
    made anew from the same knowledge (other words, other code) is no further update.
    """
    if evidence.issue == before.issue:
        return before
    if evidence.stale:
        return _seen(rule, before, evidence, reason="stale")
    if evidence.value is None:
        return _seen(rule, before, evidence, reason="no value")

    after = _seen(rule, before, evidence, value=evidence.value)
    if before.status is AlertStatus.FIRING:
        return _firing(rule, after, evidence, evidence.value)
    return _waiting(rule, after, evidence, evidence.value)


def followed(
    rule: Rule, key: SeriesKey, numbers: Sequence[float | None], *, since: datetime
) -> tuple[AlertState, ...]:
    """Return where a rule would stand after each of a row of issues with these numbers."""
    state, states = initial(rule, key, since), []
    for place, number in enumerate(numbers):
        moment = since + timedelta(days=place)
        state = next_state(
            rule, state, Evidence(issue=f"{place}", value=number, observed_at=moment)
        )
        states.append(state)
    return tuple(states)


def tell(before: AlertState, after: AlertState) -> Telling:
    """Say whether the step between two states is one to tell: the start or the end of a firing."""
    if before.status is not AlertStatus.FIRING and after.status is AlertStatus.FIRING:
        return Telling("alert.firing", "began to fire")
    if before.status is AlertStatus.FIRING and after.status is not AlertStatus.FIRING:
        return Telling("alert.resolved", "cleared")
    return Telling(None, f"still {after.status}")


def _waiting(rule: Rule, state: AlertState, evidence: Evidence, value: float) -> AlertState:
    """Count a crossing, and fire at the last one that was needed; anything else starts afresh."""
    if not rule.crosses(value):
        reason = "streak broken" if state.streak else _quiet(rule, value)
        return _moved(state, AlertStatus.INACTIVE, evidence, streak=0, reason=reason, episode=None)
    if state.streak and not evidence.news:
        return state.model_copy(update={"reason": "crossed, but nothing new is known"})
    streak = state.streak + 1
    reason = f"crossed {streak} of {rule.updates}"
    if streak < rule.updates:
        return _moved(state, AlertStatus.PENDING, evidence, streak=streak, reason=reason)
    episode = _episode(state, evidence)
    return _moved(
        state, AlertStatus.FIRING, evidence, streak=streak, reason=reason, episode=episode
    )


def _firing(rule: Rule, state: AlertState, evidence: Evidence, value: float) -> AlertState:
    """Let go only of what clears; the resolved state still names its episode."""
    if rule.clears(value):
        return _moved(state, AlertStatus.INACTIVE, evidence, streak=0, reason="cleared")
    streak = state.streak + 1 if rule.crosses(value) else 0
    reason = "still beyond the level" if streak else _quiet(rule, value)
    return _moved(state, AlertStatus.FIRING, evidence, streak=streak, reason=reason)


def _quiet(rule: Rule, value: float) -> str:
    return "not crossed" if rule.clears(value) else "between the levels"


def _seen(rule: Rule, before: AlertState, evidence: Evidence, **changes: object) -> AlertState:
    """Note that the issue was seen, under the severity that the rule has now.

    The episode stays with a firing and with the state that ended it, and ends there.
    """
    episode = before.episode if before.status is AlertStatus.FIRING else None
    return before.model_copy(
        update={"issue": evidence.issue, "severity": rule.severity, "episode": episode, **changes}
    )


def _moved(
    state: AlertState, status: AlertStatus, evidence: Evidence, **changes: object
) -> AlertState:
    since = state.since if status is state.status else evidence.observed_at
    return state.model_copy(update={"status": status, "since": since, **changes})


def _episode(state: AlertState, evidence: Evidence) -> str:
    """Name a firing by what began it, so that computing it again gives the same name."""
    text = f"{state.rule}/{state.indicator}/{state.scope}/{evidence.issue}"
    return "ep_" + hashlib.sha256(text.encode()).hexdigest()[:24]
