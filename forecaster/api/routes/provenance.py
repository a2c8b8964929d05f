"""Where values came from: the runs of collectors, and the raw documents that they fetched."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from forecaster.api import caching, problems, queries
from forecaster.api.lookup import definition_of, scope_of
from forecaster.api.problems import Problem
from forecaster.api.served import Served
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import SeriesKey
from forecaster.domain.period import Period
from forecaster.domain.run import Run
from forecaster.publish.encoding import to_json
from forecaster.store import documents as record
from forecaster.store import observations, runs, sightings
from forecaster.store.database import Session

router = APIRouter(tags=["provenance"])

_LARGEST_ID = 2**31 - 1


@router.get(
    "/v1/runs/{number}",
    summary="One run of a collector",
    responses=problems.documented("not-found", "database-unavailable"),
)
def run(
    request: Request, served: Served, number: Annotated[int, Path(ge=1, le=_LARGEST_ID)]
) -> Response:
    """Answer with what a run asked for, what it read, how it ended, and what it fetched."""
    with served.database.read() as session:
        found = runs.get(session, number)
        if found is None:
            raise Problem("not-found", f"there was no run {number}; observations name theirs")
        fetches = runs.fetches(session, number)
    body = to_json({**_told(found), "fetches": [fetch.model_dump() for fetch in fetches]})
    return caching.answer(
        request, body, etag=caching.etag_of(body), cache=caching.keep_for(caching.BRIEFLY)
    )


@router.get(
    "/v1/documents/{digest}",
    summary="One raw document",
    responses=problems.documented("not-found", "database-unavailable"),
)
def document(request: Request, served: Served, digest: str) -> Response:
    """Answer with where a document was fetched, when and by which runs.

    Its bytes are the source's; they lie in the worker's archive and are not served.
    """
    with served.database.read() as session:
        found = record.get(session, digest)
        seen = runs.that_fetched(session, digest)
    told: dict[str, Any] = found.model_dump()
    body = to_json({**told, "fetched_by": [{"run": one, **by} for one, by in seen]})
    return caching.answer(
        request, body, etag=caching.etag_of(body), cache=caching.keep_for(caching.BRIEFLY)
    )


@router.get(
    "/v1/indicators/{indicator}/documents",
    summary="The raw documents behind one value",
    responses=problems.documented("not-found", "database-unavailable"),
)
def behind(
    request: Request,
    served: Served,
    indicator: str,
    *,
    period: Annotated[queries.Day, Query(description="any day of the period")],
    scope: Annotated[
        str | None, Query(description="may be left out where there is only one")
    ] = None,
) -> Response:
    """Answer with the documents in which a count's reports were seen, or a value was read."""
    with served.database.read() as session:
        definition, _ = definition_of(session, indicator)
        if definition.collect is None:
            names = ", ".join(definition.inputs)
            raise Problem("invalid-request", f"{indicator} is composed of {names}: ask for theirs")
        key = SeriesKey(indicator, scope_of(definition, scope))
        span = Period.containing(period, definition.frequency)
        digests = _digests(session, definition, key, span)
        told = [record.get(session, digest).model_dump() for digest in digests]
    body = to_json(
        {"indicator": indicator, "scope": key.scope, "period": span.start, "documents": told}
    )
    return caching.answer(
        request, body, etag=caching.etag_of(body), cache=caching.keep_for(caching.BRIEFLY)
    )


def _digests(
    session: Session, definition: Definition, key: SeriesKey, span: Period
) -> tuple[str, ...]:
    """Name the documents of the reports of a period; else those of the run that read its value."""
    seen = sightings.documents_between(
        session, definition.sieve, key.scope, span.start, span.last_day
    )
    versions = [
        each for each in observations.versions(session, key) if each.period.start == span.start
    ]
    if seen or not versions:
        return seen
    newest = versions[-1]
    if newest.document is not None:
        return (newest.document,)
    fetched = runs.fetches(session, newest.run) if newest.run is not None else ()
    return tuple(dict.fromkeys(fetch.document for fetch in fetched))


def _told(found: Run) -> dict[str, Any]:
    fields = sorted(found.fields) if found.fields is not None else None
    return {**found.model_dump(exclude={"fields"}), "fields": fields}
