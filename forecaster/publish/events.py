"""What a webhook says of an alert: enough to act on, with links to the rest."""

import json
from typing import Any

from pydantic import JsonValue

from forecaster.domain.alert import AlertState, AlertStatus, Rule
from forecaster.domain.forecast import Crossing, Issue, Projection
from forecaster.publish import links
from forecaster.publish.encoding import to_json


def alert_event(
    after: AlertState,
    before: AlertState,
    issue: Issue,
    *,
    rule: Rule | None,
    is_withheld: bool = False,
    base: str = "",
) -> dict[str, JsonValue]:
    """Return the data of `alert.firing` or `alert.resolved`: the step from one state to the next.

    The evidence is that of the issue which made the step, or of the last one if the step was that
    the rule was removed (then `rule` is none). For a rule on the last value there is no
    probability, and so neither a base rate nor an n nor a word. Where the source's licence does
    not allow numbers to be shown, there are none.
    """
    projection = None if is_withheld else issue.projection
    after = after.model_copy(update={"value": None}) if is_withheld else after
    watched = _watched(rule, projection) if rule else None
    firing = after.status is AlertStatus.FIRING
    event: dict[str, Any] = {
        "rule": after.rule,
        "severity": after.severity,
        "status": "firing" if firing else "resolved",
        "reason": after.reason,
        "summary": f"{issue.title}: {_sentence(rule, after, watched)}.",
        "episode": after.episode,
        "started_at": after.since if firing else before.since,
        "ended_at": None if firing else after.since,
        "indicator": issue.indicator,
        "scope": issue.scope,
        "title": issue.title,
        "role": issue.role,
        "unit": issue.unit,
        "condition": rule and _condition(rule),
        "value": after.value,
        "probability": watched and watched.model_dump(exclude_none=True),
        "method": projection and projection.method.model_dump(include={"name", "baseline"}),
        "issue": issue.id,
        "issued_at": issue.issued_at,
        "as_of": issue.as_of,
        "coverage_end": projection and projection.coverage_end,
        "definition": issue.definition,
        "links": {
            "alerts": links.alerts(base),
            "forecast": links.forecast(issue.key, base),
            "observations": links.observations(issue, base),
            "indicator": links.indicator(issue.indicator, base),
        },
    }
    plain: dict[str, JsonValue] = json.loads(to_json(event))
    return plain


def _condition(rule: Rule) -> dict[str, Any]:
    return rule.model_dump(by_alias=True, exclude_none=True, exclude={"id", "severity"})


def _watched(rule: Rule, projection: Projection | None) -> Crossing | None:
    known = projection.probabilities if projection else ()
    return next((one for one in known if one.id == rule.probability), None)


def _sentence(rule: Rule | None, after: AlertState, watched: Crossing | None) -> str:
    """Say what happened, without word or confidence, which stand by themselves."""
    if rule is None:
        return f"the rule {after.rule!r} was removed while it was firing"
    value = "unknown" if after.value is None else f"{after.value:.3g}"
    comparison = f" (base rate {watched.baseline_p:.3g})" if watched else ""
    return f"{_what(rule, watched)} is {value}{comparison}, {_where(rule, after)}"


def _what(rule: Rule, watched: Crossing | None) -> str:
    if rule.probability is None:
        return "the last value"
    if watched is None:
        return f"the probability {rule.probability!r}"
    side, level = ("above", watched.above) if watched.below is None else ("below", watched.below)
    periods = "1 period" if watched.within == 1 else f"{watched.within} periods"
    return f"the probability of a value {side} {level:g} within {periods}"


def _where(rule: Rule, after: AlertState) -> str:
    """Say on which side of which level the watched number now lies."""
    side, other = ("above", "below") if rule.below is None else ("below", "above")
    level = rule.above if rule.below is None else rule.below
    clear = rule.clear_below if rule.below is None else rule.clear_above
    if after.status is not AlertStatus.FIRING:
        return f"no longer {side} {level:g}" if clear is None else f"back {other} {clear:g}"
    times = "" if rule.updates == 1 else f" in {rule.updates} new issues in a row"
    return f"{side} {level:g}{times}"
