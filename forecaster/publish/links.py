"""Where each published thing is found, below a base path or address."""

from forecaster.domain.forecast import Issue
from forecaster.domain.observation import SeriesKey
from forecaster.publish.encoding import moment_text


def forecast(key: SeriesKey, base: str) -> str:
    """Return where the newest forecast of a series is."""
    return f"{base}/v1/forecasts/{key.indicator}/{key.scope}"


def indicator(name: str, base: str) -> str:
    """Return where an indicator's definition is."""
    return f"{base}/v1/indicators/{name}"


def observations(issue: Issue, base: str) -> str:
    """Return where the observations are, as they were known to an issue."""
    return (
        f"{indicator(issue.indicator, base)}/observations"
        f"?scope={issue.scope}&as_of={moment_text(issue.as_of)}"
    )


def alerts(base: str) -> str:
    """Return where the state of every alert rule is."""
    return f"{base}/v1/alerts"
