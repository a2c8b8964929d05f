"""The outermost layer: HEAD, the headers of every answer, and errors that nobody expected."""

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from forecaster.api import problems
from forecaster.api.refusals import unexpected

log = structlog.get_logger(__name__)

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class Edge:
    """Wraps the application; what passes here is what the world sees."""

    def __init__(self, app: ASGIApp) -> None:
        """Take the application to wrap."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a HEAD is a GET whose body stays here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_head = scope["method"] == "HEAD"
        inner = {**scope, "method": "GET"} if is_head else scope
        outgoing = _Outgoing(send, is_head=is_head)
        try:
            await self._app(inner, receive, outgoing)
        except Exception as error:
            problem = unexpected(error)
            _log(scope, problem, error)
            if outgoing.has_started:
                raise
            await problems.response(problem)(inner, receive, outgoing)


class _Outgoing:
    """Passes an answer on: with the headers of every answer, to a HEAD without its body."""

    def __init__(self, send: Send, *, is_head: bool) -> None:
        self._send, self._is_head = send, is_head
        self.has_started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_started = True
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        elif self._is_head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)


def _log(scope: Scope, problem: problems.Problem, error: Exception) -> None:
    facts = {"method": scope["method"], "path": scope["path"], "problem": problem.kind}
    if problem.kind == "internal-error":
        log.error("request_failed", **facts, exc_info=error)
    else:  # known trouble: its first line says all
        log.warning("request_failed", **facts, error=str(error).partition("\n")[0])
