"""Where values came from: the runs of collectors, and the raw documents that they fetched."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from forecaster.api import caching, problems
from forecaster.api.problems import Problem
from forecaster.api.served import Served
from forecaster.domain.run import Run
from forecaster.publish.encoding import to_json
from forecaster.store import documents as record
from forecaster.store import runs

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


def _told(found: Run) -> dict[str, Any]:
    fields = sorted(found.fields) if found.fields is not None else None
    return {**found.model_dump(exclude={"fields"}), "fields": fields}
