"""What every way to tell must do."""

from datetime import datetime
from typing import Protocol

from forecaster.domain.webhook import Delivery, DeliveryResult


class Channel(Protocol):
    """A way to bring messages to receivers."""

    def send(
        self, delivery: Delivery, secrets: tuple[str, ...], *, now: datetime
    ) -> DeliveryResult:
        """Make one attempt and say how it ended; raise nothing that a receiver can cause.

        The newest secret comes first. No secret may show in the result.
        """
        ...
