"""Measure which methods earn their place in a pool of counts, and how to weigh them.

    python bench/pools.py [--only SET …] [--limit 40] [--simulated 60] [--origins 40] [--seed 1]
                          [--pool NAME … [--pool …]]

Every series is forecast at past origins, as the service does it, with every method of counts; what
is learnt there is learnt from what came before. Each method alone, the pool of all under several
weights, the pool of all but one, and pools that are asked for by name are held against the
distribution of the last year's values (52 weeks, 12 months) at the same origins: CRPS, CRPS of
log(1 + y), and Brier score of crossing within four periods what at most a fifth of the past before
the first judged origin exceeded. Nothing is widened. Pools weigh by 1 / (mean CRPS)^power of all
earlier origins' known targets. Coverage is of the central 95 %: as counted, and with ties spread
(the share of the non-randomised PIT within .025 to .975), as whole numbers seldom allow the first
to be exact.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import numpy as np
from asked import chosen, parser
from numpy.typing import NDArray
from series import Series
from tables import show
from threads import keep_to_one

from forecaster.domain.errors import CannotForecast
from forecaster.domain.indicator import Family
from forecaster.model import calibrate, pool, rolling, scoring
from forecaster.model.method import roster
from forecaster.model.reading import read

Floats = NDArray[np.float64]

_YEARS = {"week": 52, "month": 12}
_STEPS = {"week": 4, "month": 6}
_WITHIN = 4
_RARE = 0.8
_POWERS = (0.0, 2.0, 4.0, 8.0, 16.0)
_POWER = 8.0
_COLUMNS = ("CRPS", "log CRPS", "Brier", "cov95", "cov95, ties spread")


def main() -> None:
    """Print a table a data set."""
    made = parser(__doc__, limit=40, origins=40, simulated=60)
    made.add_argument("--pool", nargs="+", action="append", default=[], help="one more pool")
    asked = made.parse_args()
    keep_to_one()
    for name, told in chosen(asked).items():
        counted = [one for one in told if one.is_count and one.frequency in _YEARS]
        if counted:
            _table(name, [_measured(one, asked) for one in counted])


def _measured(series: Series, asked: argparse.Namespace) -> Mapping[str, Floats]:
    """Return scores (5,) by candidate, the last year's among them; nothing of a refused series."""
    history = read(series.y, family=Family.COUNT, season=None).history
    steps, year = _STEPS[series.frequency], _YEARS[series.frequency]
    try:
        rehearsed = rolling.run(history, roster(Family.COUNT, ()), steps, 0, asked.origins)
    except CannotForecast:
        return {}
    tested, values = rehearsed.tested, rehearsed.panel.values
    judged = [one for one in range(tested.moments.size) if _told(tested, one)]
    ends = tested.ends[judged] + 1 - rehearsed.panel.start
    judged = [one for one, end in zip(judged, ends, strict=True) if end >= year]
    ends = ends[ends >= year]
    if not judged:
        return {}
    targets = tested.targets[judged]
    above = float(np.nanquantile(values[: ends[0]], _RARE, method="higher"))
    last = np.stack([values[end - year : end] for end in ends])
    candidates = {"the last year": np.repeat(last[:, :, None], steps, axis=2)}
    for name, paths in _candidates(tested, asked.pool):
        candidates[name] = paths[judged]
    crossed = np.lib.stride_tricks.sliding_window_view(last, _WITHIN, axis=1).max(axis=2) > above
    found = {name: _scores(paths, targets, above) for name, paths in candidates.items()}
    came = (targets[:, :_WITHIN] > above).any(axis=1)
    found["the last year"][2] = np.mean((crossed.mean(axis=1) - came) ** 2)
    return found


def _candidates(
    tested: rolling.Backtest, asked: Sequence[Sequence[str]]
) -> Iterator[tuple[str, Floats]]:
    """Yield each method's paths (O, P, H), and those of the pools."""
    names = tested.names[:-1]
    for place, name in enumerate(names):
        yield name, tested.paths[:, place]
    for power in _POWERS:
        yield f"all, power {power:g}", _pooled(tested, names, power)
    for name in names:
        yield f"all but {name}", _pooled(tested, [one for one in names if one != name], _POWER)
    for members, power in product(asked, _POWERS[1:]):
        able = [name for name in members if name in names]
        yield f"{' + '.join(members)}, power {power:g}", _pooled(tested, able, power)


def _pooled(tested: rolling.Backtest, names: Sequence[str], power: float) -> Floats:
    places = [tested.names.index(name) for name in names]
    mixed = []
    for origin in range(tested.moments.size):
        shares = np.ones(len(places))
        if _told(tested, origin):
            known = tested.usable(origin)
            means = scoring.mean_over(tested.raw_scores[:origin], known)[places]
            shares = (
                (means.min() / np.maximum(means, 1e-9)) ** power if means.min() > 0 else shares
            )
        mixed.append(pool.mix(tested.paths[origin, places], shares))
    return np.stack(mixed)


def _told(tested: rolling.Backtest, origin: int) -> bool:
    return bool(tested.usable(origin).any(axis=1).sum() >= rolling.EARLIER)


def _scores(paths: Floats, targets: Floats, above: float) -> Floats:
    """Return the mean of each column over origins, of paths (O, P, H) and targets (O, H)."""
    ordered = np.sort(paths, axis=1)
    crossed = (paths[:, :, :_WITHIN] > above).any(axis=2).sum(axis=1)
    p = (crossed + 0.5) / (paths.shape[1] + 1)
    came = (targets[:, :_WITHIN] > above).any(axis=1)
    start, end = calibrate.pits(ordered, targets)
    inside = np.clip(np.minimum(end, 0.975) - np.maximum(start, 0.025), 0, None) / (end - start)
    return np.array(
        [
            np.nanmean(scoring.crps(ordered, targets)),
            np.nanmean(scoring.crps(np.log1p(ordered), np.log1p(targets))),
            np.mean((p - came) ** 2),
            np.nanmean(scoring.covered(ordered, targets, 0.95)),
            np.nanmean(inside),
        ]
    )


def _table(title: str, found: Sequence[Mapping[str, Floats]]) -> None:
    """Divide each candidate's sums over series by the last year's on the same series."""
    by_name: dict[str, list[tuple[Floats, Floats]]] = defaultdict(list)
    for scores in found:
        for name, own in scores.items():
            by_name[name].append((own, scores["the last year"]))
    rows = []
    for name, pairs in by_name.items():
        own, last = np.array(pairs).mean(axis=0)
        figures = [*(own[:3] / last[:3]), *own[3:]]
        rows.append((name, str(len(pairs)), *(f"{one:.3f}" for one in figures)))
    show(f"{title}: scores over the last year's", ("candidate", "n", *_COLUMNS), rows)


if __name__ == "__main__":
    main()
