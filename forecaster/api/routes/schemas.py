"""Schemas that editors and checkers read."""

from fastapi import APIRouter, Request, Response

from forecaster.api import caching, problems
from forecaster.api.problems import Problem
from forecaster.api.served import Served
from forecaster.domain.publication import Kind

router = APIRouter(tags=["schemas"])


@router.get(
    "/v1/schemas/indicator.json",
    summary="The JSON Schema of an indicator's YAML",
    responses=problems.documented("not-found"),
)
async def indicator(request: Request, served: Served) -> Response:
    """Answer with the schema that the worker published, the sources' options included."""
    entry = served.image.snapshot.get(Kind.SCHEMA, "indicator.json")
    if entry is None:
        raise Problem(
            "not-found",
            "no schema was published yet; the worker does so when it starts ('forecaster work')",
        )
    return caching.published(request, entry, served.clock(), media_type="application/schema+json")
