"""The model in a notebook: forecast a series, or many, and see how well that would have gone."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from functools import partial
from typing import Any

import pandas as pd

from forecaster.domain.errors import CannotForecast
from forecaster.domain.indicator import Family
from forecaster.model import rolling
from forecaster.model.family import WHOLE_NUMBERS
from forecaster.model.first import TASK, Answers, first
from forecaster.model.fitting import learnt
from forecaster.model.method import roster
from forecaster.model.reading import Reading, read
from forecaster.model.rehearsing import check, scores
from forecaster.model.result import Forecast, Scores

_ORIGINS = 24  # past origins of a forecast; the service asks for more
_OF_COUNTS = 60  # the same of whole numbers: each tells less

_TASKS = 32  # at least, so that the processes end together
_TASK = 16  # series in a task: sending one costs as much as fitting one

Watch = Callable[[int, int], None]
"""Told how many series, of how many, are done."""

Many = Mapping[Hashable, "pd.Series[Any]"]
Work = Callable[[Many], Answers]


def forecast(
    y: "pd.Series[Any]",
    horizon: int,
    family: str = "auto",
    season: int | None = None,
    *,
    methods: Sequence[str] = (),
    whole: float = 1.0,
    base: "pd.Series[Any] | float | None" = None,
    origins: int | None = None,
    seed: int = 0,
) -> Forecast:
    """Forecast the steps after a series' last value; the same input gives the same bytes.

    `y` stands on a DatetimeIndex or PeriodIndex, NaN is missing. `family`: count, share (of
    `whole`, with `base` as the n of each value), positive, real, binary, or auto. `season`: the
    periods in one, without it those of the frequency. `methods`: names to pool, without it all.
    Raise `CannotForecast` with the reason where the series does not allow one.
    """
    reading = read(y, family=Family(family), season=season, whole=whole, base=base)
    return _forecast(reading, horizon, methods, origins, seed)


def forecast_many(
    series: Many,
    horizon: int,
    family: str = "auto",
    season: int | None = None,
    *,
    quick: bool = False,
    executor: Executor | None = None,
    progress: Watch = lambda _done, _total: None,
    **options: Any,
) -> Answers:
    """Forecast each series as `forecast` does; where one refuses, its reason takes its place.

    `quick`: no method is judged, pooled or calibrated; one pass of exponential smoothing over all
    series gives each a first forecast (`first.first`), for about a hundredth of the cost.
    """
    told = {"horizon": horizon, "family": family, "season": season, **options}
    keys, total = list(series), len(series)
    size = TASK if quick else min(_TASK, -(-total // _TASKS))
    tasks = [keys[start : start + size] for start in range(0, total, size)]
    found: Answers = {}
    work = partial(first if quick else _each, **told)
    for answers in _answers(
        [{key: series[key] for key in task} for task in tasks], work, executor
    ):
        found |= answers
        progress(len(found), total)
    return {key: found[key] for key in keys}


def backtest(
    y: "pd.Series[Any]",
    horizon: int,
    origins: int | None = None,
    season: int | None = None,
    *,
    family: str = "auto",
    methods: Sequence[str] = (),
    whole: float = 1.0,
    base: "pd.Series[Any] | float | None" = None,
    seed: int = 0,
) -> Scores:
    """Forecast at past origins from what came before each; score every method at every step."""
    reading = read(y, family=Family(family), season=season, whole=whole, base=base)
    return Scores(scores(_rehearsed(reading, horizon, methods, origins, seed).tested))


def _forecast(
    reading: Reading, horizon: int, methods: Sequence[str], origins: int | None, seed: int
) -> Forecast:
    rehearsed = _rehearsed(reading, horizon, methods, origins, seed)
    return Forecast(reading, learnt(rehearsed, (), seed), horizon, seed)


def _rehearsed(
    reading: Reading, horizon: int, methods: Sequence[str], origins: int | None, seed: int
) -> rolling.Rehearsal:
    if horizon < 1:
        raise ValueError(f"a horizon is at least 1, not {horizon}")
    history = reading.history
    check(history.at(float("inf")))
    many = _OF_COUNTS if history.family in WHOLE_NUMBERS else _ORIGINS
    chosen = roster(history.family, methods)
    return rolling.run(history, chosen, horizon, seed, many if origins is None else origins)


def _answers(tasks: list[Many], work: Work, executor: Executor | None) -> Iterator[Answers]:
    if executor is None:
        yield from (work(task) for task in tasks)
        return
    for future in as_completed([executor.submit(work, task) for task in tasks]):
        yield future.result()


def _each(series: Many, **told: Any) -> Answers:
    answers: Answers = {}
    for key, one in series.items():
        try:
            answers[key] = forecast(one, **told)
        except CannotForecast as refusal:
            answers[key] = refusal
        except TypeError as wrong:  # no numbers, or no calendar: the others are not to blame
            answers[key] = CannotForecast(str(wrong))
    return answers
