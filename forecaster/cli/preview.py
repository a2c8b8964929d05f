"""Show what a trial of a definition gave: a table, lines to look at, and what to do."""

from collections.abc import Sequence
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from forecaster.cycle.previewing import Preview, Watched
from forecaster.domain.forecast import Crossing, Issue
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Observation
from forecaster.domain.run import RunStatus

_BARS = "▁▂▃▄▅▆▇█"
_ROWS, _WIDE = 8, 60
_ADVICE = {
    RunStatus.UNAVAILABLE: "Look whether the address and the network are right and try again; "
    "or save an answer in a folder, named like the last part of its address: --from DIR.",
    RunStatus.CHANGED: "The source answers, but not what the options under 'collect:' lead one "
    "to expect: look at its answer, and at the options.",
    RunStatus.STALE: "The source answers, but its newest value is older than 'assertions:' allow.",
}


def as_document(definition: Definition, found: Preview, origin: str) -> dict[str, Any]:
    """Return everything, for machines."""
    run = found.run
    return {
        "id": definition.id,
        "from": origin,
        "run": {
            "status": run.status,
            "error": run.error,
            "documents": run.documents,
            "rows": run.rows,
            "notes": list(run.notes),
        },
        "observations": [
            {"scope": key.scope, **_row(seen)}
            for key, known in found.known.items()
            for seen in known
        ],
        "assertions": [
            {"name": each.name, "holds": each.holds, "told": each.told}
            for each in found.assertions
        ],
        "forecasts": [_forecast(issue) for issue in found.issues],
        "alerts": [
            {
                "rule": each.rule,
                "scope": each.scope,
                "number": each.number,
                "status": each.status,
                "would_have_fired": each.fired,
                "and_was_right": each.right,
                "of": each.of,
            }
            for each in found.watched
        ],
    }


def show(definition: Definition, found: Preview, origin: str) -> None:
    """Print it, for people."""
    console = Console()
    run = found.run
    rows = "" if run.rows is None else f", {run.rows:,} rows"
    console.print(
        f"[bold]{definition.id}[/] from {escape(origin)}: {run.status}, "
        f"{run.documents} documents{rows}; nothing is kept."
    )
    if run.error:
        console.print(f"[red]{escape(run.error)}[/]")
        console.print(_ADVICE.get(run.status, ""))
    for note in run.notes:
        console.print(f"Note: {escape(note)}")
    for key, known in found.known.items():
        _show_values(console, definition, key.scope, known)
    for each in found.assertions:
        stands = {True: "[green]holds[/]", False: "[red]broken[/]", None: "not known yet"}
        console.print(f"Assertion {each.name}: {stands[each.holds]}: {escape(each.told)}")
    for issue in found.issues:
        _show_forecast(console, issue)
    for watched in found.watched:
        console.print(_alert_told(watched))
    if not found.has_values:
        console.print("There are no values, so there is nothing to forecast.")


def sparkline(values: Sequence[float | None]) -> str:
    """Draw a row of values as a row of bars; a gap is a dot."""
    valued = [value for value in values if value is not None]
    if not valued:
        return "·" * len(values)
    low, span = min(valued), (max(valued) - min(valued)) or 1.0
    top = len(_BARS) - 1
    return "".join(
        "·" if value is None else _BARS[round((value - low) / span * top)] for value in values
    )


def _show_values(
    console: Console, definition: Definition, scope: str, known: Sequence[Observation]
) -> None:
    title = definition.title_for(scope)
    if not known:
        console.print(f"[bold]{escape(title)}[/]: nothing")
        return
    line = sparkline([seen.value for seen in known[-_WIDE:]])
    console.print(f"[bold]{escape(title)}[/]  {line}")
    table = Table(header_style="bold", box=SIMPLE)
    for name in (definition.frequency, definition.unit, "n", "remark"):
        table.add_column(name)
    for seen in known[-_ROWS:]:
        row = _row(seen)
        remark = seen.missing or (f"doubtful: {seen.doubtful}" if seen.doubtful else "")
        shown = ("" if row[name] is None else f"{row[name]:g}" for name in ("value", "n"))
        table.add_row(str(row["period"]), *shown, escape(remark))
    console.print(table)
    if len(known) > _ROWS:
        console.print(f"  … the newest {_ROWS} of {len(known)}", style="dim")


def _show_forecast(console: Console, issue: Issue) -> None:
    projection = issue.projection
    if projection is None:
        console.print(f"Forecast {issue.scope}: none, because {escape(str(issue.refusal))}")
        return
    step = projection.steps[0]
    low, median, high = (step.quantiles[level] for level in ("0.05", "0.5", "0.95"))
    console.print(
        f"Forecast {issue.scope}, {step.period}: {median:.4g} (90 %: {low:.4g} to {high:.4g}), "
        f"by {projection.method.name}; {escape(projection.method.note)}",
        highlight=False,
    )
    for crossing in projection.probabilities:
        console.print(f"  {_crossing_told(crossing)}", highlight=False)


def _crossing_told(crossing: Crossing) -> str:
    side = (
        f"above {crossing.above:g}" if crossing.above is not None else f"below {crossing.below:g}"
    )
    low, high = crossing.p_90
    return (
        f"{crossing.id} ({side} within {crossing.within}): {crossing.p:.2f} "
        f"({low:.2f} to {high:.2f}), at the end {crossing.p_end:.2f}, "
        f"{crossing.expected_exceedances:.2g} expected; baseline {crossing.baseline_p:.2f}, "
        f"n={crossing.n_observations}"
    )


def _alert_told(each: Watched) -> str:
    number = "no number" if each.number is None else f"{each.number:.3g}"
    right = "" if each.right is None else f", {each.right} of them rightly"
    past = "values" if each.right is None else "past hindcasts"
    return (
        f"Alert {each.rule}, {each.scope}: {number}, {each.status} after one issue; over "
        f"{each.of} {past} it would have fired {each.fired} times{right}"
    )


def _row(seen: Observation) -> dict[str, Any]:
    return {
        "period": seen.period.start,
        "value": seen.value,
        "n": seen.base,
        "missing": seen.missing,
        "doubtful": seen.doubtful,
    }


def _forecast(issue: Issue) -> dict[str, Any]:
    projection = issue.projection
    if projection is None:
        return {"scope": issue.scope, "refused": issue.refusal}
    step = projection.steps[0]
    return {
        "scope": issue.scope,
        "method": projection.method.name,
        "note": projection.method.note,
        "coverage_end": projection.coverage_end,
        "period": step.period,
        "median": step.quantiles["0.5"],
        "interval_90": [step.quantiles["0.05"], step.quantiles["0.95"]],
        "probabilities": [one.model_dump(exclude_none=True) for one in projection.probabilities],
    }
