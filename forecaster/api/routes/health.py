"""Whether the process lives, and whether it can do its work."""

from datetime import timedelta

from fastapi import APIRouter, Response

from forecaster.api import problems
from forecaster.api.problems import Problem
from forecaster.api.served import Served
from forecaster.publish.encoding import to_json
from forecaster.serving import Serving
from forecaster.store.migrating import is_current

router = APIRouter(tags=["health"])

_OLDEST_IMAGE = timedelta(seconds=30)


@router.get("/healthz", summary="Is the process alive?")
async def healthz() -> Response:
    """Answer at all."""
    return _well()


@router.get("/readyz", summary="Can it do its work?", responses=problems.documented("not-ready"))
def readyz(served: Served) -> Response:
    """Answer 200 if the database is up to date and its newest publications are served."""
    if not is_current(served.database):
        raise Problem(
            "not-ready", "the database is not migrated; start a worker: 'forecaster work'"
        )
    if _is_behind(served):
        raise Problem(
            "not-ready", "what was published cannot be read from the database; the log says why"
        )
    if served.image.snapshot.seq == 0:
        raise Problem("not-ready", "nothing was published yet; start a worker: 'forecaster work'")
    return _well()


def _is_behind(served: Serving) -> bool:
    refreshed_at = served.image.refreshed_at
    return refreshed_at is None or served.clock() - refreshed_at > _OLDEST_IMAGE


def _well() -> Response:
    return Response(
        to_json({"status": "ok"}),
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
