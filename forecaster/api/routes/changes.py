"""The publication log: everything that was published, in its order."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from forecaster.api import caching, problems
from forecaster.api.served import Served
from forecaster.domain.publication import Kind, Publication
from forecaster.publish.encoding import to_json
from forecaster.store import publications

router = APIRouter(tags=["changes"])

_LARGEST = 2**31 - 1  # what the column of the numbers holds
_LINKS = {
    Kind.FORECAST: "/v1/forecasts/{}",
    Kind.INDICATOR: "/v1/indicators/{}",
    Kind.SCHEMA: "/v1/schemas/{}",
    Kind.ALERT: "/v1/alerts",
}


@router.get(
    "/v1/changes",
    summary="What was published after a number",
    responses=problems.documented("database-unavailable"),
)
def changes(
    request: Request,
    served: Served,
    after: Annotated[int, Query(ge=0, le=_LARGEST, description="the last seq you know")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """Answer with what came after a number, oldest first, and with the address of what follows."""
    with served.database.read() as session:
        news = publications.after(session, after, limit)
    last = news[-1].seq if news else after
    body = to_json(
        {
            "changes": [_change(one) for one in news],
            "next": f"/v1/changes?after={last}&limit={limit}",
            "more": len(news) == limit,
        }
    )
    return caching.answer(request, body, etag=caching.etag_of(body), cache=caching.REVALIDATE)


def _change(one: Publication) -> dict[str, object]:
    return {
        "seq": one.seq,
        "kind": one.kind,
        "key": one.key,
        "published_at": one.published_at,
        "etag": one.etag,
        "link": _LINKS[one.kind].format(one.key),
    }
