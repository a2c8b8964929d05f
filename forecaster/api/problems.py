"""What went wrong, told as RFC 9457 problem documents that say what to do."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel, Field

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """One type of problem: its status and the title that all its documents share."""

    status: int
    title: str


KINDS: Mapping[str, Kind] = {
    "malformed-request": Kind(400, "The request cannot be read"),
    "key-needed": Kind(401, "This needs the admin key"),
    "not-found": Kind(404, "There is nothing of that name"),
    "no-forecast-yet": Kind(404, "There is no forecast yet"),
    "method-not-allowed": Kind(405, "This address does not take that method"),
    "endpoint-disabled": Kind(409, "The receiver is disabled"),
    "too-large": Kind(413, "The body is too large"),
    "not-json": Kind(415, "The body is not declared as JSON"),
    "not-yaml": Kind(415, "The body is not declared as YAML"),
    "invalid-request": Kind(422, "A part of the request is wrong or missing"),
    "receiver-refused": Kind(422, "The receiver's address may not be called"),
    "too-many-requests": Kind(429, "Too many at once"),
    "internal-error": Kind(500, "An error of ours"),
    "database-unavailable": Kind(503, "The database does not answer"),
    "not-ready": Kind(503, "The service is not ready"),
}


class Problem(Exception):
    """A reason not to answer as asked; becomes a problem document."""

    def __init__(
        self,
        kind: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **members: object,
    ) -> None:
        """Say what is wrong and what to do, and give further members of the document."""
        super().__init__(detail)
        self.kind, self.detail, self.headers = kind, detail, dict(headers or {})
        self.members = members


class ProblemDocument(BaseModel):
    """The document that every refusal carries (RFC 9457)."""

    type: str = Field(description="which problem it is; the address says more about it")
    title: str
    status: int
    detail: str = Field(description="what is wrong here, and what to do")
    errors: list[dict[str, str]] | None = Field(
        default=None, description="each wrong part of the request: where, name, message"
    )


def response(problem: Problem) -> Response:
    """Render a problem."""
    kind = KINDS[problem.kind]
    document = {
        "type": f"/problems/{problem.kind}",
        "title": kind.title,
        "status": kind.status,
        "detail": problem.detail,
        **problem.members,
    }
    return Response(
        json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"),
        status_code=kind.status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **problem.headers},
    )


async def answer(_request: Request, problem: Problem) -> Response:
    """Answer a request with the problem that it met."""
    return response(problem)


def documented(*kinds: str) -> dict[int | str, dict[str, Any]]:
    """Describe, for the OpenAPI document, the problems that an address may answer with."""
    by_status: dict[int | str, list[str]] = {}
    for name in kinds:
        by_status.setdefault(KINDS[name].status, []).append(KINDS[name].title)
    return {status: _described("; ".join(titles)) for status, titles in by_status.items()} | {
        "default": _described("Any other problem")
    }


def _described(description: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{ProblemDocument.__name__}"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}
