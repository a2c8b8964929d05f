"""`forecaster check`: say what is wrong with definitions, before they are put in force."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecaster.cli.options import Indicators, Json, settings_from

if TYPE_CHECKING:
    from forecaster.definitions.problem import Problem
    from forecaster.domain.indicator import Definition


def check(
    path: Annotated[
        Path | None,
        typer.Argument(help="A YAML file or a directory.  [default: all in force]", exists=True),
    ] = None,
    indicators: Indicators = None,
    as_json: Json = False,  # noqa: FBT002  (a flag of the command line)
) -> None:
    """Check definitions; exit code 1 if one is wrong, with file, line and column.

    Example: forecaster check indicators/my-indicator.yml
    """
    from forecaster.definitions.load import load_catalogue
    from forecaster.definitions.lookups import load_lookups
    from forecaster.definitions.shipped import shipped_root

    if path is not None and path.is_file():
        good, problems = _one(path)
    else:
        settings = settings_from(indicators=indicators)
        own = path or settings.own_indicators
        shipped = [shipped_root()] if settings.shipped else []
        roots = [*shipped, *([own] if own else [])]
        loaded = load_catalogue(roots)
        good, problems = loaded.catalogue, (*loaded.problems, *load_lookups(roots).problems)

    if as_json:
        found = [problem._asdict() for problem in problems]
        typer.echo(json.dumps({"good": [each.id for each in good], "problems": found}, indent=2))
    else:
        for problem in problems:
            typer.echo(str(problem), err=True)
        series = sum(len(each.scopes) for each in good)
        typer.echo(f"{len(good)} good ({series} series), {len(problems)} problems")
    raise typer.Exit(1 if problems else 0)


def _one(path: Path) -> tuple[tuple[Definition, ...], tuple[Problem, ...]]:
    from forecaster.definitions.load import read_file
    from forecaster.definitions.lookups import is_lookup, read_lookup
    from forecaster.definitions.problem import Problem
    from forecaster.domain.errors import DefinitionsRefused

    try:
        if is_lookup(path):
            read_lookup(path)
            return (), ()
        return (read_file(path),), ()
    except DefinitionsRefused as refused:
        return (), tuple(each for each in refused.problems if isinstance(each, Problem))
