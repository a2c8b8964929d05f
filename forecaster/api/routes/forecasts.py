"""The newest forecasts, and what they said at an earlier moment."""

from datetime import datetime
from typing import Annotated

import anyio
from fastapi import APIRouter, Query, Request, Response

from forecaster.api import caching, problems, queries
from forecaster.api.lists import Wanted, is_in_force
from forecaster.api.lookup import known_series, one_of
from forecaster.api.problems import Problem
from forecaster.api.served import Composed, Served
from forecaster.domain.errors import UnknownName
from forecaster.domain.indicator import Role
from forecaster.domain.publication import Kind
from forecaster.publish.encoding import moment_text
from forecaster.publish.image import Entry, Snapshot
from forecaster.serving import Serving
from forecaster.store import publications

router = APIRouter(tags=["forecasts"])


@router.get("/v1/forecasts", summary="List the newest forecast of every series")
async def forecasts(
    request: Request,
    served: Served,
    composed: Composed,
    *,
    role: Role | None = None,
    scope: Annotated[str | None, Query(examples=["CHN-RUS"])] = None,
    indicator: Annotated[str | None, Query(examples=["media-cooperation"])] = None,
    hidden: Annotated[bool, Query(description="also of indicators that are hidden")] = False,
) -> Response:
    """Answer with what stands first in each document, whether it is stale, and its address."""
    now = served.clock()
    series = known_series(served.image.snapshot) if indicator or scope else {}
    if indicator is not None:
        one_of(indicator, series, "indicator")
    if scope is not None:
        one_of(scope, set().union(*series.values()), "scope")
    page = composed.forecasts(Wanted(role, scope, indicator, hidden), now)
    return caching.listed(request, page, now)


@router.get(
    "/v1/forecasts/{indicator}/{scope}",
    summary="One forecast",
    responses=problems.documented("not-found", "no-forecast-yet", "database-unavailable"),
)
async def forecast(
    request: Request,
    served: Served,
    indicator: str,
    scope: str,
    as_of: Annotated[
        queries.Moment | None,
        Query(
            description="the issue that had been published by then; one is published shortly "
            "after its `issued_at`"
        ),
    ] = None,
) -> Response:
    """Answer with the newest issue, or with the newest of an earlier moment."""
    now = served.clock()
    snapshot = served.image.snapshot
    newest = snapshot.get(Kind.FORECAST, f"{indicator}/{scope}")
    if newest is None:
        raise _no_forecast(snapshot, indicator, scope)
    entry = newest
    if as_of is not None:
        moment = queries.settled(as_of, now)
        entry = await anyio.to_thread.run_sync(_published_by, served, newest, moment)
        if moment < newest.publication.published_at:
            return caching.published(request, entry, now, cache=caching.FOR_EVER)
    return caching.published(request, entry, now, is_retired=not is_in_force(snapshot, newest))


def _published_by(served: Serving, newest: Entry, moment: datetime) -> Entry:
    key = newest.publication.key
    with served.database.read() as session:
        found = publications.as_of(session, Kind.FORECAST, key, moment)
    if found is None:
        asked, known = moment_text(moment), moment_text(newest.publication.published_at)
        raise Problem(
            "no-forecast-yet",
            f"no issue of {key} had been published by {asked}; the newest was published at {known}"
            ": ask for a moment from then on, or without as_of",
        )
    return Entry(found)


def _no_forecast(snapshot: Snapshot, indicator: str, scope: str) -> Exception:
    series = known_series(snapshot)
    if indicator not in series:
        return UnknownName("indicator", indicator, series)
    if scope not in series[indicator]:
        return UnknownName(f"scope of {indicator}", scope, series[indicator])
    return Problem(
        "no-forecast-yet",
        f"nothing was forecast for {indicator}/{scope} yet; /v1/indicators/{indicator} says how "
        "its source stands",
        headers={"Retry-After": str(int(caching.BRIEFLY.total_seconds()))},
    )
