"""The command: what it is called, what it can do, and how it says that something is wrong."""

import sys

import typer

from forecaster.cli import (
    catalogue,
    check,
    collect,
    forecast,
    reparse,
    serve,
    status,
    trying,
    up,
    work,
)
from forecaster.domain.errors import ForecasterError, StoreUnavailable

app = typer.Typer(
    name="forecaster",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Do displays of unity turn into operations? Indicators, forecasts, alerts.",
    epilog="Start with: forecaster up",
)
app.command()(up.up)
app.command()(serve.serve)
app.command()(work.work)
app.command()(check.check)
app.command(name="try")(trying.try_)
app.command()(catalogue.catalogue)
app.command()(collect.collect)
app.command()(reparse.reparse)
app.command()(forecast.forecast)
app.command()(forecast.backtest)
app.command()(status.status)


def main() -> None:
    """Run the command; a refusal is one clear message and exit code 1."""
    try:
        app()
    except ForecasterError as error:
        hint = "; `forecaster up` makes one" if isinstance(error, StoreUnavailable) else ""
        typer.echo(f"forecaster: {error}{hint}", err=True)
        sys.exit(1)
