"""Check a YAML without putting it in force, for teams without a shell and for their CI."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from forecaster.api import bodies, problems
from forecaster.api.problems import Problem
from forecaster.api.served import Served
from forecaster.definitions.declare import declare
from forecaster.definitions.document import read_document
from forecaster.definitions.problem import in_order
from forecaster.domain.indicator import Definition
from forecaster.publish.encoding import to_json

router = APIRouter(tags=["indicators"])

BURST, PER_SECOND = 20, 2.0
"""So many checks at once, and then so many a second, are answered by one server."""

MOST_BYTES = 200_000
_YAML = ("application/yaml", "text/yaml", "application/x-yaml", "text/x-yaml")
_NAME = "my-indicator"


class Given(BaseModel):
    """A YAML text, and the name of the file in which it stands."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str = Field(
        default=_NAME,
        max_length=200,
        description="the indicator's id, which is the file's name without .yml",
    )
    text: str = Field(description="what the file holds")


class Mistake(BaseModel):
    """One mistake, and where it stands."""

    line: int = Field(description="from 1")
    column: int = Field(description="from 1")
    message: str = Field(description="what was expected, what was found, the nearest right name")


class Verdict(BaseModel):
    """What is said of a text."""

    name: str
    good: bool
    problems: list[Mistake] = Field(description="in the order of their places")
    digest: str | None = Field(description="of the definition, if it is good")
    scopes: list[str] = Field(description="of the series that it would make")
    tests: int = Field(description="how many stand in it; 'forecaster check' runs them")


async def _given(
    request: Request,
    served: Served,
    name: Annotated[
        str, Query(max_length=200, description="the file's name without .yml", examples=[_NAME])
    ] = _NAME,
) -> Given:
    request.app.state.checks.take(served.clock())
    declared = bodies.media_type(request)
    if declared not in {bodies.JSON, *_YAML}:
        raise Problem(
            "not-yaml",
            "send the YAML with 'Content-Type: application/yaml', or a JSON object with 'name' "
            "and 'text' with 'Content-Type: application/json'",
        )
    body = await bodies.received(request, MOST_BYTES)
    if declared == bodies.JSON:
        return bodies.as_model(body, Given)
    try:
        return Given(name=name, text=body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        message = f"the body is not UTF-8 from byte {error.start} on"
        raise Problem("malformed-request", message) from error


_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/yaml": {"schema": {"type": "string"}},
            "application/json": {"schema": Given.model_json_schema()},
        },
    }
}


@router.post(
    "/v1/definitions:check",
    summary="Check an indicator's YAML",
    response_model=Verdict,
    openapi_extra=_BODY,
    responses=problems.documented(
        "malformed-request", "too-large", "not-yaml", "too-many-requests"
    ),
)
def check(given: Annotated[Given, Depends(_given)]) -> Response:
    """Say what is wrong with a text, by line and column, as `forecaster check` does.

    The text is looked at by itself: it is not put in force, its source is not asked, its tests
    are counted and not run, and ids of other files are not compared with its own.
    """
    document = read_document(given.text)
    result = declare(document, given.name)
    definition = result if isinstance(result, Definition) else None
    mistakes = [] if isinstance(result, Definition) else in_order(result)
    verdict = Verdict(
        name=given.name,
        good=definition is not None,
        problems=[
            Mistake(line=each.place.line, column=each.place.column, message=each.message)
            for each in mistakes
        ],
        digest=definition.digest if definition else None,
        scopes=list(definition.scopes) if definition else [],
        tests=len(definition.tests) if definition else 0,
    )
    return Response(
        to_json(verdict.model_dump(mode="json")),
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
