"""One run of a collector: when, for what, and how it ended."""

from enum import StrEnum

from pydantic import Field, field_validator

from forecaster.domain.base import Frozen, Utc


class Trigger(StrEnum):
    """Why a run was begun."""

    SCHEDULE = "schedule"
    MANUAL = "manual"
    BACKFILL = "backfill"
    REPARSE = "reparse"  # from the archive, without the network


class RunStatus(StrEnum):
    """How a run ended; `interrupted` is found at the next start."""

    RUNNING = "running"
    OK = "ok"
    STALE = "stale"  # the source answers, but its newest value is older than was agreed
    UNAVAILABLE = "unavailable"  # again later
    CHANGED = "changed"  # a person must look
    FAILED = "failed"  # an error of ours
    INTERRUPTED = "interrupted"
    SKIPPED = "skipped"  # what was missed is not asked for, by choice


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
    since: Utc | None = Field(default=None, description="the span that was asked for, if one was")
    until: Utc | None = None
    missed: int = Field(default=0, description="scheduled moments that passed without a run")
    rows: int | None = Field(default=None, description="rows of the source that were read")
    fields: frozenset[str] | None = Field(default=None, description="the names that they bear")
    notes: tuple[str, ...] = Field(default=(), description="what a person may want to know")

    @field_validator("notes", mode="before")
    @classmethod
    def _may_be_none(cls, notes: object) -> object:
        return () if notes is None else notes


class Fetch(Frozen):
    """One answer of a source to a run: the document, and the address that gave it."""

    document: str
    url: str
    fetched_at: Utc
    status: int
