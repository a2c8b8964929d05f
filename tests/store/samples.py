"""What the tests of the store remember: definitions, readings, issues, alert states."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from forecaster.domain.alert import AlertState
from forecaster.domain.forecast import Fit, Issue
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Document, Reading, SeriesKey
from forecaster.domain.period import Frequency, Period
from forecaster.domain.webhook import Endpoint, Message

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
KEY = SeriesKey("visits", "CHN-RUS")


def definition(indicator: str = "visits", **fields: Any) -> Definition:
    """Make a weekly indicator of two dyads, with a lag of two days."""
    return Definition.model_validate(
        {
            "id": indicator,
            "title": "Visits, {a}-{b}",
            "role": "display",
            "unit": "visits",
            "frequency": "week",
            "collect": {"source": "ledger"},
            "for_each": {"dyad": ["CHN-RUS", "IRN-RUS"]},
            "lag": "2 days",
            "attribution": "Nobody",
            "license": {"name": "CC0", "redistribution": "yes"},
            **fields,
        }
    )


def week(number: int) -> Period:
    """Name a week by its number after that of 2025-01-06."""
    return Period(frequency=Frequency.WEEK, start=date(2025, 1, 6)).shift(number)


def reading(number: int, value: float | None = 1.0, **fields: Any) -> Reading:
    """Make a reading of a week."""
    return Reading.model_validate(
        {"scope": "CHN-RUS", "period": week(number), "value": value} | fields
    )


def document(digest: str = "d1") -> Document:
    """Make a document that was fetched."""
    return Document(digest=digest, url="https://x.org/a", fetched_at=NOW, status=200, size=9)


def issue(issue_id: str, **fields: Any) -> Issue:
    """Make an issue of a refusal, or of whatever the fields say."""
    return Issue.model_validate(
        {
            "id": issue_id,
            "indicator": "visits",
            "scope": "CHN-RUS",
            "title": "Visits",
            "role": "display",
            "unit": "visits",
            "issued_at": NOW,
            "as_of": NOW,
            "record_cut": 1,
            "next_update_at": None,
            "stale_after": None,
            "definition": "sha256:0",
            "code": "1",
            "fit": None,
            "projection": None,
            "refusal": "too short",
            **fields,
        }
    )


def projection() -> dict[str, Any]:
    """Give a projection with every kind of part."""
    return {
        "coverage_end": "2026-02-22",
        "grade": "partial",
        "method": {
            "name": "pool",
            "members": {"naive": 0.25, "smoothing": 0.75},
            "baseline": "climatology",
            "family": "count",
            "note": "",
        },
        "trend": {"level": 0.1 + 0.2, "slope": -1e-17, "slope_90": [-1, 1], "p_rising": 0.5},
        "steps": [{"period": "2026-02-23", "mean": 1 / 3, "quantiles": {"0.05": 0, "0.95": 1e22}}],
        "probabilities": [],
        "skill": None,
    }


def fit(fit_id: str, **fields: Any) -> Fit:
    """Make a fit."""
    return Fit.model_validate(
        {
            "id": fit_id,
            "indicator": "visits",
            "scope": "CHN-RUS",
            "definition": "sha256:0",
            "code": "1",
            "made_at": NOW,
            "as_of": NOW,
            "record_cut": 1,
            "fitted": {
                "family": "count",
                "baseline": "climatology",
                "choice": "naive",
                "weights": {"naive": 1},
                "parameters": {"naive": {"scale": [0.1, 1e-300, -0.0]}},
                "calibration": [1, 1.25],
                "skill": None,
                "record": {"surge": [{"p": 0.1, "happened": False}]},
                "calibration_error": {"surge": 0.01},
                "n_origins": 30,
                "trained_from": "2025-01-06",
                "trained_to": "2026-02-22",
                "n_observations": 59,
                "note": "",
            },
            **fields,
        }
    )


def alert_state(status: str = "inactive", *, scope: str = "CHN-RUS") -> AlertState:
    """Make the state of a rule."""
    return AlertState.model_validate(
        {"rule": "surge", "indicator": "visits", "scope": scope, "status": status, "since": NOW}
    )


def endpoint(endpoint_id: str, *, created_at: datetime = NOW) -> Endpoint:
    """Make a receiver."""
    return Endpoint(id=endpoint_id, url=f"https://{endpoint_id}.org/hook", created_at=created_at)


def message(message_id: str = "msg_1") -> Message:
    """Make a message."""
    return Message(
        id=message_id, type="alert.firing", created_at=NOW, data={"p": 0.61, "scope": "CHN-RUS"}
    )
