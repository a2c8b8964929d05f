"""`forecaster collect`: ask sources now, or fetch their past."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from forecaster.cli.options import DataDir, Indicators, Json, settings_from
from forecaster.domain.errors import ForecasterError, NothingToCollect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecaster.domain.indicator import Definition


def collect(
    indicator: Annotated[
        str | None, typer.Argument(help="An indicator's id.  [default: all]")
    ] = None,
    backfill: Annotated[
        str | None, typer.Option(help="Days to fetch from the past: FROM..TO, both included.")
    ] = None,
    data_dir: DataDir = None,
    indicators: Indicators = None,
    as_json: Json = False,  # noqa: FBT002  (a flag of the command line)
) -> None:
    """Collect now; exit code 1 if a source could not be read. A stopped backfill resumes.

    Example: forecaster collect gdelt-material-cooperation --backfill 2026-01-01..2026-01-31
    """
    from forecaster.cli.progress import bars
    from forecaster.cli.show import rows
    from forecaster.cycle.collecting import collect as collect_one
    from forecaster.cycle.declaring import declare
    from forecaster.domain.run import RunStatus, Trigger
    from forecaster.logs import configure
    from forecaster.store import catalogue
    from forecaster.working import open_working

    window = _window(backfill) if backfill else None
    trigger = Trigger.BACKFILL if window else Trigger.MANUAL
    settings = settings_from(data_dir, indicators)
    configure("WARNING", json=settings.log_json)
    with open_working(settings) as working, bars() as (watch, _):
        with working.database.read() as session:
            in_force = catalogue.current(session)
        if not in_force:  # nothing was declared yet: who runs first does it
            declare(working.database, working.roots, now=working.now())
        with working.database.read() as session:
            chosen = (
                [catalogue.get(session, indicator)] if indicator else catalogue.current(session)
            )
        chosen = _asked(chosen, indicator, backfill=window is not None)
        runs = [
            collect_one(
                working.tools,
                definition,
                trigger,
                now=working.now(),
                window=window,
                watch=partial(watch, definition.id),
            )
            for definition in chosen
        ]

    facts = ("indicator", "status", "documents", "new", "revised", "doubtful", "error")
    found = [{name: getattr(run, name) for name in facts} for run in runs]
    rows("Runs", found, as_json=as_json, empty="No indicator is in force.")
    raise typer.Exit(0 if all(run.status is RunStatus.OK for run in runs) else 1)


def _asked(chosen: Sequence[Definition], named: str | None, *, backfill: bool) -> list[Definition]:
    """Leave out what is composed or paused, and of a backfill what has no past; or say so."""
    from forecaster.cycle.collecting import open_source
    from forecaster.domain.indicator import Status

    if named is not None and chosen[0].inputs:
        raise NothingToCollect(named, chosen[0].inputs)
    sourced = [each for each in chosen if each.collect is not None]
    awake = [each for each in sourced if each.status is not Status.PAUSED]
    if named is not None and not awake:
        raise ForecasterError(f"{named} is paused: its file says 'status: paused'")
    asked = [each for each in awake if not (backfill and open_source(each).shipped)]
    if backfill and not asked:
        raise ForecasterError(f"{named} comes from files: there is no past to fetch")
    return asked


def _window(text: str) -> tuple[datetime, datetime]:
    try:
        first, last = (date.fromisoformat(part) for part in text.split(".."))
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is not FROM..TO, such as 2026-01-01..2026-01-31", param_hint="--backfill"
        ) from None
    if last < first:
        raise typer.BadParameter(f"{first} lies after {last}", param_hint="--backfill")
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    end = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)
    return start, end
