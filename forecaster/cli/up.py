"""`forecaster up`: the whole service on one machine, a server with a worker as its child."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from forecaster.cli.options import DataDir, Indicators, settings_from
from forecaster.cli.serve import Host, Port

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console


def up(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    data_dir: DataDir = None,
    indicators: Indicators = None,
) -> None:
    """Set up what is missing, make the first forecasts, and serve.

    Example: forecaster up --port 8000 --data-dir data
    """
    from rich.console import Console

    from forecaster.cli.server import bind, server_on
    from forecaster.logs import configure
    from forecaster.store.migrating import migrate

    settings = settings_from(data_dir, indicators)
    configure(settings.log_level, json=settings.log_json)
    screen = Console(stderr=True)
    listener = bind(host, port)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrate(settings.url)
    server = server_on(settings)
    address = f"http://{host}:{listener.getsockname()[1]}"
    screen.print(f"Serving on {address}; the first forecasts follow.")
    if settings.own_indicators:
        screen.print(f"Definitions: the shipped ones, and those in {settings.own_indicators}/")

    def announce() -> None:
        screen.print(f"Forecasts   {address}/v1/forecasts")
        screen.print(f"Indicators  {address}/v1/indicators")
        screen.print(f"Alerts      {address}/v1/alerts")
        _show_key(screen, settings.admin_key_text(), settings.data_dir)

    child = Child(
        {
            "FORECASTER_DATA_DIR": str(settings.data_dir),
            **(
                {"FORECASTER_INDICATORS_DIR": str(settings.own_indicators)}
                if settings.own_indicators
                else {}
            ),
        },
        announce,
    )
    try:
        server.run(sockets=[listener])
    finally:
        child.stop()


def _show_key(screen: Console, key: str, data_dir: Path) -> None:
    where = data_dir / "admin.key"
    shown = key if screen.is_terminal else "not shown, this is no terminal"
    screen.print(f"Admin key   {shown} (kept in {where})", highlight=False)


LONG_LIFE_SECONDS = 60


class Child:
    """The worker as a child process: started again if it dies, stopped when we stop."""

    def __init__(self, environment: dict[str, str], ready: Callable[[], None]) -> None:
        """Start it."""
        self.environment = {**os.environ, **environment}
        self.ready, self.stopping = ready, threading.Event()
        self.process: subprocess.Popen[str] | None = None
        self.thread = threading.Thread(target=self._keep_alive, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """Ask it to end by closing its input; insist after ten seconds."""
        self.stopping.set()
        process = self.process
        if process is None or process.stdin is None:
            return
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()

    def _keep_alive(self) -> None:
        wait = 1.0
        while not self.stopping.is_set():
            began = time.monotonic()
            self.process = subprocess.Popen(
                [sys.executable, "-m", "forecaster", "work", "--child"],
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            self._listen(self.process)
            self.process.wait()
            lived_long = time.monotonic() - began > LONG_LIFE_SECONDS
            wait = 1.0 if lived_long else min(wait * 2, 60)
            self.stopping.wait(wait)

    def _listen(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            if json.loads(line).get("ready"):
                self.ready()
