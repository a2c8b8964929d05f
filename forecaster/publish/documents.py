"""The documents that are published and polled, and the short entries of their lists."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import JsonValue

from forecaster.domain.alert import AlertState
from forecaster.domain.forecast import Change, Issue, Method, Projection, Step, Trained
from forecaster.domain.indicator import Definition, Status
from forecaster.publish import links, nowcasts
from forecaster.publish.encoding import to_json

_SUMMARY = (
    "issue", "seq", "status", "reason", "indicator", "scope", "title", "role", "unit", "issued_at",
    "as_of", "coverage_end", "coverage_grade", "next_update_at", "stale_after",
)  # fmt: skip
_HEADLINE = (
    "id", "above", "below", "within", "p", "p_90", "baseline_p", "n_observations", "n_origins",
    "word", "confidence",
)  # fmt: skip


WITHHELD = "the source's licence does not allow what is computed from its values to be shown"


def forecast(issue: Issue, seq: int, *, is_withheld: bool = False, base: str = "") -> bytes:
    """Render an issue: the forecast, or the reason why there is none."""
    projection = None if is_withheld else issue.projection
    body = _head(issue, seq, projection)
    if projection is None:
        reason = WITHHELD if is_withheld else issue.refusal
        return to_json({**body, "reason": reason, "links": _links(issue, base)})
    return to_json(
        {
            **body,
            "method": _method(projection.method),
            "trend": projection.trend.model_dump(),
            "steps": [_step(step) for step in projection.steps],
            "probabilities": [
                one.model_dump(exclude_none=True) for one in projection.probabilities
            ],
            "skill": _skill(projection),
            "change": _change(issue.change) if issue.change else None,
            "warnings": projection.warnings,
            **_nowcast(projection),
            "links": _links(issue, base),
        }
    )


def summary(document: Mapping[str, Any]) -> dict[str, JsonValue]:
    """Shorten a forecast document, as parsed from its bytes, to an entry of a list."""
    entry = {name: document[name] for name in _SUMMARY if name in document}
    if document["status"] == "refused":
        return {**entry, "links": document["links"]}
    first = next(iter(document["probabilities"]), None)
    return {
        **entry,
        "method": document["method"]["name"],
        "trend": direction(*document["trend"]["slope_90"]),
        "probability": first and {name: first[name] for name in _HEADLINE if name in first},
        "skill": document["skill"] and {"crps": document["skill"]["crps"]},
        **({"nowcast": nowcasts.brief(document["nowcast"])} if "nowcast" in document else {}),
        "links": document["links"],
    }


def direction(low: float, high: float) -> str:
    """Name a trend by its slope's interval: it has a direction where that leaves out zero."""
    if low > 0:
        return "rising"
    return "falling" if high < 0 else "unclear"


def indicator(
    definition: Definition,
    seq: int,
    recorded_at: datetime,
    status: Status = Status.ACTIVE,
    *,
    base: str = "",
) -> bytes:
    """Render a definition: what its file declares, defaults filled in, and the series it makes."""
    declared = definition.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"id"})
    if definition.collect is not None:
        collect = declared["collect"]
        declared["collect"] = {**collect.pop("options"), **collect}
    return to_json(
        {
            "indicator": definition.id,
            "seq": seq,
            "status": status,
            "superseded_by": definition.superseded_by,
            "recorded_at": recorded_at,
            "digest": definition.digest,
            "scopes": [
                {
                    "scope": key.scope,
                    "title": definition.title_for(key.scope),
                    "links": {"forecast": links.forecast(key, base)},
                }
                for key in definition.keys
            ],
            "declaration": declared,
            "links": {
                "self": links.indicator(definition.id, base),
                "observations": f"{links.indicator(definition.id, base)}/observations",
            },
        }
    )


def alert(state: AlertState, seq: int, *, is_withheld: bool = False, base: str = "") -> bytes:
    """Render how an alert rule stands over one scope."""
    return to_json(
        {
            "seq": seq,
            **state.model_dump(exclude={"value"} if is_withheld else None),
            "links": {
                "self": links.alerts(base),
                "forecast": links.forecast(state.key, base),
                "indicator": links.indicator(state.indicator, base),
            },
        }
    )


def schema(content: Mapping[str, JsonValue]) -> bytes:
    """Render a JSON Schema."""
    return to_json(content)


def _head(issue: Issue, seq: int, projection: Projection | None) -> dict[str, Any]:
    """Return what every issue has, a refused one too."""
    return {
        "issue": issue.id,
        "seq": seq,
        "status": "served" if projection else "refused",
        "indicator": issue.indicator,
        "scope": issue.scope,
        "title": issue.title,
        "role": issue.role,
        "unit": issue.unit,
        "issued_at": issue.issued_at,
        "as_of": issue.as_of,
        "coverage_end": projection and projection.coverage_end,
        "coverage_grade": projection and projection.grade,
        "next_update_at": issue.next_update_at,
        "stale_after": issue.stale_after,
        "definition": issue.definition,
        "code": issue.code,
        "fit": issue.fit,
        "record_cut": issue.record_cut,
    }


def _links(issue: Issue, base: str) -> dict[str, str]:
    return {
        "self": links.forecast(issue.key, base),
        "observations": links.observations(issue, base),
        "indicator": links.indicator(issue.indicator, base),
    }


def _method(method: Method) -> dict[str, Any]:
    return {
        "name": method.name,
        "members": dict(sorted(method.members.items())),
        "baseline": method.baseline,
        "family": method.family,
        "note": method.note,
        "trained": method.trained and _trained(method.trained),
        "converged": method.converged,
    }


def _trained(trained: Trained) -> dict[str, Any]:
    return {"from": trained.start, **trained.model_dump(exclude={"start"})}


def _skill(projection: Projection) -> dict[str, Any] | None:
    if projection.skill is None:
        return None
    against = {name: one.model_dump() for name, one in sorted(projection.against.items())}
    return {"crps": projection.skill.model_dump(), "against": against}


def _nowcast(projection: Projection) -> dict[str, Any]:
    """Return where a factor stands; an observed series has no such thing."""
    return {"nowcast": nowcasts.rendered(projection.nowcast)} if projection.nowcast else {}


def _step(step: Step) -> dict[str, Any]:
    quantiles = sorted(step.quantiles.items(), key=lambda level: float(level[0]))
    return {"period": step.period, "mean": step.mean, "quantiles": dict(quantiles)}


def _change(change: Change) -> dict[str, Any]:
    return {
        "from": change.since,
        "median": change.median,
        "log_odds": change.log_odds,
        "parts": {
            part: dict(sorted(moved.items())) for part, moved in sorted(change.parts.items())
        },
    }
