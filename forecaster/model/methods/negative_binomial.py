"""Counts that follow their own recent counts, with more spread than a Poisson law has."""

import warnings
from dataclasses import dataclass
from itertools import product
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from statsmodels.genmod.families import NegativeBinomial, Poisson
from statsmodels.genmod.generalized_linear_model import GLM

from forecaster.domain.base import Frozen
from forecaster.domain.errors import CannotForecast
from forecaster.domain.indicator import Family
from forecaster.domain.period import Frequency
from forecaster.model.family import FloatArray
from forecaster.model.method import Estimate, Parameters
from forecaster.model.panel import Panel

_SEASONS = {
    Frequency.DAY: 7.0,
    Frequency.WEEK: 365.25 / 7,
    Frequency.MONTH: 12.0,
    Frequency.QUARTER: 4.0,
}
_CYCLES = 3  # of a season, before it is tried
_MEMORY = 12  # periods of the slow lag; a fifth of a short series
_AT_LEAST = 24  # values
_EVENTS = 5  # periods with any event
_TREND_FROM = 40  # values, before a trend is tried
_CEILING = 3  # times the highest count seen, plus one: no mean on a path goes higher
_ITERATIONS = 100
_DISPERSIONS = (1e-3, 10.0)
_TINY = 1e-9
_LARGE = 1_000_000


class Regression(Frozen):
    """What a count regression learns."""

    coefficients: tuple[float, ...]
    dispersion: float
    memory: int
    ceiling: float
    season: float | None
    trend_from: int | None
    trend_span: int


@dataclass(frozen=True)
class NegativeBinomialCounts:
    """A negative-binomial regression with log link on lagged log-counts.

    log m[t] = b0 + b1 log(1 + y[t-1]) + b2 log(1 + mean of the last 12 y)
               (+ b3 sin + b4 cos of the season) (+ b5 t);  var y = m + a m^2
    (Cameron and Trivedi 2013, 3.3 and 7.4), a by moments from the Poisson fit. The terms in
    brackets enter where they lower AIC; a trend stays on a path at the value that it has now.
    """

    iterations: int = _ITERATIONS
    families: ClassVar[frozenset[Family]] = frozenset({Family.COUNT})

    def fit(self, panel: Panel) -> Estimate:
        """Estimate by iteratively reweighted least squares, for each choice of terms."""
        held = panel.values[panel.places]
        if held.size < _AT_LEAST or np.count_nonzero(held) < _EVENTS:
            raise CannotForecast(
                f"a count regression needs {_AT_LEAST} values, {_EVENTS} of them above zero"
            )
        if held.max() > _LARGE:
            raise CannotForecast(f"counts above {_LARGE} are not regressed as counts")
        period = _SEASONS.get(panel.frequency, np.inf)
        seasons = (None, period) if held.size >= _CYCLES * period else (None,)
        trends = (None, panel.start) if held.size >= _TREND_FROM else (None,)
        tried = [_regress(panel, *terms, self.iterations) for terms in product(seasons, trends)]
        _, best = min(tried, key=lambda one: one[0])
        return Estimate(best.model_dump(mode="json"))

    def paths(
        self,
        panel: Panel,
        parameters: Parameters,
        steps: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> FloatArray:
        """Draw counts step by step, each from the mean that the ones before it make."""
        learnt = Regression.model_validate(parameters)
        recent = np.repeat(_filled(panel)[None, -learnt.memory :], n_paths, axis=0)
        calendar = _calendar(np.arange(panel.end + 1, panel.end + steps + 1), learnt)
        weights = np.asarray(learnt.coefficients)
        fixed = calendar @ weights[2:]
        size = 1 / learnt.dispersion
        drawn = np.empty((n_paths, steps))
        for step in range(steps):
            lagged = np.log1p(np.stack([recent[:, -1], recent.mean(axis=1)], axis=1))
            exponent = fixed[step] + lagged @ weights[:2]
            mean = np.exp(np.minimum(exponent, np.log(learnt.ceiling)))
            drawn[:, step] = rng.negative_binomial(size, size / (size + mean))
            recent = np.concatenate([recent[:, 1:], drawn[:, step : step + 1]], axis=1)
        return drawn


def _regress(
    panel: Panel, season: float | None, trend: int | None, iterations: int
) -> tuple[float, Regression]:
    filled = _filled(panel)
    memory = min(_MEMORY, panel.places.size // 5)
    form = Regression(
        coefficients=(),
        dispersion=1.0,
        memory=memory,
        ceiling=_CEILING * float(filled.max()) + 1,
        season=season,
        trend_from=trend,
        trend_span=panel.values.size,
    )
    slow = np.convolve(filled, np.full(memory, 1 / memory), mode="valid")[:-1]
    lagged = np.log1p(np.column_stack([filled[memory - 1 : -1], slow]))
    calendar = _calendar(np.arange(panel.start + memory, panel.end + 1), form)
    rows = np.isfinite(panel.values[memory:])
    terms, counts = np.column_stack([lagged, calendar])[rows], panel.values[memory:][rows]
    mean = np.maximum(_fitted(counts, terms, Poisson(), iterations).fittedvalues, _TINY)
    excess = np.sum(((counts - mean) ** 2 - mean) / mean**2) / (counts.size - terms.shape[1])
    dispersion = float(np.clip(excess, *_DISPERSIONS))
    fit = _fitted(counts, terms, NegativeBinomial(alpha=dispersion), iterations)
    learnt = {"coefficients": tuple(map(float, fit.params)), "dispersion": dispersion}
    return float(fit.aic), form.model_copy(update=learnt)


def _fitted(counts: FloatArray, terms: FloatArray, family: Any, iterations: int) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # whatever GLM warns of, its fit is not to be trusted
        try:
            fit = GLM(counts, terms, family=family).fit(maxiter=iterations)
        except (Warning, ValueError, np.linalg.LinAlgError) as error:
            raise CannotForecast(f"the count regression found no fit: {error}") from error
    if not fit.converged:
        raise CannotForecast(f"the count regression did not converge in {iterations} iterations")
    if not np.isfinite(fit.params).all():
        raise CannotForecast("the count regression found no finite coefficients")
    return fit


def _calendar(ordinals: NDArray[np.int_], form: Regression) -> FloatArray:
    """Return the terms that depend on the period alone: one, and a season and a trend if any."""
    columns = [np.ones(ordinals.size)]
    if form.season is not None:
        angle = 2 * np.pi * ordinals / form.season
        columns += [np.sin(angle), np.cos(angle)]
    if form.trend_from is not None:
        columns.append(np.minimum((ordinals - form.trend_from) / form.trend_span, 1.0))
    return np.column_stack(columns)


def _filled(panel: Panel) -> FloatArray:
    """Return the counts, a gap filled with the mean of all: only lags are read from it."""
    return np.where(np.isfinite(panel.values), panel.values, np.nanmean(panel.values))
