"""Make the HTTP server that `up` and `serve` run."""

import socket

import uvicorn

from forecaster.api.app import create_app
from forecaster.domain.errors import ForecasterError
from forecaster.serving import build
from forecaster.settings import Settings


def bind(host: str, port: int) -> socket.socket:
    """Take the address before any work is done, or say who may be in the way."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        raise ForecasterError(
            f"cannot listen on {host}:{port} ({error.strerror or error}); "
            "stop what runs there, or choose another with --port"
        ) from error


def server_on(settings: Settings) -> uvicorn.Server:
    """Make a server over the published documents."""
    app = create_app(build(settings))
    return uvicorn.Server(
        uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, timeout_keep_alive=30
        )
    )
