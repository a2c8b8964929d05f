"""`forecaster forecast` and `forecaster backtest`: make forecasts now; see how methods did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from forecaster.cli.options import DataDir, Indicators, Json, settings_from
from forecaster.domain.errors import CannotForecast, UnknownName

if TYPE_CHECKING:
    from forecaster.domain.forecast import Crossing, Issue, Projection


def forecast(
    indicator: Annotated[
        str | None, typer.Argument(help="An indicator's id.  [default: all with news]")
    ] = None,
    data_dir: DataDir = None,
    indicators: Indicators = None,
    as_json: Json = False,  # noqa: FBT002  (a flag of the command line)
) -> None:
    """Forecast every series with something new, move the alerts, publish; then show the latest.

    Example: forecaster forecast media-cooperation
    """
    from forecaster.cli.progress import bars
    from forecaster.cli.show import rows
    from forecaster.cycle.alerting import alert
    from forecaster.cycle.forecasting import forecast as forecast_all
    from forecaster.cycle.publishing import publish
    from forecaster.logs import configure
    from forecaster.store import catalogue, forecasts
    from forecaster.working import open_working

    settings = settings_from(data_dir, indicators)
    configure("WARNING", json=settings.log_json)
    with open_working(settings) as working, bars() as (watch, _):
        only = None
        if indicator is not None:
            with working.database.read() as session:
                only = [catalogue.get(session, indicator).id]
        forecast_all(
            working.database,
            working.executor,
            code=working.code,
            now=working.now(),
            only=only,
            watch=lambda done, total: watch("forecasts", done, total),
        )
        alert(working.database, now=working.now())
        publish(working.database, now=working.now())
        with working.database.read() as session:
            issues = [
                issue
                for issue in forecasts.all_latest(session)
                if only is None or issue.indicator in only
            ]
    found = [row_of(issue) for issue in issues]
    rows(
        "Latest forecasts",
        found,
        as_json=as_json,
        empty="Nothing to forecast: collect first.",
        shown=("series", "method", "next_median", "probabilities", "skill", "no_forecast_because"),
    )


def backtest(
    indicator: Annotated[str, typer.Argument(help="An indicator's id.")],
    scope: Annotated[
        str | None, typer.Option(help="One of its scopes, such as CHN-RUS.  [default: all]")
    ] = None,
    data_dir: DataDir = None,
    as_json: Json = False,  # noqa: FBT002  (a flag of the command line)
) -> None:
    """Show how each method would have done from past dates, on what was known then.

    Example: forecaster backtest media-cooperation --scope CHN-RUS
    """
    from forecaster.cli.show import rows
    from forecaster.cycle import observing
    from forecaster.cycle.driving import drivers
    from forecaster.domain.forecast import Inputs
    from forecaster.model.rehearsing import report
    from forecaster.settings import utc_now
    from forecaster.store import catalogue
    from forecaster.store.database import Database

    now = utc_now()
    database = Database(settings_from(data_dir).url)
    with database.read() as session:
        definition = catalogue.get(session, indicator)
        if scope not in {None, *definition.scopes}:
            raise UnknownName("scope", str(scope), definition.scopes)
        if definition.is_factor:
            raise CannotForecast(f"{indicator} is a factor: no value tells how right it was")
        keys = [key for key in definition.keys if scope in {None, key.scope}]
        known = [
            Inputs(
                definition=definition,
                scope=key.scope,
                observations=observing.told(session, definition, key.scope, known_by=now).versions,
                as_of=now,
                drivers=drivers(session, definition, key.scope, known_by=now)[0],
            )
            for key in keys
        ]
    found = [
        {"scope": one.scope, **score.model_dump(mode="json")}
        for one in known
        for score in report(one)
    ]
    rows(
        f"Backtest of {indicator}: skill over climatology",
        found,
        as_json=as_json,
        empty="No series of that scope.",
        shown=("scope", "method", "step", "n_origins", "crps", "skill", "dm_p", "coverage_80"),
    )


def row_of(issue: Issue) -> dict[str, object]:
    """Shorten an issue to a row, for people and for machines."""
    projection = issue.projection
    return {
        "series": str(issue.key),
        "covered_to": projection and projection.coverage_end,
        "method": projection and projection.method.name,
        "next_median": projection and projection.steps[0].quantiles["0.5"],
        "probabilities": "; ".join(_crossing_told(one) for one in projection.probabilities)
        if projection
        else "",
        "skill": projection and _skill_told(projection),
        "note": projection and projection.method.note,
        "no_forecast_because": issue.refusal,
    }


def _crossing_told(crossing: Crossing) -> str:
    further = ""
    if crossing.p_end is not None and crossing.expected_exceedances is not None:
        further = (
            f"{crossing.p_end:.2f} at the end, {crossing.expected_exceedances:.2g} expected, "
        )
    return (
        f"{crossing.id} {crossing.p:.2f} "
        f"({further}baseline {crossing.baseline_p:.2f}, n={crossing.n_observations})"
    )


def _skill_told(projection: Projection) -> str | None:
    """Say how it did against the baseline, or that nothing was better than it."""
    skill, method = projection.skill, projection.method
    if method.name == method.baseline:
        return f"no better than {method.baseline}" if skill else "too little past to tell"
    if skill is None:
        return None
    low, high = skill.interval_80
    return f"{skill.value:.2f} ({low:.2f} to {high:.2f}) over {skill.versus}, n={skill.n_origins}"
