"""Errors of the framework, the domain and the database, told as problems."""

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from forecaster.api import problems
from forecaster.api.lookup import nearest
from forecaster.api.problems import Problem
from forecaster.domain.errors import StoreUnavailable, UnknownName


def register(app: FastAPI) -> None:
    """Let every error that a request can meet become a problem document."""
    app.exception_handler(Problem)(problems.answer)
    app.exception_handler(UnknownName)(_unknown_name)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(HTTPException)(_not_routed)


def unexpected(error: Exception) -> Problem:
    """Tell an error that nobody answered, without what only the log should hold."""
    if isinstance(error, StoreUnavailable):
        return Problem(
            "database-unavailable",
            "the database did not answer in time; try again",
            headers={"Retry-After": "5"},
        )
    return Problem("internal-error", "this request failed; the service's log says why")


async def _unknown_name(_request: Request, error: UnknownName) -> Response:
    return problems.response(Problem("not-found", str(error)))


async def _invalid(_request: Request, error: RequestValidationError) -> Response:
    wrong = [
        {
            "in": str(one["loc"][0]),
            "name": ".".join(str(part) for part in one["loc"][1:]),
            "message": str(one["msg"]).removeprefix("Value error, "),
        }
        for one in error.errors()
    ]
    told = "; ".join(f"{one['name']}: {one['message']}" for one in wrong)
    return problems.response(Problem("invalid-request", told, errors=wrong))


async def _not_routed(request: Request, error: HTTPException) -> Response:
    """Answer where no route takes the path, or none takes the method."""
    paths = request.app.openapi()["paths"]
    if error.status_code == 405:  # noqa: PLR2004  (the framework's number for it)
        allowed = _methods(paths.get(request.scope["route"].path, {"get": None}))
        detail = f"{request.method} is not for this address; it takes {', '.join(allowed)}"
        headers = {"Allow": ", ".join(allowed)}
        return problems.response(Problem("method-not-allowed", detail, headers=headers))
    if error.status_code == 404:  # noqa: PLR2004  (the framework's number for it)
        near = nearest(request.url.path, [path for path in paths if "{" not in path])
        hint = near or "; / lists the addresses"
        return problems.response(Problem("not-found", f"there is no such address{hint}"))
    return problems.response(Problem("malformed-request", str(error.detail)))


def _methods(operations: dict[str, object]) -> list[str]:
    methods = {name.upper() for name in operations}
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))
