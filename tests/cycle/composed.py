"""Two collected indicators of different lateness, and what is composed of them."""

from datetime import date, timedelta
from pathlib import Path

from tests.house import INDICATOR, LAST_WEEK, quiet_weeks, write_patrols

RATE = """\
title: Patrols per statement, {a}-{b}
role: operational
for_each: {dyad: [CHN-RUS]}
family: positive
unit: patrols per statement
frequency: week
lag: 1 day
compose: {ratio: [patrols, statements]}
thresholds: [{id: busy, above: 6, within: 4}]
alerts: [{id: high-rate, value: last, above: 6, clear_below: 5}]
attribution: Nobody
license: {name: CC0, redistribution: derived}
"""
SURPRISE = """\
title: Unusual rate, {a}-{b}
role: operational
for_each: {dyad: [CHN-RUS]}
family: real
unit: standard deviations
frequency: week
compose: {zscore: {of: rate, window: 8}}
attribution: Nobody
license: {name: CC0, redistribution: derived}
"""


def lay_out(root: Path) -> None:
    """Put 40 weeks of two indicators, their ratio, and its score into a directory."""
    write_patrols(root, quiet_weeks(40))
    write_statements(root, [1 + week % 3 for week in range(40)])
    (root / "patrols.yml").write_text(INDICATOR)
    statements = INDICATOR.replace("series: patrols", "series: statements")
    statements = statements.replace("many-patrols", "many-statements")
    statements = statements.replace("history,", 'history, schedule: "0 3 * * *",')
    (root / "statements.yml").write_text(statements)
    (root / "rate.yml").write_text(RATE)
    (root / "surprise.yml").write_text(SURPRISE)


def write_statements(root: Path, values: list[int], last: date = LAST_WEEK) -> None:
    """Write a history of another name, with one value a week up to that of `last`."""
    (root / "history").mkdir(parents=True, exist_ok=True)
    lines = ["series,scope,frequency,period_start,value,n"]
    for back, value in enumerate(reversed(values)):
        week = last - timedelta(weeks=back)
        lines.append(f"statements,CHN-RUS,week,{week},{value},")
    (root / "history" / "statements.csv").write_text("\n".join(lines) + "\n")
