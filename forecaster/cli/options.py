"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecaster.domain.errors import ForecasterError

if TYPE_CHECKING:
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
    from pydantic import ValidationError

    from forecaster.settings import Settings

    given = {"data_dir": data_dir, "indicators_dir": indicators}
    try:
        return Settings.model_validate({k: v for k, v in given.items() if v is not None})
    except ValidationError as error:
        wrong = (
            f"FORECASTER_{one['loc'][0]}".upper() + f": {one['msg']}" for one in error.errors()
        )
        raise ForecasterError("; ".join(wrong)) from error
