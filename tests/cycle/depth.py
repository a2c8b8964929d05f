"""Three collected indicators that one factor moves, and the factor of them."""

from datetime import date
from pathlib import Path

import numpy as np

from forecaster.domain.period import Frequency, Period

SCOPE = "CHN-RUS"
LAST_MONTH = Period(frequency=Frequency.MONTH, start=date(2026, 1, 1))
MONTHS = 72

INPUT = """\
title: Made, {a}-{b}
role: operational
for_each: {dyad: [CHN-RUS, CHN-PRK]}
family: real
unit: units
frequency: month
lag: 1 day
collect: {source: history, series: acts}
coverage: {from: 2015-01-01}
attribution: Nobody
license: {name: CC0, redistribution: "yes"}
forecast: false
"""
DEPTH = """\
title: Depth, {a}-{b}
role: operational
for_each: {dyad: [CHN-RUS, CHN-PRK]}
unit: standard deviations
frequency: month
compose: {factor: [acts, talks, drills]}
lag: 1 day
horizon: 6
thresholds: [{id: deep, above: 1, within: 3}]
alerts: [{id: depth-high, value: last, above: -9, clear_below: -10}]
attribution: Nobody
license: {name: CC0, redistribution: derived}
"""


def level() -> np.ndarray:
    """Return the factor, of the last months up to that after LAST_MONTH."""
    rng = np.random.default_rng(5)
    moved = np.zeros(MONTHS + 1)
    for month in range(1, MONTHS + 1):
        moved[month] = 0.8 * moved[month - 1] + 0.6 * rng.normal()
    return moved


def lay_out(root: Path) -> None:
    """Put the definitions and the history of one dyad into a directory; of the other is none."""
    root.mkdir(parents=True, exist_ok=True)
    for name in ("acts", "talks"):
        (root / f"{name}.yml").write_text(INPUT.replace("series: acts", f"series: {name}"))
    quarterly = INPUT.replace("series: acts", "series: drills").replace("month", "quarter")
    (root / "drills.yml").write_text(quarterly)
    (root / "depth.yml").write_text(DEPTH)
    write(root)


def write(root: Path, *, more: int = 0, revised: dict[int, float] | None = None) -> None:
    """Write the history up to LAST_MONTH and some months more of acts, with values revised."""
    rng = np.random.default_rng(6)
    factor = level()
    lines = ["series,scope,frequency,period_start,value,n"]
    for name in ("acts", "talks"):
        values = factor + 0.5 * rng.normal(size=factor.size)
        if name == "acts":
            for back, value in (revised or {}).items():
                values[MONTHS - 1 - back] = value
        last = MONTHS + (more if name == "acts" else 0)
        for month in range(last):
            period = LAST_MONTH.shift(month - MONTHS + 1)
            lines.append(f"{name},{SCOPE},month,{period},{values[month]:.6f},")
    # The first month is a February: quarters begin in the third place.
    for place in range(2, MONTHS - 3, 3):
        value = factor[place : place + 3].mean() + 0.3 * rng.normal()
        start = LAST_MONTH.shift(place - MONTHS + 1)
        lines.append(f"drills,{SCOPE},quarter,{start},{value:.6f},")
    # Of the other dyad one value each is known.
    lines += [f"{name},CHN-PRK,month,{LAST_MONTH},1," for name in ("acts", "talks")]
    lines += ["drills,CHN-PRK,quarter,2025-10-01,1,"]
    (root / "history").mkdir(parents=True, exist_ok=True)
    (root / "history" / "made.csv").write_text("\n".join(lines) + "\n")
