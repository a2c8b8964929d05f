"""Where to begin: the list of addresses, the OpenAPI document, and what each problem means."""

import json

from fastapi import APIRouter, Request, Response

from forecaster.api import caching, problems
from forecaster.domain.errors import UnknownName
from forecaster.publish.encoding import to_json

router = APIRouter(tags=["start"])

_START = to_json(
    {
        "name": "forecaster",
        "links": {
            "indicators": "/v1/indicators",
            "indicator": "/v1/indicators/{id}",
            "observations": "/v1/indicators/{id}/observations",
            "forecasts": "/v1/forecasts",
            "forecast": "/v1/forecasts/{indicator}/{scope}",
            "alerts": "/v1/alerts",
            "changes": "/v1/changes?after=0",
            "webhooks": "/v1/webhooks",
            "schema of an indicator's YAML": "/v1/schemas/indicator.json",
            "openapi": "/openapi.json",
            "alive": "/healthz",
            "ready": "/readyz",
        },
    }
)


@router.get("/", summary="List the addresses")
async def start(request: Request) -> Response:
    """Answer with links, so that a person finds the way."""
    return _kept_briefly(request, _START)


@router.get("/openapi.json", summary="This document", include_in_schema=False)
async def openapi(request: Request) -> Response:
    """Answer with the OpenAPI document."""
    return _kept_briefly(request, json.dumps(request.app.openapi()).encode())


@router.get(
    "/problems/{name}",
    summary="What a problem's type means",
    responses=problems.documented("not-found"),
)
async def problem(request: Request, name: str) -> Response:
    """Answer with the title and status of a type of problem."""
    if name not in problems.KINDS:
        raise UnknownName("problem", name, problems.KINDS)
    kind = problems.KINDS[name]
    meaning = {"type": f"/problems/{name}", "title": kind.title, "status": kind.status}
    return _kept_briefly(request, to_json(meaning))


def _kept_briefly(request: Request, body: bytes) -> Response:
    cache = caching.keep_for(caching.BRIEFLY)
    return caching.answer(request, body, etag=caching.etag_of(body), cache=cache)
