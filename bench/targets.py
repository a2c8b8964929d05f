"""The targets of accuracy, each beside the figure of this run."""

from collections.abc import Sequence

import numpy as np
from measured import Book
from tables import Verdict

AUTOMATIC, FIRST, CLIMATOLOGY, RIVAL = "automatic", "first", "climatology", "AutoETS"

_CLOSE = 1.04
_AS_GOOD = 1.01
_COVERAGE = (0.93, 0.97)
_A_THIRD = 1 / 3
_WEEKLY = {"raw CRPS": 0.80, "Brier": 0.87}
_CONFLICT = {"raw CRPS": 0.95, "log CRPS": 0.98, "Brier": 0.97}
_MILLISECONDS = 10.0


def continuous(book: Book, groups: Sequence[str]) -> list[Verdict]:
    """Hold the automatic choice against AutoETS on continuous series."""
    where = "continuous, real"
    wanted = {"ms": _A_THIRD, "MASE": _AS_GOOD, "CRPS": _AS_GOOD, "MSIS": 1.0}
    what, close = "first forecast: CRPS / AutoETS'", (FIRST, RIVAL, "CRPS", _CLOSE)
    first = _at_most(book, groups, what, where, close)
    full = [
        _at_most(book, groups, f"{name} / AutoETS'", where, (AUTOMATIC, RIVAL, name, most))
        for name, most in wanted.items()
    ]
    return [first, *full, _coverage(book, groups, where)]


def counts(book: Book, groups: Sequence[str]) -> list[Verdict]:
    """Hold the automatic choice against climatology on each kind of made counts."""
    told: list[Verdict] = []
    for group in groups:
        wanted = _CONFLICT if group.startswith("monthly") else _WEEKLY
        told += [
            _at_most(
                book,
                [group],
                f"{name} / climatology's",
                group,
                (AUTOMATIC, CLIMATOLOGY, name, most),
            )
            for name, most in wanted.items()
        ]
        told.append(_coverage(book, [group], group))
        if wanted is _WEEKLY:
            spent = book.mean([group], AUTOMATIC, "ms")
            told.append(_bounded("ms a series", group, spent, (0, _MILLISECONDS)))
    return told


def _at_most(
    book: Book, groups: Sequence[str], what: str, where: str, wanted: tuple[str, str, str, float]
) -> Verdict:
    who, other, name, most = wanted
    found = book.ratio(groups, who, other, name)
    measured = None if np.isnan(found.value) else found.value <= most
    return Verdict(what, where, f"<= {most:.3g}", str(found), measured)


def _coverage(book: Book, groups: Sequence[str], where: str) -> Verdict:
    return _bounded("cov95", where, book.mean(groups, AUTOMATIC, "cov95"), _COVERAGE)


def _bounded(what: str, where: str, figure: float, bounds: tuple[float, float]) -> Verdict:
    low, high = bounds
    met = None if np.isnan(figure) else low <= figure <= high
    return Verdict(what, where, f"{low:g} to {high:g}", f"{figure:.3f}", met)
