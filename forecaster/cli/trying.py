"""`forecaster try`: see what a definition would do, before it is put in force."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecaster.cli.options import Indicators, Json, settings_from

if TYPE_CHECKING:
    import httpx

    from forecaster.cycle.previewing import Preview
    from forecaster.cycle.rehearsing import Network
    from forecaster.domain.indicator import Definition
    from forecaster.settings import Settings

Days = Annotated[
    int, typer.Option("--days", help="So many days up to now are asked for.", min=1, max=3650)
]
Saved = Annotated[
    Path | None,
    typer.Option(
        "--from",
        help="A folder of saved answers, in the place of the network: an archive of ours, or "
        "files named like the last part of their address.",
        exists=True,
        file_okay=False,
    ),
]


def try_(
    file: Annotated[Path, typer.Argument(help="A YAML file.", exists=True, dir_okay=False)],
    days: Days = 30,
    saved: Saved = None,
    indicators: Indicators = None,
    as_json: Json = False,  # noqa: FBT002  (a flag of the command line)
) -> None:
    """Ask the source for real, and show values, assertions, a forecast and alerts; keep nothing.

    Example: forecaster try indicators/my-indicator.yml --days 30
    """
    from forecaster.cli.preview import as_document, show
    from forecaster.domain.errors import DefinitionsRefused, ForecasterError
    from forecaster.logs import configure

    configure("ERROR", json=False)
    settings = settings_from(indicators=indicators)
    try:
        definition = _read(file)
    except DefinitionsRefused as refused:
        raise ForecasterError(str(refused)) from refused
    origin, found = _previewed(definition, file, settings, days, saved)
    if as_json:
        typer.echo(json.dumps(as_document(definition, found, origin), default=str, indent=2))
    else:
        show(definition, found, origin)
    raise typer.Exit(0 if _is_well(found) else 1)


def _read(file: Path) -> Definition:
    from forecaster.definitions.load import read_file

    return read_file(file)


def _previewed(
    definition: Definition, file: Path, settings: Settings, days: int, saved: Path | None
) -> tuple[str, Preview]:
    """Ask the network, or what was saved; where it does not answer, the archive that is there."""
    from forecaster.collect.asking.given import Saved as FromFolder
    from forecaster.cycle.collecting import open_source
    from forecaster.domain.run import RunStatus

    ask = partial(_ask, definition, file, settings, days)
    if saved is not None:
        return str(saved), ask(FromFolder(saved))
    found = ask(_network(settings))
    archive = settings.data_dir / "archive"
    if found.run.status is RunStatus.UNAVAILABLE and not found.has_values and archive.is_dir():
        again = ask(FromFolder(archive))
        if again.has_values:
            return str(archive), again
    return ("files" if open_source(definition).shipped else "the source"), found


def _ask(
    definition: Definition,
    file: Path,
    settings: Settings,
    days: int,
    way: Network | httpx.BaseTransport,
) -> Preview:
    from forecaster.cli.progress import bars
    from forecaster.cycle.collecting import open_source
    from forecaster.cycle.pool import FittingPool
    from forecaster.cycle.previewing import preview
    from forecaster.cycle.rehearsing import staged
    from forecaster.settings import utc_now
    from forecaster.working import code_version

    now = utc_now()
    window = None if open_source(definition).shipped else (now - timedelta(days=days), now)
    pool = FittingPool(settings.workers)
    try:
        with (
            bars() as (watch, _),
            staged(definition, way, now=now, roots=_roots(settings, file)) as stage,
        ):
            return preview(
                stage,
                pool,
                code=code_version(),
                now=now,
                window=window,
                watch=watch,
            )
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _network(settings: Settings) -> Network:
    from forecaster.cycle.rehearsing import Network

    return Network(
        contact=settings.contact,
        allow_private=settings.allow_private_sources,
        proxy=settings.proxy.get_secret_value() if settings.proxy else None,
        keys=settings.keys,
    )


def _roots(settings: Settings, file: Path) -> tuple[Path, ...]:
    """Say where files of data lie: shipped, one's own, and beside the definition."""
    from forecaster.definitions.shipped import shipped_root

    own = [settings.own_indicators] if settings.own_indicators else []
    shipped = [shipped_root()] if settings.shipped else []
    roots = [path.resolve() for path in (*shipped, *own, file.parent)]
    return tuple(dict.fromkeys(roots))


def _is_well(found: Preview) -> bool:
    from forecaster.domain.run import RunStatus

    broken = any(each.holds is False for each in found.assertions)
    return found.run.status is RunStatus.OK and not broken
