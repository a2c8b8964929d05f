"""Keep the image up with the publication log, from before the first answer to the last."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import structlog
from fastapi import FastAPI

from forecaster.publish.image import Snapshot
from forecaster.serving import Serving
from forecaster.store import publications

log = structlog.get_logger(__name__)

EVERY_SECONDS = 0.5
_AT_ONCE = 1000


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Fill the image, then keep it fresh while the server runs."""
    serving: Serving = app.state.serving
    was_well = await _try(serving, was_well=True)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_keep_fresh, serving, was_well)
        yield
        tasks.cancel_scope.cancel()


def refresh(serving: Serving) -> None:
    """Show what was published since; after a restore of the database, show what it holds now."""
    snapshot = serving.image.snapshot
    with serving.database.read() as session:
        if publications.last_seq(session) < snapshot.seq:
            snapshot = Snapshot()
        if snapshot.seq == 0:
            snapshot = snapshot.plus(publications.latest(session))
        while news := publications.after(session, snapshot.seq, _AT_ONCE):
            snapshot = snapshot.plus(news)
    serving.image.show(snapshot, now=serving.clock())


async def _keep_fresh(serving: Serving, was_well: bool) -> None:
    while True:
        await anyio.sleep(EVERY_SECONDS)
        was_well = await _try(serving, was_well=was_well)


async def _try(serving: Serving, *, was_well: bool) -> bool:
    """Refresh; on failure go on with what is there, and log only the turn from well to ill."""
    try:
        await anyio.to_thread.run_sync(refresh, serving)
    except Exception:  # the last good image serves on, and /readyz tells of its age
        if was_well:
            log.exception("image_refresh_failed")
        return False
    if not was_well:
        log.info("image_refreshed_again", seq=serving.image.snapshot.seq)
    return True
