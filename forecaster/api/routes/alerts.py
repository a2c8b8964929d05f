"""How the alert rules stand."""

from fastapi import APIRouter, Request, Response

from forecaster.api import caching
from forecaster.api.served import Composed, Served

router = APIRouter(tags=["alerts"])


@router.get("/v1/alerts", summary="List how every rule stands")
async def alerts(request: Request, served: Served, composed: Composed) -> Response:
    """Answer with the state of every rule over every scope, the firing ones first."""
    now = served.clock()
    return caching.listed(request, composed.alerts(now), now)
