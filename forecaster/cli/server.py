"""The HTTP server that `up` and `serve` run."""

import signal
import socket
import sys

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


def run(settings: Settings, listener: socket.socket) -> None:
    """Serve the published documents until somebody stops us; then end well."""
    serving = build(settings)
    config = uvicorn.Config(
        create_app(serving),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=30,
    )
    for number in (signal.SIGINT, signal.SIGTERM):  # raised again when the server has shut down
        signal.signal(number, lambda *_: sys.exit(0))
    try:
        uvicorn.Server(config).run(sockets=[listener])
    finally:
        serving.database.close()
