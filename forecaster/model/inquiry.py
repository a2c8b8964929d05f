"""The door to the model: the statistics are loaded where and when an answer is computed."""

from forecaster.domain.forecast import Answer, Request


def answer(request: Request) -> Answer:
    """Forecast one series as it is known; raise `CannotForecast` with the reason if it cannot."""
    from forecaster.model import issuing  # noqa: PLC0415  (whoever only hands it on stays light)

    return issuing.answer(request)
