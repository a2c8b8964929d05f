"""What was seen, as it is known now, was known then, or became known in between."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from forecaster.api import caching, problems, queries
from forecaster.api.lookup import definition_of, scope_of
from forecaster.api.problems import Problem
from forecaster.api.served import Served
from forecaster.cycle import observing
from forecaster.cycle.observing import Bounds
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Observation, SeriesKey
from forecaster.publish import links
from forecaster.publish.encoding import to_json
from forecaster.store.database import Session

_DOUBTFUL = "doubtful; the reason would tell the value"

router = APIRouter(tags=["indicators"])


@dataclass(frozen=True)
class Times:
    """Which versions are asked for: one of three ways, and of which periods."""

    as_of: date | datetime | None
    issues: str | None
    lag: timedelta | None
    since: date | None
    until: date | None

    def check(self) -> None:
        """Refuse two ways at once, and a span that ends before it begins."""
        given = [name for name in ("as_of", "issues", "lag") if getattr(self, name) is not None]
        if len(given) > 1:
            raise Problem(
                "invalid-request",
                f"{' and '.join(given)} do not go together; give one of as_of, issues and lag",
            )
        if self.since is not None and self.until is not None and self.until < self.since:
            raise Problem(
                "invalid-request", f"until: {self.until} lies before since, {self.since}"
            )

    def read(
        self, session: Session, definition: Definition, scope: str, now: datetime
    ) -> tuple[dict[str, Any], tuple[Observation, ...]]:
        """Return how the question was understood, and the rows that answer it."""
        bounds = Bounds(self.since, self.until)
        if self.issues is not None:
            first, last = span = queries.read_span(self.issues)
            rows = observing.issues(session, definition, scope, span, bounds=bounds)
            return {"issues": [first, last]}, rows
        if self.lag is not None:
            rows = observing.lag(session, definition, scope, self.lag, bounds=bounds)
            return {"lag_seconds": int(self.lag.total_seconds())}, rows
        moment = queries.settled(self.as_of or now, now)
        rows = observing.as_of(session, definition, scope, moment, bounds=bounds)
        return {"as_of": moment if self.as_of else None}, rows


@router.get(
    "/v1/indicators/{indicator}/observations",
    summary="The values of one series",
    responses=problems.documented("not-found", "database-unavailable"),
)
def observations(
    request: Request,
    served: Served,
    indicator: str,
    *,
    scope: Annotated[
        str | None, Query(description="may be left out where there is only one")
    ] = None,
    as_of: Annotated[queries.Moment | None, Query(description="as it was known then")] = None,
    issues: Annotated[
        queries.Span | None, Query(description="every version that became known in A..B")
    ] = None,
    lag: Annotated[
        queries.Lag | None, Query(description="each period as known so long after its end")
    ] = None,
    since: Annotated[queries.Day | None, Query(description="the first period's start")] = None,
    until: Annotated[queries.Day | None, Query(description="the last period's start")] = None,
) -> Response:
    """Answer with a row per period (or version): its value or why there is none, since when."""
    times = Times(as_of, issues, lag, since, until)
    times.check()
    with served.database.read() as session:
        definition, _ = definition_of(session, indicator)
        key = SeriesKey(indicator, scope_of(definition, scope))
        understood, rows = times.read(session, definition, key.scope, served.clock())
        withheld = _withheld(session, definition)
    body = to_json(_document(definition, key, understood, rows, withheld))
    cache = caching.keep_for(caching.BRIEFLY)
    return caching.answer(request, body, etag=caching.etag_of(body), cache=cache)


def _document(
    definition: Definition,
    key: SeriesKey,
    understood: dict[str, Any],
    rows: tuple[Observation, ...],
    withheld: str | None,
) -> dict[str, Any]:
    licensed = definition.license
    told: dict[str, Any] = {
        "indicator": key.indicator,
        "scope": key.scope,
        "title": definition.title_for(key.scope),
        "unit": definition.unit,
        "frequency": definition.frequency,
        "attribution": definition.attribution,
        "license": licensed.model_dump(mode="json"),
        **understood,
        "count": len(rows),
        "observations": [_row(one, is_withheld=withheld is not None) for one in rows],
    }
    if withheld is not None:
        told["withheld"] = withheld
    if definition.is_factor:
        told["estimated"] = (
            f"a factor has no values of its own: {links.forecast(key, '')} holds its nowcast"
        )
    return told


def _withheld(session: Session, definition: Definition) -> str | None:
    """Say why values may not be shown: by their own licence, or by one of what they are made."""
    if definition.compose is None:
        is_shown = definition.license.shows_values
        return None if is_shown else "the source's licence does not allow its values to be shown"
    closed = observing.closed_by(session, definition)
    if closed is None:
        return None
    return f"the licence of {closed}, of which it is made, does not allow its values to be shown"


def _row(one: Observation, *, is_withheld: bool) -> dict[str, Any]:
    values: dict[str, Any] = (
        {} if is_withheld else {"value": one.value, "n": one.base, "details": one.details}
    )
    return {
        "period": str(one.period),
        **values,
        "missing": one.missing,
        "grade": one.grade,
        "known_at": one.known_at,
        "recorded_at": one.recorded_at,
        "pseudo": one.pseudo,
        "doubtful": _DOUBTFUL if is_withheld and one.doubtful else one.doubtful,
        "document": one.document,
        "run": one.run,
        "definition": one.definition,
    }
