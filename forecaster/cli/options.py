"""The options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from forecaster.settings import Settings

DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Database, keys, raw documents.  [default: ./data]"),
]
Indicators = Annotated[
    Path | None,
    typer.Option(
        "--indicators",
        help="Definitions of your own.  [default: ./indicators, if it is there]",
        exists=True,
        file_okay=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]


def settings_from(data_dir: Path | None = None, indicators: Path | None = None) -> Settings:
    """Take the environment's settings, and the command line's where it has any."""
    given = {"data_dir": data_dir, "indicators_dir": indicators}
    return Settings.model_validate({k: v for k, v in given.items() if v is not None})
