"""`forecaster up`: the whole service on one machine, a server with a worker as its child."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from forecaster.cli.options import DataDir, Indicators, settings_from
from forecaster.cli.serve import Host, Port

if TYPE_CHECKING:
    from rich.console import Console

    from forecaster.settings import Settings


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
    if settings.indicators_dir is None:
        with suppress(OSError):  # where none may be made, the shipped ones stand alone
            Path("indicators").mkdir(exist_ok=True)
    configure(settings.log_level, json=settings.log_json)
    screen = Console(stderr=True)
    listener = bind(host, port)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrate(settings.url)
    address = f"http://{_shown(host)}:{listener.getsockname()[1]}"
    _greet(screen, settings, address)

    def announce() -> None:
        screen.print(f"The first forecasts are there: {address}/v1/forecasts")

    environment = {"FORECASTER_DATA_DIR": str(settings.data_dir)}
    if settings.own_indicators:
        environment["FORECASTER_INDICATORS_DIR"] = str(settings.own_indicators)
    child = Child(environment, announce)
    try:
        run(settings, listener)
    finally:
        child.stop()


def _greet(screen: Console, settings: Settings, address: str) -> None:
    """Print what there is to open, and with what key."""
    screen.print(f"Serving on {address}; the first forecasts follow.")
    for name in ("forecasts", "indicators", "alerts"):
        screen.print(f"{name.capitalize():<11} {address}/v1/{name}")
    if settings.own_indicators:
        screen.print(f"Your own    put YAML files into {settings.own_indicators}/")
    screen.print(f"Admin key   {_admin_key(settings, shown=screen.is_terminal)}", highlight=False)


def _shown(host: str) -> str:
    """Write a host as it stands in an address that a person can open."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104  (shown, not bound)
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _admin_key(settings: Settings, *, shown: bool) -> str:
    """Say where the key is; show one that was made here, and on a terminal alone."""
    if settings.admin_key is not None:
        return "the one in FORECASTER_ADMIN_KEY"
    key = settings.admin_key_text()
    where = settings.data_dir / "admin.key"
    return f"{key} (kept in {where})" if shown else f"kept in {where}"
