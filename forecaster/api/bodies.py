"""Read the body of a request strictly: small, declared as what it is, no unknown fields."""

import json
from typing import TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from forecaster.api.lookup import nearest
from forecaster.api.problems import Problem

MOST_BYTES = 16_000
JSON = "application/json"

Model = TypeVar("Model", bound=BaseModel)


async def read(request: Request, model: type[Model]) -> Model:
    """Return the body as a value, or say what is wrong with it."""
    if media_type(request) != JSON:
        raise Problem("not-json", "send a JSON object with 'Content-Type: application/json'")
    return as_model(await received(request), model)


def media_type(request: Request) -> str:
    """Return what the body is declared as, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def as_model(body: bytes, model: type[Model]) -> Model:
    """Return a JSON body as a value, or say what is wrong with it."""
    given = _parsed(body)
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise _refusal(error, model) from error


async def received(request: Request, most_bytes: int = MOST_BYTES) -> bytes:
    """Return the bytes of the body; stop reading where there are too many."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise Problem(
                "too-large",
                f"the body may hold {most_bytes} bytes at most",
                headers={"Connection": "close"},  # the rest of the body was not read
            )
    return bytes(body)


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body, object_pairs_hook=_object, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Problem("malformed-request", f"the body is not one JSON object: {error}") from error


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read = dict(pairs)
    if len(read) < len(pairs):
        raise ValueError("a field stands in it twice")
    return read


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _refusal(error: ValidationError, model: type[BaseModel]) -> Problem:
    known = sorted(model.model_fields)
    wrong = []
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        name = ".".join(str(part) for part in one["loc"])
        message = one["msg"].removeprefix("Value error, ")
        if one["type"] == "extra_forbidden":
            message = f"is not a known field{nearest(name, known)}"
        wrong.append({"in": "body", "name": name, "message": message})
    told = "; ".join(f"{one['name'] or 'the body'}: {one['message']}" for one in wrong)
    return Problem("invalid-request", f"{told} (known fields: {', '.join(known)})", errors=wrong)
