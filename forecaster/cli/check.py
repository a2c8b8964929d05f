"""`forecaster check`: say what is wrong with definitions, before they are put in force."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecaster.cli.options import Indicators, Json, settings_from

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from forecaster.definitions.load import Loaded
    from forecaster.definitions.problem import Problem
    from forecaster.domain.indicator import Definition

NoTests = Annotated[
    bool, typer.Option("--no-tests", help="Do not run the tests that stand in the files.")
]
RequireTests = Annotated[
    bool, typer.Option("--require-tests", help="Refuse a definition that has no test.")
]
_MANY = 10


def check(
    path: Annotated[
        Path | None,
        typer.Argument(help="A YAML file or a directory.  [default: all in force]", exists=True),
    ] = None,
    indicators: Indicators = None,
    no_tests: NoTests = False,  # noqa: FBT002  (a flag of the command line)
    require_tests: RequireTests = False,  # noqa: FBT002  (a flag of the command line)
    as_json: Json = False,  # noqa: FBT002  (a flag of the command line)
) -> None:
    """Check definitions and run their tests; exit code 1 if one is wrong, with line and column.

    Example: forecaster check indicators/my-indicator.yml
    """
    from forecaster.logs import configure

    configure("ERROR", json=False)
    good, sources, problems = _read(path, indicators)
    tests = sum(len(each.tests) for each in good)
    if require_tests:
        problems += _untested(good, sources)
    if not no_tests:
        problems += _run_tests(good, sources)

    if as_json:
        found = [problem._asdict() for problem in problems]
        told = {"good": [each.id for each in good], "tests": tests, "problems": found}
        typer.echo(json.dumps(told, indent=2))
    else:
        for problem in problems:
            typer.echo(str(problem), err=True)
        series = sum(len(each.scopes) for each in good)
        run = "not run" if no_tests else "run"
        typer.echo(
            f"{len(good)} good ({series} series), {tests} tests {run}, {len(problems)} problems"
        )
    raise typer.Exit(1 if problems else 0)


def _read(
    path: Path | None, indicators: Path | None
) -> tuple[Sequence[Definition], Mapping[str, Path], list[Problem]]:
    """Return the good definitions, the file of each, and what is wrong with the others."""
    from forecaster.definitions.load import load_catalogue
    from forecaster.definitions.lookups import load_lookups
    from forecaster.definitions.shipped import shipped_root

    if path is not None and path.is_file():
        return _one(path)
    settings = settings_from(indicators=indicators)
    own = path or settings.own_indicators
    shipped = [shipped_root()] if settings.shipped else []
    roots = [*shipped, *([own] if own else [])]
    loaded: Loaded = load_catalogue(roots)
    problems = [*loaded.problems, *load_lookups(roots).problems]
    return loaded.catalogue, loaded.sources, problems


def _one(path: Path) -> tuple[Sequence[Definition], Mapping[str, Path], list[Problem]]:
    from forecaster.definitions.load import read_file
    from forecaster.definitions.lookups import is_lookup, read_lookup
    from forecaster.definitions.problem import Problem
    from forecaster.domain.errors import DefinitionsRefused

    try:
        if is_lookup(path):
            read_lookup(path)
            return (), {}, []
        definition = read_file(path)
    except DefinitionsRefused as refused:
        return (), {}, [each for each in refused.problems if isinstance(each, Problem)]
    problems = _beside_others(path) if definition.inputs else []
    return (definition,), {definition.id: path}, problems


def _beside_others(path: Path) -> list[Problem]:
    """Find what is wrong with a file only where others lie beside it: what it is composed of."""
    from forecaster.definitions.load import load_catalogue
    from forecaster.definitions.shipped import shipped_root

    loaded = load_catalogue([shipped_root(), path.absolute().parent])
    return [
        problem._replace(file=str(path))
        for problem in loaded.problems
        if problem.file == str(path.absolute())
    ]


def _untested(good: Sequence[Definition], sources: Mapping[str, Path]) -> Iterator[Problem]:
    from forecaster.definitions.problem import Problem

    for definition in good:
        if not definition.tests:
            message = "has no test: under 'tests:', say what is given and what to expect"
            yield Problem(str(sources[definition.id]), 1, 1, message)


def _run_tests(good: Sequence[Definition], sources: Mapping[str, Path]) -> Iterator[Problem]:
    """Run every test, and show how far that has come."""
    from forecaster.cli.progress import bars
    from forecaster.cycle.trying import failures
    from forecaster.definitions.places import problem_of, read_again
    from forecaster.domain.faults import Fault

    tried = [(each, place) for each in good for place in range(len(each.tests))]
    shown = bars() if len(tried) > _MANY else nullcontext((lambda *_: None, None))
    with shown as (watch, _):
        for done, (definition, place) in enumerate(tried, start=1):
            example = definition.tests[place]
            source = sources[definition.id]
            named = f"test {example.name!r}" if example.name else f"test {place + 1}"
            for fault in failures(definition, example):
                told = Fault(f"{named}: {fault.message}", ("tests", place, *fault.at))
                yield problem_of(told, read_again(source), source)
            watch("tests", done, len(tried))
