"""Counts and onsets that other indicators run ahead of: a regression on their lagged values."""

import warnings
from collections.abc import Mapping
from itertools import product
from typing import Any, ClassVar, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM

from forecaster.domain.base import Frozen
from forecaster.domain.errors import CannotForecast
from forecaster.domain.indicator import Family
from forecaster.domain.period import Frequency
from forecaster.model.family import FloatArray
from forecaster.model.method import Estimate, Parameters
from forecaster.model.panel import Panel

Link = Literal["log", "logit", "cloglog"]

_LAGS = {Frequency.DAY: 28, Frequency.WEEK: 13, Frequency.MONTH: 12, Frequency.QUARTER: 4}
_FEWEST_LAGS = 3  # of other frequencies
_SEASONS = {Frequency.WEEK: 365.25 / 7, Frequency.MONTH: 12.0, Frequency.QUARTER: 4.0}
_CYCLES = 3  # of a season, before it is tried
_MEMORY = 12  # periods of the slow lag, and of a driver that are taken to go on
_AT_LEAST = 36  # periods in which the series and all drivers are known
_EVENTS = 8  # of them with any event, and as many without one where it is onsets
_CEILING = 3  # times the highest count seen, plus one: no mean on a path goes higher
_DISPERSIONS = (1e-3, 10.0)
_CHANCES = (1e-4, 1 - 1e-4)
_LARGE = 1_000_000  # counts above are not regressed as counts
_TINY = 1e-9


class Lead(Frozen):
    """How one driver runs ahead: its name, by how many periods, and how it is measured."""

    name: str
    lag: int
    logged: bool
    centre: float
    spread: float

    def terms(self, values: FloatArray) -> FloatArray:
        """Measure the driver's values (any shape) in standard deviations from their mean."""
        moved = np.log1p(np.maximum(values, 0.0)) if self.logged else values
        return np.asarray((moved - self.centre) / self.spread)


class Learnt(Frozen):
    """What the regression learns; the coefficients in the order of its terms."""

    link: Link
    coefficients: tuple[float, ...]
    leads: tuple[Lead, ...]
    dispersion: float
    ceiling: float
    season: float | None


class _Fitted(NamedTuple):
    score: float
    learnt: Learnt


class Driven:
    """A regression of the next value on the last ones and on declared drivers, some periods ago.

    g(m[t]) = b0 + b1 f(y[t-1]) + b2 f(mean of the last 12 y) (+ season) + sum c[j] x[j, t-l[j]];
    counts: g = log, f = log(1 + y), y negative binomial with var m + a m^2 (Cameron and Trivedi
    2013, 3.3 and 7.4); onsets: g = logit or complementary log-log, f = y (Beck, Katz and Tucker
    1998). x is the driver, on the log scale where it has no negative values. Each driver comes in
    with one lag or not at all, as the extended BIC (Chen and Chen 2008) has it, which charges for
    the number of lags that were tried. Beyond its lag a driver goes on with a stretch of its last
    12 values.
    """

    needs_drivers: ClassVar[bool] = True
    families: ClassVar[frozenset[Family]] = frozenset({Family.COUNT, Family.BINARY})

    def fit(self, panel: Panel) -> Estimate:
        """Choose lags, season and link by what is known; refuse where no driver tells anything."""
        if not panel.drivers.size:
            raise CannotForecast("it has no drivers")
        best = _chosen(_Sample.of(panel))
        if not best.leads:
            raise CannotForecast(f"none of {', '.join(panel.driving)} runs ahead of the series")
        ahead = ", ".join(f"{one.name} by {one.lag}" for one in best.leads)
        note = (
            f"driven: led by {ahead} {panel.frequency}(s); "
            "further ahead their last values are taken to go on"
        )
        return Estimate(best.model_dump(mode="json"), (note,))

    def paths(
        self,
        panel: Panel,
        parameters: Parameters,
        steps: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> FloatArray:
        """Draw values step by step, each from the mean that the ones before it make."""
        learnt = Learnt.model_validate(parameters)
        weights = np.asarray(learnt.coefficients)
        fixed = _calendar(np.arange(panel.end + 1, panel.end + steps + 1), learnt.season)
        led = [_ahead(panel, one, steps, n_paths, rng) for one in learnt.leads]
        given = fixed @ weights[2 : 2 + fixed.shape[1]] + sum(
            weight * one for weight, one in zip(weights[2 + fixed.shape[1] :], led, strict=True)
        )
        recent = np.repeat(_filled(panel.values)[None, -_MEMORY:], n_paths, axis=0)
        drawn = np.empty((n_paths, steps))
        for step in range(steps):
            own = _own(np.stack([recent[:, -1], recent.mean(axis=1)], axis=1), learnt.link)
            drawn[:, step] = _draw(own @ weights[:2] + given[:, step], learnt, rng)
            recent = np.concatenate([recent[:, 1:], drawn[:, step : step + 1]], axis=1)
        return drawn


class _Sample(NamedTuple):
    """The rows that every regression is held against: the same for each choice of terms."""

    counts: FloatArray
    own: FloatArray
    """(rows, 2), the last value and the mean of the last ones."""
    ordinals: NDArray[np.int_]
    lagged: Mapping[str, FloatArray]
    """Driver → (rows, lags), its values one period ago, two periods ago …"""
    frequency: Frequency
    is_count: bool

    @classmethod
    def of(cls, panel: Panel) -> "_Sample":
        n = panel.values.size
        lags = min(_LAGS.get(panel.frequency, _FEWEST_LAGS), max(1, n // 6))
        first = max(_MEMORY, lags)
        if n <= first:
            raise CannotForecast(f"{n} periods are too few to lag")
        filled = _filled(panel.values)
        slow = np.convolve(filled, np.full(_MEMORY, 1 / _MEMORY), mode="valid")[:-1]
        own = np.column_stack([filled[first - 1 : -1], slow[first - _MEMORY :]])
        led = {
            name: np.column_stack([row[first - lag : n - lag] for lag in range(1, lags + 1)])
            for name, row in zip(panel.driving, panel.drivers, strict=True)
        }
        known = np.isfinite(panel.values[first:])
        for columns in led.values():
            known &= np.isfinite(columns).all(axis=1)
        counts = panel.values[first:][known]
        _check(counts, is_count=panel.family is Family.COUNT)
        return cls(
            counts=counts,
            own=own[known],
            ordinals=np.arange(panel.start + first, panel.end + 1)[known],
            lagged={name: columns[known] for name, columns in led.items()},
            frequency=panel.frequency,
            is_count=panel.family is Family.COUNT,
        )


def _check(counts: FloatArray, *, is_count: bool) -> None:
    events = int(np.count_nonzero(counts))
    scarce = events if is_count else min(events, counts.size - events)
    if counts.size < _AT_LEAST or scarce < _EVENTS:
        raise CannotForecast(
            f"{counts.size} periods with {events} events are known beside the drivers; "
            f"{_AT_LEAST} with {_EVENTS} are needed"
        )
    if counts.max() > _LARGE:
        raise CannotForecast(f"counts above {_LARGE} are not regressed as counts")


def _chosen(sample: _Sample) -> Learnt:
    """Add one lag of one driver after the other, as long as that lowers the score."""
    period = _SEASONS.get(sample.frequency, np.inf)
    seasons = (None, period) if sample.counts.size >= _CYCLES * period else (None,)
    links: tuple[Link, ...] = ("log",) if sample.is_count else get_args(Link)[1:]
    best = min(
        (_fit(sample, link, season, ()) for link, season in product(links, seasons)),
        key=lambda one: one.score,
    )
    waiting = dict(sample.lagged)
    while waiting:
        leads = [lead for name, columns in waiting.items() for lead in _leads(name, columns)]
        tried = [_with(sample, best.learnt, lead) for lead in leads]
        found = min(filter(None, tried), key=lambda one: one.score, default=best)
        if found.score >= best.score:
            break
        best = found
        del waiting[best.learnt.leads[-1].name]
    return best.learnt


def _with(sample: _Sample, before: Learnt, lead: Lead) -> _Fitted | None:
    """Fit with one more lead; nothing, where that finds no fit: others may."""
    try:
        return _fit(sample, before.link, before.season, (*before.leads, lead))
    except CannotForecast:
        return None


def _leads(name: str, columns: FloatArray) -> list[Lead]:
    """Return one lead for each lag (rows, lags) at which the driver moved."""
    logged = bool((columns >= 0).all())
    moved = np.log1p(columns) if logged else columns
    centre, spread = float(moved.mean()), float(moved.std())
    return [
        Lead(name=name, lag=lag, logged=logged, centre=centre, spread=spread)
        for lag in range(1, columns.shape[1] + 1)
        if np.ptp(moved[:, lag - 1]) > _TINY
    ]


def _fit(sample: _Sample, link: Link, season: float | None, leads: tuple[Lead, ...]) -> _Fitted:
    led = [one.terms(sample.lagged[one.name][:, one.lag - 1]) for one in leads]
    calendar = _calendar(sample.ordinals, season)
    terms = np.column_stack([_own(sample.own, link), calendar, *led])
    dispersion = 1.0
    if link == "log":
        mean = np.maximum(_solved(sample.counts, terms, families.Poisson()).fittedvalues, _TINY)
        excess = np.sum(((sample.counts - mean) ** 2 - mean) / mean**2)
        dispersion = float(np.clip(excess / (mean.size - terms.shape[1]), *_DISPERSIONS))
    found = _solved(sample.counts, terms, _family(link, dispersion))
    tried = sum(columns.shape[1] for columns in sample.lagged.values())
    n = sample.counts.size
    charge = terms.shape[1] * np.log(n) + 2 * len(leads) * np.log(tried)
    learnt = Learnt(
        link=link,
        coefficients=tuple(map(float, found.params)),
        leads=leads,
        dispersion=dispersion,
        ceiling=_CEILING * float(sample.counts.max()) + 1,
        season=season,
    )
    return _Fitted(float(-2 * found.llf + charge), learnt)


def _family(link: Link, dispersion: float) -> Any:
    if link == "log":
        return families.NegativeBinomial(alpha=dispersion)
    way = families.links.Logit() if link == "logit" else families.links.CLogLog()
    return families.Binomial(link=way)


def _solved(counts: FloatArray, terms: FloatArray, family: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # whatever GLM warns of, its fit is not to be trusted
        try:
            found = GLM(counts, terms, family=family).fit()
        except (Warning, ValueError, np.linalg.LinAlgError) as error:
            raise CannotForecast(f"the regression found no fit: {error}") from error
    if not (found.converged and np.isfinite(found.params).all() and np.isfinite(found.llf)):
        raise CannotForecast("the regression did not converge")
    return found


def _own(values: FloatArray, link: Link) -> FloatArray:
    return np.log1p(values) if link == "log" else values


def _calendar(ordinals: NDArray[np.int_], season: float | None) -> FloatArray:
    columns = [np.ones(ordinals.size)]
    if season is not None:
        angle = 2 * np.pi * ordinals / season
        columns += [np.sin(angle), np.cos(angle)]
    return np.column_stack(columns)


def _ahead(
    panel: Panel, lead: Lead, steps: int, n_paths: int, rng: np.random.Generator
) -> FloatArray:
    """Return a driver's terms (n_paths, steps), known ones first, then stretches of its last."""
    if lead.name not in panel.driving:
        raise CannotForecast(f"it was led by {lead.name}, which is no driver any more")
    row = panel.drivers[panel.driving.index(lead.name)]
    last = row[np.isfinite(row)][-_MEMORY:]
    if not last.size:
        raise CannotForecast(f"nothing is known of {lead.name}")
    begin = rng.integers(0, last.size, (n_paths, 1))
    going_on = last[(begin + np.arange(steps)) % last.size]
    places = row.size - lead.lag + np.arange(steps)
    known = np.where(places < row.size, row[np.minimum(places, row.size - 1)], np.nan)
    return lead.terms(np.where(np.isfinite(known), known, going_on))


def _draw(given: FloatArray, learnt: Learnt, rng: np.random.Generator) -> FloatArray:
    """Draw one step's values (n_paths,) from the linear predictor."""
    if learnt.link == "log":
        mean = np.exp(np.minimum(given, np.log(learnt.ceiling)))
        size = 1 / learnt.dispersion
        return np.asarray(rng.negative_binomial(size, size / (size + mean)), dtype=np.float64)
    chance = np.clip(_family(learnt.link, 1.0).link.inverse(given), *_CHANCES)
    return np.where(rng.random(chance.size) < chance, 1.0, 0.0)


def _filled(values: FloatArray) -> FloatArray:
    """Return the values, a gap filled with the mean of all: only lags are read from it."""
    return np.where(np.isfinite(values), values, np.nanmean(values))
