"""`forecaster serve`: answer polls from what is published."""

from typing import Annotated

import typer

from forecaster.cli.options import DataDir, settings_from

Host = Annotated[str, typer.Option("--host", help="Address to listen on.")]
Port = Annotated[int, typer.Option("--port", help="Port to listen on.", min=0, max=65535)]


def serve(host: Host = "127.0.0.1", port: Port = 8000, data_dir: DataDir = None) -> None:
    """Serve alone: no scheduler, no models. Run as many as you like beside one worker.

    Example: forecaster serve --host 0.0.0.0 --port 8000
    """
    from forecaster.cli.server import bind, run
    from forecaster.logs import configure
    from forecaster.store.migrating import migrate

    settings = settings_from(data_dir)
    configure(settings.log_level, json=settings.log_json)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    listener = bind(host, port)
    migrate(settings.url)
    run(settings, listener)
