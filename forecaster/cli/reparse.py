"""`forecaster reparse`: rebuild an indicator's observations from the archive."""

from typing import Annotated

import typer

from forecaster.cli.options import DataDir, Indicators, Json, settings_from


def reparse(
    indicator: Annotated[str, typer.Argument(help="An indicator's id.")],
    data_dir: DataDir = None,
    indicators: Indicators = None,
    as_json: Json = False,  # noqa: FBT002  (a flag of the command line)
) -> None:
    """Read its archived documents again; what they now say otherwise is recorded as a correction.

    Example: forecaster reparse gdelt-material-cooperation
    """
    from forecaster.cli.progress import bars
    from forecaster.cli.show import rows
    from forecaster.cycle.reparsing import reparse as reparse_one
    from forecaster.domain.run import RunStatus
    from forecaster.logs import configure
    from forecaster.store import catalogue
    from forecaster.working import open_working

    settings = settings_from(data_dir, indicators)
    configure("WARNING", json=settings.log_json)
    with open_working(settings) as working, bars() as (watch, _):
        with working.database.read() as session:
            definition = catalogue.get(session, indicator)
        run = reparse_one(
            working.tools,
            definition,
            now=working.now(),
            watch=lambda done, total: watch(f"{indicator}: runs read again", done, total),
        )

    facts = ("indicator", "status", "documents", "new", "revised", "doubtful", "error")
    found = [{name: getattr(run, name) for name in facts}]
    rows("Read again", found, as_json=as_json, empty="")
    raise typer.Exit(0 if run.status is RunStatus.OK else 1)
