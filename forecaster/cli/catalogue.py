"""`forecaster catalogue`: what is watched, and what each indicator proves and cannot say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from forecaster.cli.options import Indicators, Json, settings_from

if TYPE_CHECKING:
    from pathlib import Path

    from forecaster.domain.indicator import Definition
    from forecaster.publish.guide import Entry, Held

Markdown = Annotated[
    bool, typer.Option("--markdown", help="Print the page that docs/indicators.md holds.")
]


def catalogue(
    indicators: Indicators = None,
    markdown: Markdown = False,  # noqa: FBT002  (a flag of the command line)
    as_json: Json = False,  # noqa: FBT002  (a flag of the command line)
) -> None:
    """List the indicators: role, series, source, how much of the past is at hand.

    Example: forecaster catalogue --markdown > docs/indicators.md
    """
    from forecaster.cli.show import rows
    from forecaster.definitions.load import load_catalogue
    from forecaster.definitions.shipped import shipped_root
    from forecaster.logs import configure
    from forecaster.publish import guide

    configure("ERROR", json=False)
    settings = settings_from(indicators=indicators)
    own = [settings.own_indicators] if settings.own_indicators else []
    roots = ([shipped_root()] if settings.shipped else []) + own
    entries = [_entry(each, tuple(roots)) for each in load_catalogue(roots).catalogue]
    if markdown:
        typer.echo(guide.markdown(entries), nl=False)
        return
    found = [
        {
            "id": entry.definition.id,
            "role": str(entry.definition.role),
            "status": str(entry.definition.status),
            "series": guide.scopes_told(entry.definition),
            "frequency": str(entry.definition.frequency),
            "source": guide.source_told(entry.definition).replace("`", ""),
            "history_held": guide.held_told(entry.definition, entry.held),
            "proves": entry.definition.proves,
            "cannot_say": entry.definition.cannot_say,
            "license": entry.definition.license.name,
        }
        for entry in entries
    ]
    shown = ("id", "role", "frequency", "source", "history_held")
    rows("Indicators", found, as_json=as_json, empty="No definition is good.", shown=shown)


def _entry(definition: Definition, roots: tuple[Path, ...]) -> Entry:
    from forecaster.publish.guide import Entry

    return Entry(definition, _held(definition, roots))


def _held(definition: Definition, roots: tuple[Path, ...]) -> Held | None:
    """Read what lies in files of an indicator's past, as the first day of the service does."""
    from forecaster.cycle.collecting import open_source
    from forecaster.cycle.rehearsing import Network, staged
    from forecaster.publish.guide import Held
    from forecaster.settings import utc_now

    if definition.collect is None or not open_source(definition).shipped:
        return None
    now = utc_now()
    with staged(definition, Network(), now=now, roots=roots) as stage:
        stage.collect(now)
        known = [
            seen for series in stage.known().values() for seen in series if seen.value is not None
        ]
    if not known:
        return None
    days = [seen.period.start for seen in known]
    last = max(known, key=lambda seen: seen.period.start).period.last_day
    return Held(min(days), last, len(known))
