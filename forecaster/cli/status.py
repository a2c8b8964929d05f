"""`forecaster status`: every series at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from forecaster.cli.options import DataDir, Json, settings_from

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from forecaster.domain.forecast import Issue
    from forecaster.domain.indicator import Definition
    from forecaster.domain.observation import Observation
    from forecaster.domain.run import Run
    from forecaster.store.database import Session


def status(data_dir: DataDir = None, as_json: Json = False) -> None:  # noqa: FBT002  (a flag)
    """Show each series: last value, its age, the forecast, the alert, and its source's health.

    Example: forecaster status --json
    """
    from forecaster.cli.show import rows
    from forecaster.cycle import observing
    from forecaster.domain.alert import AlertStatus
    from forecaster.settings import utc_now
    from forecaster.store import alerts, catalogue, forecasts, runs
    from forecaster.store.database import Database

    now = utc_now()
    database = Database(settings_from(data_dir).url)
    with database.read() as session:
        latest_runs = runs.latest(session)
        issues = {issue.key: issue for issue in forecasts.all_latest(session)}
        firing = {
            state.key: state.rule
            for state in alerts.current(session)
            if state.status is AlertStatus.FIRING
        }
        found = [
            {
                "series": str(key),
                "status": str(definition.status),
                **_last(observing.as_of(session, definition, key.scope, now), now),
                **_headline(issues.get(key)),
                "alert": firing.get(key),
                **_source(session, definition, latest_runs),
            }
            for definition in catalogue.current(session)
            for key in definition.keys
        ]
    rows(
        "Series",
        found,
        as_json=as_json,
        empty="No indicator is in force: run forecaster up.",
        shown=(
            "series",
            "status",
            "last_value",
            "age",
            "probability",
            "baseline",
            "alert",
            "source",
        ),
    )
    if not as_json:
        for run in latest_runs.values():
            if run.error:
                typer.echo(f"{run.indicator}: {run.status}: {run.error}", err=True)


def _source(
    session: Session, definition: Definition, latest: Mapping[str, Run]
) -> dict[str, object]:
    from forecaster.cycle.observing import weakest

    asked = weakest(session, definition, latest)  # of what is composed, an input's source
    run = latest.get(asked.id) if asked else None
    named = f"{asked.id}: " if asked and definition.inputs else ""
    if run is None:
        return {"source": f"{named}never asked", "error": None}
    return {"source": f"{named}{run.status}", "error": run.error}


def _last(known: tuple[Observation, ...], now: datetime) -> dict[str, object]:
    from forecaster.cli.show import age

    last = next((seen for seen in reversed(known) if seen.value is not None), None)
    return {
        "last_value": last.value if last else None,
        "period": last.period.start if last else None,
        "age": age(last.period.ends_at if last else None, now),
    }


def _headline(issue: Issue | None) -> dict[str, object]:
    projection = issue.projection if issue else None
    crossing = projection.probabilities[0] if projection and projection.probabilities else None
    return {
        "next_median": projection.steps[0].quantiles["0.5"] if projection else None,
        "question": f"{crossing.id} within {crossing.within}" if crossing else None,
        "probability": crossing.p if crossing else None,
        "baseline": crossing.baseline_p if crossing else None,
        "n": crossing.n_observations if crossing else None,
    }
