"""One run of a collector: when, for what, and how it ended."""

from enum import StrEnum

from forecaster.domain.base import Frozen, Utc


class Trigger(StrEnum):
    """Why a run was begun."""

    SCHEDULE = "schedule"
    MANUAL = "manual"
    BACKFILL = "backfill"


class RunStatus(StrEnum):
    """How a run ended; `interrupted` is found at the next start."""

    RUNNING = "running"
    OK = "ok"
    UNAVAILABLE = "unavailable"  # again later
    CHANGED = "changed"  # a person must look
    FAILED = "failed"  # an error of ours
    INTERRUPTED = "interrupted"


class Run(Frozen):
    """What one run did."""

    id: int
    indicator: str
    trigger: Trigger
    status: RunStatus
    began_at: Utc
    ended_at: Utc | None = None
    documents: int = 0
    new: int = 0
    revised: int = 0
    doubtful: int = 0
    error: str | None = None
