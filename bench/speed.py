"""Measure speed: updates, paths, fits, first forecasts, processes, the service's day, memory.

    python bench/speed.py [--peers PYTHON] [--csv DIR] [--only SET …] [--limit 12]
                          [--series 1000] [--shared 64] [--repeat 7] [--seed 1]

Everything is a ratio within this run: against AutoETS of the peers (`peers.py` says how to make
their environment) and against plain use of statsmodels, on the same series, in one thread, the two
sides in turn. Seconds are the processor's, but those of the service's day and of two processes are
the wall's. The service's day runs over so many monthly series: once with all that is known, so
that every series is fitted, and once more with one new value of each.
"""

import argparse
import logging
import os
import resource
import tempfile
import time
import warnings
from collections.abc import Mapping
from concurrent.futures import Executor
from contextlib import nullcontext
from functools import partial
from itertools import chain, cycle, islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import structlog
from asked import all_windows, chosen, parser
from day import after, database, declare, live
from forecasters import automatic, firsts, panel_of, peer
from peers import Peers
from scores import LEVELS
from series import Series, Window
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.statespace.structural import UnobservedComponents
from tables import Verdict, judge, show
from threads import keep_to_one
from timing import medians, seconds

from forecaster.cycle.pool import FittingPool
from forecaster.domain.period import Frequency
from forecaster.model import forecast, forecast_many
from forecaster.model.method import Method, Parameters, dice, draw, roster
from forecaster.model.panel import Panel

DAILY, MONTHLY = "a year of days", "ten years of months"
_REFITS = {DAILY: 100.0, MONTHLY: 40.0}
_AHEAD = 14  # steps of the forecasts that are updated
_STEPS, _PATHS = 90, 1000
_SIMULATED = 10.0
_THIRD = 3.0
_FIRST = 150.0
_PROCESSES = 1.6
_PROCESSOR = time.process_time
_LAST = 120  # months of a series in the service's day
_SAMPLE = 40  # of them that the peers forecast


def main() -> None:
    """Print one table a question, then the targets."""
    made = parser(__doc__, limit=12, origins=1, simulated=0)
    made.add_argument("--peers", help="the interpreter that has statsforecast; none: no peers")
    made.add_argument("--series", type=int, default=1000, help="of the service's day")
    made.add_argument("--shared", type=int, default=64, help="series that two processes share")
    made.add_argument("--repeat", type=int, default=7, help="of each timing; the median counts")
    asked = made.parse_args()
    keep_to_one()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    warnings.simplefilter("ignore")  # plain statsmodels warns freely, and is here to be timed

    told = [*_updates(asked), *_simulations(asked)]
    with Peers(asked.peers, LEVELS) if asked.peers else nullcontext() as peers:
        told += _fits(asked, peers)
        with FittingPool(1) as one, FittingPool(2) as two:
            told += _processes(asked, {1: one, 2: two})
            _day(asked, peers, one)
        _memory(peers)
    judge(told)


def _updates(asked: argparse.Namespace) -> list[Verdict]:
    """Compare a new observation with a refit, without and with the quantiles that follow."""
    rows, told = [], []
    for name, (y, season) in _examples(asked.seed).items():
        before = forecast(y.iloc[:-1], horizon=_AHEAD, season=season)
        fit = partial(forecast, y, horizon=_AHEAD, season=season)
        update = partial(before.update, y.iloc[-1:])
        ways = (update, lambda ask=update: ask().quantiles, fit, lambda ask=fit: ask().quantiles)
        spent = medians(asked.repeat, *ways, partial(_structural, y, season))
        alone, read = spent[2] / spent[0], spent[3] / spent[1]
        rows.append((name, *_ms(*spent), _x(alone), _x(read)))
        told.append(_verdict("refit / update", name, alone, _REFITS[name]))
        told.append(_verdict("the same, each with quantiles", name, read, _REFITS[name]))
    header = ("series", "update ms", "+ quantiles", "refit ms", "+ quantiles")
    header += ("statsmodels fit ms", "refit / update", "with quantiles")
    show("One new observation", header, rows)
    return told


def _simulations(asked: argparse.Namespace) -> list[Verdict]:
    """Compare paths and their crossing with `results.simulate` of plain statsmodels."""
    rows, ratios = [], []
    for example, (y, season) in _examples(asked.seed).items():
        level = float(y.quantile(0.95))
        panel = panel_of(y, season)
        plain = [
            partial(_simulated, fitted, level)
            for fitted in (_structural(y, season), _smoothed(y, season))
        ]
        for name, method in roster(panel.family, ()).items():
            learnt = method.fit(panel).parameters
            ours = partial(_crossing, method, panel, learnt, level)
            mine, *theirs = medians(asked.repeat, ours, *plain)
            ratios.append([one / mine for one in theirs])
            rows.append((f"{name}, {example}", *_ms(mine, *theirs), *map(_x, ratios[-1])))
    header = ("method", "ms", "UnobservedComponents ms", "ETSModel ms", "UC / ours", "ETS / ours")
    show(f"{_PATHS:,} paths of {_STEPS} steps and their crossing", header, rows)
    kinds = zip(("UnobservedComponents", "ETSModel"), np.min(ratios, axis=0), strict=True)
    return [
        _verdict("results.simulate / slowest method", kind, float(worst), _SIMULATED)
        for kind, worst in kinds
    ]


def _fits(asked: argparse.Namespace, peers: Peers | None) -> list[Verdict]:
    """Compare the automatic choice, and first forecasts of many at once, with AutoETS."""
    sets = {name: one for name, one in chosen(asked).items() if not one[0].is_count}
    todo = all_windows(sets, 1)
    many = list(islice(cycle(todo), max(asked.series, len(todo))))
    automatic(todo[0])
    firsts(todo)
    spent = {"full automatic choice": [], "first forecast": [], "AutoETS": []}
    spent["first forecast"] = [one.seconds for one in firsts(many) if one is not None]
    for window in todo:
        spent["full automatic choice"].append(seconds(partial(automatic, window), _PROCESSOR))
        spent["AutoETS"].append(_peer(peers, window))
    means = {who: float(np.nanmean(told)) for who, told in spent.items()}
    ratios = {who: means["AutoETS"] / mean for who, mean in means.items()}
    rows = [(who, *_ms(mean), _x(ratios[who])) for who, mean in means.items()]
    title = f"{len(todo)} real series; first forecasts of {len(many):,} at once, from the same"
    show(title, ("forecaster", "ms a series", "AutoETS / this"), rows)
    wanted = {"full automatic choice": _THIRD, "first forecast": _FIRST}
    return [
        _verdict(f"AutoETS / {who}", "continuous, real", ratios[who], least)
        for who, least in wanted.items()
    ]


def _processes(asked: argparse.Namespace, pools: Mapping[int, Executor]) -> list[Verdict]:
    """Compare two processes with one on series whose fits are heavy enough."""
    series = {number: _examples(asked.seed + number)[MONTHLY][0] for number in range(asked.shared)}
    spent = {}
    for workers, pool in pools.items():
        ask = partial(forecast_many, horizon=_AHEAD, season=12, executor=pool)
        ask(series)  # so that every process has loaded what it needs
        spent[workers] = seconds(partial(ask, series))
    each = spent[1] / len(series)
    rows = [(f"{one}", f"{len(series) / took:.1f}") for one, took in spent.items()]
    busy = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, of which 1 or 2 are these"
    title = f"{len(series)} fits of {1e3 * each:.0f} ms ({busy})"
    show(title, ("processes", "series a second"), rows)
    what = f"2 processes / 1 (fits of {1e3 * each:.0f} ms)"
    return [_verdict(what, "series a second", spent[1] / spent[2], _PROCESSES)]


def _day(asked: argparse.Namespace, peers: Peers | None, pool: Executor) -> None:
    """Time the service's day over many series: fits, then updates."""
    series = _months(asked)
    last = max(y.index[-1] for y in series.values())
    known = {name: y.loc[: last - 1] for name, y in series.items()}
    news = {name: y.loc[last:] for name, y in series.items()}
    with tempfile.TemporaryDirectory() as folder, database(Path(folder)) as record:
        declare(record, series, after(last - 1))
        first = live(record, pool, known, after(last - 1))
        second = live(record, pool, news, after(last))
    rows = [(step, f"{first[step]:.2f}", f"{second[step]:.2f}") for step in first]
    rows.append(("all", f"{sum(first.values()):.2f}", f"{sum(second.values()):.2f}"))
    header = ("step", "first day s", "with one new value s")
    show(f"The service's day, {len(series):,} monthly series, one process", header, rows)
    sample = [Window(Series("", name, y), y, np.empty(18)) for name, y in known.items()][:_SAMPLE]
    rival = float(np.mean([_peer(peers, one) for one in sample])) * len(series)
    print(f"AutoETS alone, without a record or probabilities: {rival:.2f} s")


def _memory(peers: Peers | None) -> None:
    held = [
        ("this process", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        ("its fitting process", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
    ]
    if peers:
        held.append(("the peers' process", peers.megabytes()))
    show("Memory at its peak", ("", "MB"), [(name, f"{one:.0f}") for name, one in held])


def _structural(y: pd.Series, season: int) -> Any:
    return UnobservedComponents(y, "lltrend", seasonal=season).fit(disp=False)


def _smoothed(y: pd.Series, season: int) -> Any:
    terms = {"error": "add", "trend": "add", "seasonal": "add", "seasonal_periods": season}
    return ETSModel(y, **terms).fit(disp=False)


def _simulated(fitted: Any, level: float) -> float:
    drawn = fitted.simulate(_STEPS, anchor="end", repetitions=_PATHS)
    return float((np.asarray(drawn).max(axis=0) > level).mean())


def _crossing(method: Method, panel: Panel, learnt: Parameters, level: float) -> float:
    drawn = draw(method, panel, learnt, _STEPS, n_paths=_PATHS, rng=dice(1, "speed"))
    return float((drawn.max(axis=1) > level).mean())


def _peer(peers: Peers | None, window: Window) -> float:
    """Return the seconds that AutoETS takes; NaN without peers, or where it failed."""
    if peers is None:
        return float("nan")
    said = peer(peers, "AutoETS", window)
    return said.seconds if said else float("nan")


def _examples(seed: int) -> dict[str, tuple[pd.Series, int]]:
    """Make a daily and a monthly series: a wandering level, a season, noise."""
    made = {}
    for name, n, season, code in ((DAILY, 365, 7, "D"), (MONTHLY, 120, 12, "M")):
        rng = np.random.default_rng([seed, n])
        level = 100 + np.cumsum(rng.normal(0, 0.5, n))
        wave = 5 * np.sin(2 * np.pi * np.arange(n) / season)
        index = pd.period_range("2015-01-01", periods=n, freq=code)
        made[name] = (pd.Series(level + wave + rng.normal(0, 1, n), index=index), season)
    return made


def _months(asked: argparse.Namespace) -> dict[str, pd.Series]:
    """Return so many monthly series that end together: the real ones, again and again, noisier."""
    rng = np.random.default_rng(asked.seed)
    told = [
        one
        for one in chain.from_iterable(chosen(asked).values())
        if one.frequency is Frequency.MONTH
    ]
    index = pd.period_range(end="2025-06", periods=_LAST, freq="M")
    made = {}
    for number, one in enumerate(islice(cycle(told), asked.series)):
        y = one.y.dropna().to_numpy(float)[-_LAST:]
        y = y if one.is_count else y * rng.normal(1, 0.02, y.size)
        made[f"series-{number:04}"] = pd.Series(y, index=index[-y.size :])
    return made


def _verdict(what: str, where: str, figure: float, least: float) -> Verdict:
    met = None if np.isnan(figure) else figure >= least
    return Verdict(what, where, f">= {least:g}", f"{figure:.2f}", met)


def _ms(*spent: float) -> list[str]:
    return [f"{1e3 * one:.3f}" for one in spent]


def _x(ratio: float) -> str:
    return f"{ratio:.1f}"


if __name__ == "__main__":
    main()
