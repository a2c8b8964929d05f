"""The catalogue as a page for people: what each indicator is evidence of, and what it is not."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from forecaster.domain.actors import CORE_DYADS
from forecaster.domain.indicator import Definition, Role, Status

COMMAND = "forecaster catalogue --markdown"

_WIDTH = 99
_SCOPES_OF_TITLE = re.compile(r"[,:(]?\s*\{.*$")
_HEADINGS = {
    Role.DISPLAY: "Displays: what leaders want to be seen",
    Role.OPERATIONAL: "Operational acts: what is done together",
    Role.CRACK: "Cracks: grievances, and help that did not come",
    Role.HEDGING: "Hedging: third parties that keep their choices open",
    Role.POSTURE: "Posture: what the United States does",
    Role.CONTEXT: "Context: what moves all the rest",
}


@dataclass(frozen=True)
class Held:
    """What is known of an indicator's past before a source is asked."""

    first: date
    last: date
    values: int


@dataclass(frozen=True)
class Entry:
    """An indicator, and its past as far as there is one."""

    definition: Definition
    held: Held | None


def markdown(entries: Sequence[Entry]) -> str:
    """Render the catalogue, by role and id."""
    count, series = len(entries), sum(len(entry.definition.scopes) for entry in entries)
    lines = [
        "# The indicators",
        "",
        f"*Made by `{COMMAND}`; do not edit.*",
        "",
        *_wrapped(
            f"{count} indicators, {series} series. Each says what it is evidence of, what must "
            "not be read into it, and how much of its past is at hand."
        ),
    ]
    for role, heading in _HEADINGS.items():
        of_role = [entry for entry in entries if entry.definition.role is role]
        if of_role:
            lines += ["", f"## {heading}"]
        for entry in sorted(of_role, key=lambda entry: entry.definition.id):
            lines += ["", *_section(entry)]
    return "\n".join(lines) + "\n"


def scopes_told(definition: Definition) -> str:
    """Name the scopes, the six core dyads in short."""
    if definition.scopes == CORE_DYADS:
        return "all six dyads"
    return ", ".join(definition.scopes) if definition.for_each else "the world"


def source_told(definition: Definition) -> str:
    """Name the source, or of which others it is composed."""
    if definition.collect is not None:
        return f"`{definition.collect.source}`"
    return f"composed of {', '.join(f'`{name}`' for name in definition.inputs)}"


def held_told(definition: Definition, held: Held | None) -> str:
    """Say how much of the past is at hand."""
    if definition.inputs:
        return "as much as its inputs allow"
    if held is None:
        return "none: it is collected from the first start on"
    return f"{held.first} to {held.last}, {held.values:,} values"


def _section(entry: Entry) -> Iterator[str]:
    definition = entry.definition
    status = "" if definition.status is Status.ACTIVE else f" ({definition.status})"
    title = _SCOPES_OF_TITLE.sub("", definition.title) or definition.title
    yield f"### `{definition.id}`{status}"
    yield ""
    yield from _wrapped(f"**{title}** — {definition.unit}, by {definition.frequency}.")
    yield ""
    facts = {
        "Proves": definition.proves or definition.description or "not said",
        "Cannot say": definition.cannot_say or "not said",
        "Series": scopes_told(definition),
        "Source": f"{source_told(definition)}, {definition.attribution}",
        "History held": held_told(definition, entry.held),
        "License": f"{definition.license.name}; redistribution: "
        f"{definition.license.redistribution}",
    }
    for name, fact in facts.items():
        yield from _wrapped(f"- **{name}:** {' '.join(fact.split())}")


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        subsequent_indent="  " if text.startswith("- ") else "",
        break_long_words=False,
        break_on_hyphens=False,
    )
