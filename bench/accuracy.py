"""Measure accuracy: the automatic choice, each method alone and the peers, on the same windows.

    python bench/accuracy.py [--peers PYTHON] [--with AutoETS …] [--csv DIR] [--only SET …]
                             [--limit 40] [--origins 2] [--simulated 60] [--no-methods]
                             [--holdout] [--seed 1]

Every series is forecast at its last windows, and each forecaster is scored by the same measures
from the same 17 quantiles: MASE of the median, CRPS (twice the integrated pinball loss), coverage
of the central 50, 80 and 95 %, and MSIS of the 95 % interval; MASE, CRPS and MSIS of continuous
series in units of the past's mean absolute seasonal difference. Counts are held against the
distribution of the last year's values (52 weeks, 12 months): CRPS, CRPS of log(1 + y) (Bosse and
others 2023), and Brier score of crossing, within four periods, what at most a fifth of the past
exceeded.
Ratios are of means over series, with a 90 % bootstrap interval over series. One thread, one after
the other on each window; the peers in a child process (`peers.py` says how to make its
environment). Milliseconds are the processor's, so that a busy machine favours nobody.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from functools import partial

import numpy as np
from asked import all_windows, chosen, parser, watched, with_holdout
from forecasters import Answer, alone, automatic, climatology, firsts, methods, peer
from measured import Book, measure
from peers import PEERS, Peers
from scores import LEVELS
from series import Series, Window
from tables import judge, show
from targets import AUTOMATIC, CLIMATOLOGY, FIRST, RIVAL, continuous, counts
from threads import keep_to_one

Forecaster = Callable[[Window], Answer | None]

_CONTINUOUS = ("MASE", "CRPS", "cov50", "cov80", "cov95", "MSIS", "ms")
_COUNTS = ("raw CRPS", "log CRPS", "Brier", "cov50", "cov80", "cov95", "MSIS", "ms")


def main() -> None:
    """Print a table a data set, real and made ones apart, then the targets."""
    asked = _asked()
    keep_to_one()
    sets = chosen(asked)
    book = Book(np.random.default_rng(asked.seed))

    todo = all_windows(sets, asked.origins)
    smooth = [window for window in todo if not window.series.is_count]
    for window, answer in zip(smooth, firsts(smooth), strict=True):
        if answer is not None:
            book.note(window, FIRST, measure(window, answer))
    with Peers(asked.peers, LEVELS) if asked.peers else nullcontext() as peers:
        for window in watched(todo):
            for who, forecaster in _forecasters(window, peers, asked).items():
                if (answer := forecaster(window)) is not None:
                    book.note(window, who, measure(window, answer))

    _report(book, sets)


def _asked() -> argparse.Namespace:
    made = with_holdout(parser(__doc__, limit=40, origins=2, simulated=60))
    made.add_argument("--peers", help="the interpreter that has statsforecast; none: no peers")
    made.add_argument("--with", dest="wanted", nargs="+", choices=PEERS, default=PEERS)
    made.add_argument("--no-methods", action="store_true", help="leave out each method alone")
    return made.parse_args()


def _forecasters(
    window: Window, peers: Peers | None, asked: argparse.Namespace
) -> dict[str, Forecaster]:
    """Return whom to ask; the automatic choice and the peers one right after the other."""
    found: dict[str, Forecaster] = {AUTOMATIC: automatic}
    if peers:
        found |= {model: partial(peer, peers, model) for model in asked.wanted}
    if window.series.is_count:
        found[CLIMATOLOGY] = climatology
    if not asked.no_methods:
        found |= {f"{name} alone": partial(alone, name) for name in methods()}
    return found


def _report(book: Book, sets: Mapping[str, list[Series]]) -> None:
    made = [name for name, told in sets.items() if told[0].made]
    counted = [name for name, told in sets.items() if told[0].is_count]
    plain = [name for name in sets if name not in counted]
    for title, groups in (("real", [one for one in sets if one not in made]), ("made", made)):
        for group in groups:
            _table(book, [group], f"{group} ({title})", is_count=group in counted)
    if len(plain) > 1:
        _table(book, plain, "all continuous series (real)", is_count=False)
    judge([*continuous(book, plain), *counts(book, made)])


def _table(book: Book, groups: Sequence[str], title: str, *, is_count: bool) -> None:
    measures, other = (_COUNTS, CLIMATOLOGY) if is_count else (_CONTINUOUS, RIVAL)
    compared = ("raw CRPS", "log CRPS", "Brier") if is_count else ("MASE", "CRPS", "MSIS")
    who = dict.fromkeys(one for group in groups for one in book.forecasters(group))
    shown = compared if other in who else ()
    header = ("forecaster", "n", *measures, *(f"{one} / {other}" for one in shown))
    rows = [
        (
            one,
            str(len(book.means(groups, one, "ms"))),
            *(f"{book.mean(groups, one, name):.3f}" for name in measures),
            *(str(book.ratio(groups, one, other, name)) for name in shown),
        )
        for one in who
    ]
    show(title, header, rows)


if __name__ == "__main__":
    main()
