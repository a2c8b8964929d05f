"""Spans of time as people write them: `1 day`, `2 weeks`, `36 hours`."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

_PATTERN = r"([0-9]{1,4}) (minute|hour|day|week)s?"


def parse_duration(text: object) -> object:
    """Read `7 days` as a span of time; a `timedelta` and its ISO form (`P7D`) pass through."""
    if not isinstance(text, str) or text.startswith("P"):
        return text
    found = re.fullmatch(_PATTERN, text)
    if found is None:
        raise ValueError(f"{text!r} is not a duration, such as '7 days', '2 weeks' or '36 hours'")
    return timedelta(**{f"{found[2]}s": int(found[1])})


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    WithJsonSchema({"type": "string", "pattern": f"^{_PATTERN}$", "examples": ["7 days"]}),
]
