"""Measure which methods of continuous series earn their place in the pool, and which do not.

    python bench/left_out.py [--csv DIR] [--only SET …] [--limit 60] [--origins 2] [--seed 1]

Real continuous series are forecast at their last windows (`accuracy.py` has the same horizons and
measures) by the two methods that are shipped, by those of statsmodels that are left out
(`rivals.py`), and by equal pools: of the two, and of the two with one more. All are asked on the
family's scale (log of what is above zero) and held within its range; none is recalibrated. A pool
is the mixture of its members' laws step by step, 2,000 points of each; its milliseconds, the
processor's, are the sum of theirs. Where the one more cannot forecast, its pool is the two
alone. Ratios are of mean CRPS over the series that both could forecast, with a 90 % bootstrap
interval over series. `failed` and `warned` count windows; what was said is listed below.
"""

import argparse
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import numpy as np
from asked import all_windows, chosen, parser, watched
from forecasters import Answer, panel_of
from measured import Book, measure
from numpy.typing import NDArray
from rivals import RIVALS, Rival
from scipy.special import ndtri
from scores import LEVELS
from series import Series, Window
from tables import show
from threads import keep_to_one

from forecaster.model.method import dice, draw, made
from forecaster.model.panel import Panel

Floats = NDArray[np.float64]

KEPT = ("smoothing", "arima")
POOL = " + ".join(KEPT)

_POINTS = 2000
_MEASURES = ("MASE", "CRPS", "cov95", "MSIS", "ms")


class Said(NamedTuple):
    """A member's points (points, steps) in the unit of the series, and what they cost."""

    points: Floats
    seconds: float


@dataclass(frozen=True)
class Met:
    """How many windows of each forecaster failed or warned, and in which words."""

    failed: Counter[str] = field(default_factory=Counter)
    warned: Counter[str] = field(default_factory=Counter)
    words: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def refusal(self, who: str, problem: Exception) -> None:
        """Note why there is no forecast."""
        self.failed[who] += 1
        self.words[who][f"failed: {type(problem).__name__}: {_line(problem)}"] += 1

    def warnings(self, who: str, heard: Sequence[warnings.WarningMessage]) -> None:
        """Note what was warned of in one window, each warning once."""
        self.warned[who] += bool(heard)
        self.words[who].update({f"{one.category.__name__}: {_line(one.message)}" for one in heard})


def alone(name: str) -> str:
    """Say that a method stands alone."""
    return f"{name} alone"


def beside(name: str) -> str:
    """Say that a method stands beside the two that are shipped."""
    return f"the two + {name}"


def main() -> None:
    """Print a table a data set, one of all, and what failed or warned."""
    asked = _asked()
    keep_to_one()
    sets = {
        name: plain
        for name, told in chosen(asked).items()
        if (plain := [one for one in told if not one.is_count])
    }
    book, met = Book(np.random.default_rng(asked.seed)), Met()
    for window in watched(all_windows(sets, asked.origins)):
        for who, answer in _answers(window, met).items():
            book.note(window, who, measure(window, answer))
    _report(book, sets, met)


def _asked() -> argparse.Namespace:
    return parser(__doc__, limit=60, origins=2, simulated=0).parse_args()


def _answers(window: Window, met: Met) -> dict[str, Answer]:
    """Ask each method once; mix what they say."""
    panel, steps = panel_of(window.past, window.series.season), len(window.targets)
    if panel.family not in made(KEPT[0]).families:
        return {}  # a past of whole numbers, before the first fraction came
    ways = {name: partial(_drawn, name, panel, steps) for name in KEPT}
    ways |= {name: partial(_points, rival, panel, steps) for name, rival in RIVALS.items()}
    said = {name: heard for name, way in ways.items() if (heard := _said(name, way, met))}
    found = {alone(name): _mixed([one]) for name, one in said.items()}
    if both := [said[name] for name in KEPT if name in said]:
        found[POOL] = _mixed(both)
        for name in RIVALS:
            found[beside(name)] = _mixed([*both, said[name]] if name in said else both)
    return found


def _said(name: str, way: Callable[[], Floats], met: Met) -> Said | None:
    """Ask one method, and note whatever it warns or dies of."""
    began = time.process_time()
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            points = way()
        except Exception as problem:  # noqa: BLE001  (whatever one dies of, the table goes on)
            met.refusal(alone(name), problem)
            return None
        finally:
            met.warnings(alone(name), heard)
    return Said(points, time.process_time() - began)


def _drawn(name: str, panel: Panel, steps: int) -> Floats:
    method = made(name)
    learnt = method.fit(panel).parameters
    return draw(method, panel, learnt, steps, n_paths=_POINTS, rng=dice(0, name))


def _points(rival: Rival, panel: Panel, steps: int) -> Floats:
    """Return evenly spread points of the law after the covered end; silence is walked over."""
    law = rival(panel.moved, panel.season, panel.silence + steps)
    if not (np.isfinite(law.means).all() and np.isfinite(law.spreads).all()):
        raise ValueError("not finite")
    nodes = ndtri((np.arange(_POINTS) + 0.5) / _POINTS)
    moved = law.means + law.spreads * nodes[:, None]
    return panel.back(moved[None])[0][:, panel.silence :]


def _mixed(members: Sequence[Said]) -> Answer:
    points = np.concatenate([one.points for one in members])
    return Answer(np.quantile(points, LEVELS, axis=0).T, sum(one.seconds for one in members))


def _report(book: Book, sets: Mapping[str, Sequence[Series]], met: Met) -> None:
    for group in sets:
        _table(book, [group], group)
    _table(book, list(sets), "all", met)
    rows = [
        (who, str(n), words) for who, told in met.words.items() for words, n in told.most_common()
    ]
    show("What was said (windows)", ("forecaster", "n", "words"), rows)


def _table(book: Book, groups: Sequence[str], title: str, met: Met | None = None) -> None:
    """Print a row a forecaster: the two and their pool, the others alone, then their pools."""
    singles = [alone(name) for name in (*KEPT, *RIVALS)]
    names = [*singles[: len(KEPT)], POOL, *singles[len(KEPT) :], *map(beside, RIVALS)]
    rows = []
    for who in names:
        size = len(book.means(groups, who, "ms"))
        figures = [f"{book.mean(groups, who, name):.3f}" for name in _MEASURES]
        row = [who, str(size), *figures, str(book.ratio(groups, who, POOL, "CRPS"))]
        if met:
            row += [str(one[who]) if who in singles else "" for one in (met.failed, met.warned)]
        rows.append(row)
    header = (
        "forecaster",
        "n",
        *_MEASURES,
        f"CRPS / {POOL}",
        *(("failed", "warned") if met else ()),
    )
    show(f"{title} (real, continuous)", header, rows)


def _line(words: object) -> str:
    return " ".join(str(words).split())[:100]


if __name__ == "__main__":
    main()
