"""Measure calibration: where what came ranks in the forecasts, and how often intervals hold it.

    python bench/calibration.py [--csv DIR] [--limit 40] [--origins 5] [--simulated 40]
                                [--only SET …] [--holdout]

The automatic choice forecasts every series at several windows that do not overlap. Printed, for
real and made series apart: coverage of the central 50, 80 and 95 % by family and horizon, and a
histogram of the PIT by family, which is flat where every probability is right. A target that ties
with quantiles (counts) spreads over all ranks that it ties with (Czado, Gneiting and Held 2009).
"""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np
from asked import all_windows, chosen, parser, watched, with_holdout
from forecasters import automatic
from numpy.typing import NDArray
from scores import COVERS, covered, histogram, pit
from series import Window
from tables import show
from threads import keep_to_one

_BANDS = ((1, 1), (2, 3), (4, 6), (7, 12), (13, 99))
_WIDTH = 200  # characters of a bar that stands for all
_ALL = "all"


def main() -> None:
    """Print coverage and histograms."""
    asked = with_holdout(parser(__doc__, limit=40, origins=5, simulated=40)).parse_args()
    keep_to_one()
    told: dict[tuple[str, str], list[NDArray[np.float64]]] = defaultdict(list)
    for window in watched(all_windows(chosen(asked), asked.origins)):
        answer = automatic(window)
        if answer is not None:
            kind = "made" if window.series.made else "real"
            for family in (window.series.family.value, _ALL):
                told[kind, family].append(_columns(window, answer.quantiles))
    for kind in ("real", "made"):
        found = {
            family: np.concatenate(rows, axis=1)
            for (where, family), rows in sorted(told.items(), key=_all_last)
            if where == kind
        }
        if found:
            _coverage(kind, found)
            _histograms(kind, found)


def _all_last(told: tuple[tuple[str, str], object]) -> bool:
    return told[0][1] == _ALL


def _columns(window: Window, quantiles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return step, both ends of the PIT, and hits of the intervals: (6, steps with a target)."""
    steps = np.arange(1, len(window.targets) + 1, dtype=float)
    hits = [covered(quantiles, window.targets, share) for share in COVERS]
    columns = np.stack([steps, *pit(quantiles, window.targets), *hits])
    return columns[:, np.isfinite(window.targets)]


def _coverage(kind: str, told: Mapping[str, NDArray[np.float64]]) -> None:
    rows = []
    for family, columns in told.items():
        for low, high in (*_BANDS, (1, _BANDS[-1][1])):
            chosen_steps = columns[:, (columns[0] >= low) & (columns[0] <= high)]
            if chosen_steps.size:
                shares = [f"{one:.3f}" for one in chosen_steps[3:].mean(axis=1)]
                rows.append((family, f"{low}-{high}", str(chosen_steps.shape[1]), *shares))
    header = ("family", "steps", "n", *(f"cov{100 * one:.0f}" for one in COVERS))
    show(f"Coverage by horizon ({kind} series)", header, rows)


def _histograms(kind: str, told: Mapping[str, NDArray[np.float64]]) -> None:
    for family, columns in told.items():
        shares = histogram(columns[1:3])
        print(f"\nPIT of {family} ({kind} series), {columns.shape[1]} targets; flat is {0.1:.3f}")
        for place, share in enumerate(shares):
            low, high = place / shares.size, (place + 1) / shares.size
            bar = "#" * round(float(share) * _WIDTH)
            print(f"{low:.1f}-{high:.1f}  {share:.3f}  {bar}".rstrip())


if __name__ == "__main__":
    main()
