"""What was published: an append-only log of rendered documents."""

from enum import StrEnum

from forecaster.domain.base import Frozen, Utc


class Kind(StrEnum):
    """Which documents the log holds."""

    FORECAST = "forecast"  # key: indicator/scope
    INDICATOR = "indicator"  # key: indicator
    ALERT = "alert"  # key: rule/scope
    SCHEMA = "schema"  # key: name


class Draft(Frozen):
    """A document about to be published; its body is rendered once its number is known."""

    kind: Kind
    key: str
    source: str  # the issue, digest or state it renders: publishing it again changes nothing
    next_update_at: Utc | None = None
    stale_after: Utc | None = None


class Publication(Frozen):
    """A document as it was published: these bytes, under this number, for ever."""

    seq: int
    kind: Kind
    key: str
    source: str
    etag: str
    body: bytes
    published_at: Utc
    next_update_at: Utc | None
    stale_after: Utc | None
