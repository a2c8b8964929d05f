"""Spans of time as people write them: `1 day`, `2 weeks`, `36 hours`."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

_DURATION = re.compile(r"(\d{1,6}) (minute|hour|day|week)s?")


def parse_duration(text: object) -> object:
    """Read `7 days` as a span of time; anything but text passes through."""
    if not isinstance(text, str) or text.startswith("P"):
        return text
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not a duration, such as '7 days', '2 weeks' or '36 hours'")
    return timedelta(**{f"{found[2]}s": int(found[1])})


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,6} (minute|hour|day|week)s?$"}),
]
