"""How often a thing that costs something may be asked of one server."""

import math
from datetime import datetime

from forecaster.api.problems import Problem


class Bucket:
    """Lets so many pass at once, and then so many a second, whoever they are."""

    def __init__(self, *, size: int, per_second: float) -> None:
        """Begin full."""
        self._size, self._per_second = size, per_second
        self._left = float(size)
        self._at: datetime | None = None

    def take(self, now: datetime) -> None:
        """Let one pass, or refuse it and say when to come again."""
        since = (now - self._at).total_seconds() if self._at else 0.0
        self._left = min(self._size, self._left + max(0.0, since) * self._per_second)
        self._at = now
        if self._left < 1:
            seconds = math.ceil((1 - self._left) / self._per_second)
            raise Problem(
                "too-many-requests",
                f"this server answers {self._per_second:g} of these a second; "
                f"try again in {seconds} s",
                headers={"Retry-After": str(seconds)},
            )
        self._left -= 1
