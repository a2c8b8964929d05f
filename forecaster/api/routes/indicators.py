"""What is watched, from which source, and how that source stands."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from forecaster.api import caching, problems
from forecaster.api.lookup import definition_of
from forecaster.api.served import Served
from forecaster.cycle import observing
from forecaster.domain.indicator import Definition, Status
from forecaster.domain.run import Run, RunStatus
from forecaster.publish import documents
from forecaster.publish.encoding import to_json
from forecaster.store import catalogue, runs
from forecaster.store.database import Session

router = APIRouter(tags=["indicators"])

_OF_THE_DOCUMENT = ("status", "digest", "recorded_at", "declaration", "links")
_INTERRUPTED = "the last run was interrupted; the next one takes up where it stopped"


@dataclass(frozen=True)
class Standing:
    """How an indicator's source stands: its last run, and the last one that went well."""

    source: str
    last: Run | None
    last_ok: Run | None

    def told(self, now: datetime) -> dict[str, Any]:
        """Say it; the age is that at the last full minute, so that one minute's answers agree."""
        succeeded_at = _ended(self.last_ok)
        minute = now.replace(second=0, microsecond=0)
        return {
            "name": self.source,
            "status": self._status(),
            "last_run_at": self.last.began_at if self.last else None,
            "last_success_at": succeeded_at,
            "age_seconds": succeeded_at and max(0, int((minute - succeeded_at).total_seconds())),
            "error": self._error(),
        }

    def _status(self) -> str:
        if self.last is None:
            return "never_run"
        return "failed" if self.last.status is RunStatus.INTERRUPTED else str(self.last.status)

    def _error(self) -> str | None:
        if self.last is None:
            return None
        is_cut = self.last.status is RunStatus.INTERRUPTED
        return self.last.error or (_INTERRUPTED if is_cut else None)


@router.get(
    "/v1/indicators",
    summary="List what is watched",
    responses=problems.documented("database-unavailable"),
)
def indicators(
    request: Request,
    served: Served,
    *,
    hidden: Annotated[bool, Query(description="also those whose status is hidden")] = False,
) -> Response:
    """Answer with every indicator in force, and with the files that were refused and why."""
    now = served.clock()
    with served.database.read() as session:
        definitions = catalogue.current(session)
        latest = runs.latest(session)
        told = [
            _summary(one) | {"source": _source(session, one, latest, now)}
            for one in definitions
            if hidden or one.status is not Status.HIDDEN
        ]
        refused = catalogue.problems(session)
    body = to_json(
        {
            "count": len(told),
            "indicators": told,
            "refused": [
                {"file": file, "line": line, "column": column, "message": message}
                for file, line, column, message in refused
            ],
        }
    )
    return _this_minute(request, body)


@router.get(
    "/v1/indicators/{indicator}",
    summary="One indicator",
    responses=problems.documented("not-found", "database-unavailable"),
)
def indicator(request: Request, served: Served, indicator: str) -> Response:
    """Answer with what its YAML says, its versions, and how its source stands."""
    now = served.clock()
    with served.database.read() as session:
        definition, versions = definition_of(session, indicator)
        source = _source(session, definition, runs.latest(session), now)
        noted = [
            {"run": run.id, "at": run.began_at, "notes": run.notes}
            for run in runs.noted(session, indicator)
        ]
    newest = versions[-1]
    document: dict[str, Any] = json.loads(
        documents.indicator(definition, 0, newest.recorded_at, newest.status)
    )
    body = to_json(
        _summary(definition)
        | {name: document[name] for name in _OF_THE_DOCUMENT}
        | {
            "source": source | {"notes": noted},
            "versions": [version._asdict() for version in versions],
        }
    )
    return _this_minute(request, body)


def _summary(definition: Definition) -> dict[str, Any]:
    licensed = definition.license
    return {
        "id": definition.id,
        "title": definition.title,
        "role": definition.role,
        "unit": definition.unit,
        "frequency": definition.frequency,
        "family": definition.family,
        "scopes": list(definition.scopes),
        "status": definition.status,
        "superseded_by": definition.superseded_by,
        "attribution": definition.attribution,
        "license": licensed.model_dump(mode="json"),
    }


def _source(
    session: Session, definition: Definition, latest: Mapping[str, Run], now: datetime
) -> dict[str, Any]:
    """Say how the source stands; of what is composed, the one of its inputs that stands worst."""
    if definition.compose is None:
        return _standing(session, definition, latest).told(now)
    weakest = observing.weakest(session, definition, latest)
    if weakest is None:
        return Standing("compose", None, None).told(now)
    told = _standing(session, weakest, latest).told(now)
    error = told["error"] and f"{weakest.id}: {told['error']}"
    return {**told, "name": "compose", "error": error, "input": weakest.id}


def _standing(session: Session, definition: Definition, latest: Mapping[str, Run]) -> Standing:
    last = latest.get(definition.id)
    is_well = last is None or last.status is RunStatus.OK
    last_ok = last if is_well else runs.last_ok(session, definition.id)
    return Standing(definition.asked.source, last, last_ok)


def _ended(run: Run | None) -> datetime | None:
    return (run.ended_at or run.began_at) if run else None


def _this_minute(request: Request, body: bytes) -> Response:
    cache = caching.keep_for(caching.BRIEFLY)
    return caching.answer(request, body, etag=caching.etag_of(body), cache=cache)
