"""Ask the project as a notebook would, each method alone, and plain climatology."""

import time
from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from peers import Peers
from scores import LEVELS
from series import Window

from forecaster import plugins
from forecaster.domain.errors import CannotForecast
from forecaster.domain.indicator import Family
from forecaster.model import forecast, forecast_many
from forecaster.model.family import WHOLE_NUMBERS
from forecaster.model.method import dice, draw, made
from forecaster.model.panel import Panel
from forecaster.model.reading import read
from forecaster.model.result import Forecast

WITHIN = 4
"""Steps in which the threshold is to be crossed."""

_RARE = 0.8  # the share of past values that do not lie above the threshold
_YEARS = {"day": 365, "week": 52, "month": 12, "quarter": 4, "year": 1}
_PATHS = 2000


class Answer(NamedTuple):
    """Quantiles (steps, levels), the probability of crossing if there is one, the seconds."""

    quantiles: NDArray[np.float64]
    seconds: float
    p: float | None = None


def threshold(window: Window) -> float:
    """Return the value above which a fifth of the known past lies, at most."""
    return float(window.past.quantile(_RARE, interpolation="higher"))


def automatic(window: Window) -> Answer | None:
    """Return what the project publishes; nothing where it refuses."""
    above, steps = threshold(window), len(window.targets)
    has_p = window.series.is_count and steps >= WITHIN
    began = time.process_time()
    try:
        said = forecast(
            window.past,
            horizon=steps,
            family=_family(window),
            season=window.series.season,
        )
    except CannotForecast:
        return None
    quantiles = said.quantiles
    p = said.probability(above=above, within=WITHIN) if has_p else None
    seconds = time.process_time() - began
    return Answer(quantiles[list(LEVELS)].to_numpy(float), seconds, p)


def firsts(windows: Sequence[Window]) -> list[Answer | None]:
    """Return the first forecasts of all, made together; the seconds are each one's share."""
    alike: dict[tuple[Family, int, int], dict[Hashable, pd.Series]] = defaultdict(dict)
    for number, window in enumerate(windows):
        told = _family(window), window.series.season, len(window.targets)
        alike[told][number] = window.past
    found: dict[Hashable, pd.DataFrame] = {}
    began = time.process_time()
    for (family, season, steps), series in alike.items():
        for number, said in forecast_many(series, steps, family, season, quick=True).items():
            if isinstance(said, Forecast):
                found[number] = said.quantiles
    seconds = (time.process_time() - began) / len(windows)
    return [
        Answer(found[number][list(LEVELS)].to_numpy(float), seconds) if number in found else None
        for number in range(len(windows))
    ]


def methods() -> tuple[str, ...]:
    """Return the names of all methods that are installed."""
    return plugins.names("methods")


def alone(name: str, window: Window) -> Answer | None:
    """Return what one method says, fitted once and not recalibrated; nothing where it refuses."""
    panel = panel_of(window.past, window.series.season, _family(window))
    method = made(name)
    if panel.family not in method.families:
        return None
    began = time.process_time()
    try:
        learnt = method.fit(panel).parameters
    except CannotForecast:
        return None
    steps, rng = len(window.targets), dice(0, name)
    paths = draw(method, panel, learnt, steps, n_paths=_PATHS, rng=rng)
    seconds = time.process_time() - began
    return Answer(_read(paths, panel.family), seconds, _crossing(paths, window))


def panel_of(y: pd.Series, season: int, family: Family = Family.AUTO) -> Panel:
    """Return what a method sees of a series."""
    return read(y, season=season, family=family).history.at(np.inf)


def climatology(window: Window) -> Answer:
    """Return the distribution of the last year's values, for every step the same.

    It crosses as often as its own windows of four periods did, with Jeffreys' half.
    """
    began = time.process_time()
    last = window.past.iloc[-_YEARS[window.series.frequency] :].dropna().to_numpy(float)
    levels = np.quantile(last, LEVELS, method="inverted_cdf")
    seconds = time.process_time() - began
    stretches = np.lib.stride_tricks.sliding_window_view(last, min(WITHIN, last.size))
    crossed = int((stretches.max(axis=1) > threshold(window)).sum())
    p = (crossed + 0.5) / (len(stretches) + 1)
    return Answer(np.tile(levels, (len(window.targets), 1)), seconds, p)


def peer(peers: Peers, model: str, window: Window) -> Answer | None:
    """Return what a model of the peers says; nothing where it failed."""
    past, steps = window.past.to_numpy(float), len(window.targets)
    said = peers.ask(model, past, window.series.season, steps)
    return said and Answer(said.quantiles, said.seconds)


def _family(window: Window) -> Family:
    # What is known to be counts is declared as such, even where its past is of 0 and 1 alone.
    return Family.COUNT if window.series.is_count else Family.AUTO


def _read(paths: NDArray[np.float64], family: Family) -> NDArray[np.float64]:
    way = "inverted_cdf" if family in WHOLE_NUMBERS else "linear"
    return np.quantile(paths, LEVELS, axis=0, method=way).T


def _crossing(paths: NDArray[np.float64], window: Window) -> float:
    crossed = (paths[:, :WITHIN].max(axis=1) > threshold(window)).sum()
    return float((crossed + 0.5) / (len(paths) + 1))
