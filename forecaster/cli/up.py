"""`forecaster up`: the whole service on one machine, a server with a worker as its child."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forecaster.cli.options import DataDir, Indicators, settings_from
from forecaster.cli.serve import Host, Port

if TYPE_CHECKING:
    from pathlib import Path

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

    from forecaster.cli.child import Child
    from forecaster.cli.server import bind, run
    from forecaster.logs import configure
    from forecaster.store.migrating import migrate

    settings = settings_from(data_dir, indicators)
    configure(settings.log_level, json=settings.log_json)
    screen = Console(stderr=True)
    listener = bind(host, port)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrate(settings.url)
    address = f"http://{host}:{listener.getsockname()[1]}"
    screen.print(f"Serving on {address}; the first forecasts follow.")
    if settings.own_indicators:
        screen.print(f"Definitions: the shipped ones, and those in {settings.own_indicators}/")

    def announce() -> None:
        screen.print(f"Forecasts   {address}/v1/forecasts")
        screen.print(f"Indicators  {address}/v1/indicators")
        screen.print(f"Alerts      {address}/v1/alerts")
        _show_key(screen, settings.admin_key_text(), settings.data_dir)

    environment = {"FORECASTER_DATA_DIR": str(settings.data_dir)}
    if settings.own_indicators:
        environment["FORECASTER_INDICATORS_DIR"] = str(settings.own_indicators)
    child = Child(environment, announce)
    try:
        run(settings, listener)
    finally:
        child.stop()


def _show_key(screen: Console, key: str, data_dir: Path) -> None:
    where = data_dir / "admin.key"
    shown = key if screen.is_terminal else "not shown, this is no terminal"
    screen.print(f"Admin key   {shown} (kept in {where})", highlight=False)
