"""When a fit has been outgrown, so that its series is learnt anew instead of updated."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from forecaster import plugins
from forecaster.domain.forecast import Fit
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Observation
from forecaster.model.drift import has_drifted, step_score
from forecaster.store import forecasts
from forecaster.store.database import Session

_LIFE = timedelta(days=180)  # few values come to a yearly series, but its world moves on
_NEWS = 4  # new or revised values that the fit of a short series can bear
_WATCHED = 12  # issues whose forecasts of the next value are looked at: a shift shows in four


def outgrown(
    session: Session,
    fit: Fit,
    definition: Definition,
    *,
    code: str,
    versions: Sequence[Observation],
    now: datetime,
) -> bool:
    """Say whether a fit is too old to be updated.

    It is if it was made of other words or by other code, half a year ago, if as many as a tenth of
    its values are new or revised, or if those that came since were not met as well as it expected.
    """
    news = {seen.period.start for seen in versions if seen.id > fit.record_cut}
    return (
        fit.definition != definition.digest
        or fit.code != code
        or not (definition.is_factor or _is_installed(fit))
        or now - fit.made_at > _LIFE
        or len(news) > max(_NEWS, fit.fitted.n_observations // 10)
        or has_drifted(fit.fitted.one_step_scores, _scores_since(session, fit, versions))
    )


def _is_installed(fit: Fit) -> bool:
    return fit.fitted.parameters.keys() <= set(plugins.names("methods"))


def _scores_since(
    session: Session, fit: Fit, versions: Sequence[Observation]
) -> tuple[float, ...]:
    """Score what a fit's newest issues said of the next period, where that has a value by now."""
    if not fit.fitted.one_step_scores:
        return ()  # nothing to hold them against; the values of a factor are its inputs'
    came = {seen.period.start: seen.value for seen in versions}  # the newest version is the last
    said = {
        issue.projection.steps[0].period: issue.projection.steps[0]
        for issue in forecasts.newest_of_fit(session, fit, _WATCHED)
        if issue.projection is not None
    }
    return tuple(
        step_score(step, value)
        for period, step in sorted(said.items())
        if (value := came.get(period)) is not None
    )
