"""The one way in which values become JSON: the same value, the same bytes."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from forecaster.domain.base import to_utc


def to_json(value: object) -> bytes:
    """Render plain values as compact UTF-8 JSON; what is not finite has no place in it.

    Keys keep their order, moments are UTC with a `Z`, days are ISO dates, and numbers are as short
    as they can be without becoming others.
    """
    text = json.dumps(
        value, default=_plain, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    return text.encode()


def moment_text(moment: datetime) -> str:
    """Write a moment as `2026-01-05T06:00:00Z`."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no zone")
    return to_utc(moment).isoformat().replace("+00:00", "Z")


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no place in a document")
