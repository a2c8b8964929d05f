"""The first forecast of many series: one pass over all of them, nothing judged or calibrated."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri

from forecaster.domain.errors import CannotForecast
from forecaster.domain.forecast import Fitted
from forecaster.domain.indicator import Family
from forecaster.domain.period import Period
from forecaster.model import calibrate, linear
from forecaster.model.family import FloatArray
from forecaster.model.method import Parameters, made
from forecaster.model.panel import Panel, within_reach
from forecaster.model.reading import Reading, read
from forecaster.model.recursion import AT_LEAST, grid, is_seasonal
from forecaster.model.rehearsing import check
from forecaster.model.result import LEVELS, Forecast, Told
from forecaster.model.sweep import Swept, sweep

TASK = 256
"""Series in a task of one process."""

_TOGETHER = 64  # series swept at once: their states in all lanes then fit a processor's cache
_NODES = (np.arange(40) + 0.5) / 40  # levels whose mean is taken for that of the distribution
_SCORES = ndtri(np.concatenate([LEVELS, _NODES]))
_NOTE = "a first forecast, by {} alone: not compared with another method, and not calibrated"

Answers = dict[Hashable, Forecast | CannotForecast]


class _Case(NamedTuple):
    key: Hashable
    reading: Reading
    panel: Panel


def first(
    series: Mapping[Hashable, "pd.Series[Any]"],
    horizon: int,
    family: str = "auto",
    season: int | None = None,
    *,
    whole: float = 1.0,
    base: "pd.Series[Any] | float | None" = None,
    seed: int = 0,
) -> Answers:
    """Forecast each series by exponential smoothing; where one refuses, its reason.

    The quantiles are those of the normal distribution, on the family's scale, that has the moments
    of the lanes' mixture. What smoothing cannot serve (binary values, fewer than ten, counts that
    never moved) is given climatology's paths.
    """
    if horizon < 1:
        raise ValueError(f"a horizon is at least 1, not {horizon}")
    answers: Answers = {}
    waiting: dict[int, list[_Case]] = defaultdict(list)
    for key, one in series.items():
        try:
            reading = read(one, family=Family(family), season=season, whole=whole, base=base)
            case = _Case(key, reading, reading.history.at(np.inf))
            check(case.panel)
            if _is_smooth(case.panel):
                waiting[case.panel.season].append(case)
            else:
                learnt = made("climatology").fit(case.panel).parameters
                fitted = _fitted(case.panel, "climatology", learnt, horizon)
                answers[key] = Forecast(reading, fitted, horizon, seed)
        except CannotForecast as refusal:
            answers[key] = refusal
        except TypeError as wrong:  # no numbers, or no calendar: the others are not to blame
            answers[key] = CannotForecast(str(wrong))
    for cycle, cases in waiting.items():
        answers |= _swept(cases, cycle, horizon, seed)
    return answers


def _is_smooth(panel: Panel) -> bool:
    """Say whether smoothing serves a series: it has values enough that differ, and not two."""
    if panel.family is Family.BINARY or panel.places.size < AT_LEAST:
        return False
    return bool(np.ptp(panel.moved[panel.places]) > 0)


def _swept(cases: list[_Case], season: int, horizon: int, seed: int) -> Answers:
    cases.sort(key=lambda one: one.panel.end - one.panel.start, reverse=True)
    answers: Answers = {}
    for begin in range(0, len(cases), _TOGETHER):
        some = cases[begin : begin + _TOGETHER]
        moved = [one.panel.moved for one in some]
        lanes = grid(seasonal=is_seasonal(moved[0].size, season), coarse=True)
        found = sweep(moved, lanes, season, horizon)
        for case, learnt, told in zip(
            some, _parameters(some, found, lanes), _told(some, found), strict=True
        ):
            fitted = _fitted(case.panel, "smoothing", learnt, horizon)
            answers[case.key] = Forecast(case.reading, fitted, horizon, seed, told)
    return answers


def _told(cases: Sequence[_Case], found: Swept) -> Iterator[Told]:
    """Bring quantiles, and the mean over evenly spaced ones, back from the scale."""
    for case, means, deviations in zip(cases, found.means, found.deviations, strict=True):
        panel = case.panel
        wider = calibrate.unseen(panel.family) * deviations
        low, high = np.fmin.reduce(panel.moved), np.fmax.reduce(panel.moved)
        moved = within_reach(means + wider * _SCORES[:, None], low, high)
        values = panel.scale.back(moved)
        yield Told(values[: len(LEVELS)], values[len(LEVELS) :].mean(axis=0))


def _parameters(cases: Sequence[_Case], found: Swept, lanes: FloatArray) -> Iterator[Parameters]:
    """Return what smoothing keeps, of each series."""
    kept = lanes[found.lanes].transpose(1, 0, 2).tolist()
    shares, spreads = found.shares.T.tolist(), found.spreads.T.tolist()
    plain, seasonal = found.plain.T.tolist(), found.seasonal.T.tolist()
    has_season = np.isfinite(found.seasonal[0]).tolist()
    shape = linear.NORMAL.tolist()
    for row, mine in enumerate(shares):
        able = sum(share > 0 for share in mine)  # the best come first
        yield {
            "lanes": kept[row][:able],
            "shares": mine[:able],
            "spreads": spreads[row][:able],
            "shape": shape,
            "plain": _start(plain[row], 0),
            "seasonal": _start(seasonal[row], cases[row].panel.start) if has_season[row] else None,
        }


def _start(states: list[float], number: int) -> dict[str, Any]:
    level, slope, *seasons = states
    turned = number % len(seasons)
    places = [*seasons[-turned:], *seasons[:-turned]] if turned else seasons
    return {"level": level, "slope": slope, "seasons": places}


def _fitted(panel: Panel, name: str, learnt: Parameters, horizon: int) -> Fitted:
    return Fitted.model_construct(  # to check them again takes longer than to find the numbers
        family=panel.family,
        baseline=name,
        choice=name,
        weights={name: 1.0},
        parameters={name: dict(learnt)},
        scale=panel.scale.learnt,
        calibration=(calibrate.unseen(panel.family),) * horizon,
        skill=None,
        record={},
        calibration_error={},
        n_origins=0,
        trained_from=Period.at(panel.start, panel.frequency).start,
        trained_to=Period.at(panel.end, panel.frequency).last_day,
        n_observations=panel.places.size,
        note=_NOTE.format(name),
    )
