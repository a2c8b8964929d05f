"""Made counts for the benchmarks: many laws, drawn at random, that no method here was built on.

Written before any count method, and changed for none. Each series draws its law, its length, its
level and its parameters at random; a draw whose zero share or mean falls out of the kind's bounds
is thrown away. With m the mean at t, s the season and e the law's own movement:

  autoregressive  y ~ NB(m, a), log m = c + s + e, e an AR(1) of persistence .5 to .98
  feedback        y ~ NB(m exp(s), a), m = w + p y[t-1] + q m[t-1] (INGARCH; Ferland et al. 2006)
  clustered       nothing, or 1 + a heavy or light size, while a two-state chain is in its burst;
                  dense series: bursts on top of a Poisson floor
  shifting        y ~ NB(m, a), log m jumps one to five times
  drifting        y ~ NB(m, a), log m is a random walk with drift
  switching       y ~ Poisson(m), m one of two or three levels of a Markov chain
  exciting        each event raises the rate of later ones (Hawkes 1971, in discrete time), and
                  has a size of its own with a heavy tail (log-normal or Pareto)

Half of the monthly series are marked: each month's events have a heavy-tailed size on top.
Season: none in half of the series, else one or two harmonics of the year in log m. Dispersion a:
none (Poisson) in a third, else log-uniform.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Law = Callable[["Draw"], Floats]

_HARD_CEILING = 1e6  # of one value: a law that explodes is drawn again


@dataclass(frozen=True)
class Kind:
    """What the series of a kind have in common."""

    frequency: str
    per_year: float
    lengths: tuple[int, int]
    levels: tuple[float, float]
    zeros: tuple[float, float]
    means: tuple[float, float]
    dispersions: tuple[float, float]
    marked: float
    """The share of series whose events have sizes of their own, under any law."""
    laws: tuple[Law, ...]


@dataclass(frozen=True)
class Draw:
    """The dice of one series, and what is drawn for every law alike."""

    kind: Kind
    rng: np.random.Generator
    n: int
    level: float
    season: Floats
    """(n,), what the time of the year adds to the log mean."""
    dispersion: float

    def scaled(self, log_mean: Floats) -> Floats:
        """Return means (n,) of this shape, whose average is the level."""
        shape = np.exp(log_mean + self.season)
        return self.level * shape / shape.mean()

    def counts(self, mean: Floats | float) -> Floats:
        """Draw negative-binomial counts; Poisson where the dispersion is zero."""
        if self.dispersion:
            size = 1 / self.dispersion
            mean = self.rng.gamma(size, np.asarray(mean) / size)
        return np.asarray(self.rng.poisson(np.minimum(mean, _HARD_CEILING)), dtype=np.float64)

    def sizes(self, n: int) -> Floats:
        """Draw sizes of at least one, with a tail that may be heavy."""
        if self.rng.random() < 0.5:  # noqa: PLR2004  (even chances)
            drawn = self.rng.lognormal(self.rng.uniform(0, 2), self.rng.uniform(0.6, 1.6), n)
        else:
            drawn = self.rng.pareto(self.rng.uniform(1.2, 3.0), n) * self.rng.uniform(1, 4)
        return np.minimum(np.ceil(drawn + 1e-9), _HARD_CEILING)

    def chain(self, states: int, stay: Floats) -> NDArray[np.intp]:
        """Walk (n,) over states that are kept with these chances, from any of them."""
        state, walked = int(self.rng.integers(states)), np.empty(self.n, dtype=np.intp)
        moves = self.rng.random(self.n)
        for t in range(self.n):
            if moves[t] > stay[state]:
                state = int((state + self.rng.integers(1, states)) % states)
            walked[t] = state
        return walked


def worlds(kind: str, n: int, seed: int) -> dict[str, pd.Series]:
    """Make n series of a kind of KINDS, each on a PeriodIndex that ends in 2025, by its name."""
    made = {}
    for number in range(n):
        rng = np.random.default_rng([seed, list(KINDS).index(kind), number])
        law, values = _series(KINDS[kind], rng)
        index = pd.period_range(end="2025-06", periods=values.size, freq=KINDS[kind].frequency)
        made[f"{kind}-{number:04}-{law}"] = pd.Series(values, index=index, name="count")
    return made


def _series(kind: Kind, rng: np.random.Generator) -> tuple[str, Floats]:
    law = kind.laws[rng.integers(len(kind.laws))]
    marked = rng.random() < kind.marked
    for _ in count():
        draw = _draw(kind, rng)
        values = law(draw)
        if marked:
            values *= draw.sizes(values.size)
        zeros, mean = (values == 0).mean(), values.mean()
        fits = kind.zeros[0] <= zeros <= kind.zeros[1] and kind.means[0] <= mean <= kind.means[1]
        if fits and values.max() < _HARD_CEILING:
            break
    return law.__name__.strip("_"), values


def _draw(kind: Kind, rng: np.random.Generator) -> Draw:
    n = int(rng.integers(*kind.lengths))
    dispersion = np.exp(rng.uniform(*np.log(kind.dispersions))) if rng.random() < 2 / 3 else 0.0
    return Draw(
        kind=kind,
        rng=rng,
        n=n,
        level=float(np.exp(rng.uniform(*np.log(kind.levels)))),
        season=_season(rng, n, kind.per_year),
        dispersion=float(dispersion),
    )


def _season(rng: np.random.Generator, n: int, per_year: float) -> Floats:
    season = np.zeros(n)
    if rng.random() < 0.5:  # noqa: PLR2004  (even chances)
        return season
    for harmonic in range(1, int(rng.integers(2, 4))):
        angle = 2 * np.pi * (harmonic * np.arange(n) / per_year + rng.random())
        season += rng.uniform(0.2, 1.2) / harmonic * np.sin(angle)
    return season


def _autoregressive(draw: Draw) -> Floats:
    rng, persistence, spread = draw.rng, draw.rng.uniform(0.5, 0.98), draw.rng.uniform(0.2, 1.2)
    moves = rng.normal(0, spread * np.sqrt(1 - persistence**2), draw.n)
    log_mean = np.empty(draw.n)
    state = rng.normal(0, spread)
    for t in range(draw.n):
        state = persistence * state + moves[t]
        log_mean[t] = state
    return draw.counts(draw.scaled(log_mean))


def _feedback(draw: Draw) -> Floats:
    last = draw.rng.uniform(0.05, 0.6)
    kept = draw.rng.uniform(0, 0.95 - last)
    mean, values = draw.level, np.empty(draw.n)
    seasonal = np.exp(draw.season - draw.season.mean())
    for t in range(draw.n):
        values[t] = draw.counts(mean * seasonal[t])
        mean = draw.level * (1 - last - kept) + last * values[t] / seasonal[t] + kept * mean
    return values


def _clustered(draw: Draw) -> Floats:
    rng = draw.rng
    calm, burst = 1 - 1 / rng.uniform(8, 60), 1 - 1 / rng.uniform(1.5, 12)
    busy = draw.chain(2, np.array([calm, burst])) == 1
    chance = np.clip(rng.uniform(0.4, 1.0) * np.exp(draw.season), 0, 1)
    struck = busy & (rng.random(draw.n) < chance)
    heavy = draw.kind.per_year == MONTHS or rng.random() < 0.3  # noqa: PLR2004  (some of the weekly)
    sizes = (
        draw.sizes(draw.n) if heavy else 1 + draw.counts(rng.uniform(0.1, 2.0) * np.ones(draw.n))
    )
    if draw.kind.means[0] < 1:
        stray = rng.random(draw.n) < rng.uniform(0, 0.1)
        return np.where(struck | stray, sizes, 0.0)
    floor = draw.counts(draw.scaled(np.zeros(draw.n)))
    return floor + np.where(struck, np.rint(sizes * draw.level / 2), 0.0)


def _shifting(draw: Draw) -> Floats:
    jumps = draw.rng.integers(1, 6)
    where = np.sort(draw.rng.integers(0, draw.n, jumps))
    levels = draw.rng.normal(0, draw.rng.uniform(0.3, 1.2), jumps + 1)
    return draw.counts(draw.scaled(levels[np.searchsorted(where, np.arange(draw.n))]))


def _drifting(draw: Draw) -> Floats:
    step, drift = draw.rng.uniform(0.01, 0.1), draw.rng.normal(0, 1.0) / draw.n
    return draw.counts(draw.scaled(np.cumsum(draw.rng.normal(drift, step, draw.n))))


def _switching(draw: Draw) -> Floats:
    states = int(draw.rng.integers(2, 4))
    stay = 1 - 1 / draw.rng.uniform(4, 60, states)
    levels = np.cumsum(np.log(draw.rng.uniform(2, 10, states)))
    mean = draw.scaled(levels[draw.chain(states, stay)])
    return draw.rng.poisson(mean).astype(float)


def _exciting(draw: Draw) -> Floats:
    rng = draw.rng
    offspring, decay = rng.uniform(0.2, 0.9), rng.uniform(0.2, 0.9)
    background = rng.uniform(0.01, 0.2) * np.exp(draw.season)
    excited, values = 0.0, np.empty(draw.n)
    sizes = draw.sizes(draw.n)
    for t in range(draw.n):
        events = rng.poisson(min(background[t] + excited, 50.0))
        values[t] = events * sizes[t]
        excited = decay * excited + offspring * (1 - decay) * events
    return values


WEEKS, MONTHS = 365.25 / 7, 12.0
KINDS = {
    "weekly-sparse": Kind(
        frequency="W-SUN",
        per_year=WEEKS,
        lengths=(156, 420),
        levels=(0.04, 1.5),
        zeros=(0.50, 0.95),
        means=(0.03, 20.0),
        dispersions=(0.1, 3.0),
        marked=0.0,
        laws=(_autoregressive, _feedback, _clustered, _shifting, _drifting, _switching),
    ),
    "weekly-dense": Kind(
        frequency="W-SUN",
        per_year=WEEKS,
        lengths=(156, 420),
        levels=(5.0, 100.0),
        zeros=(0.0, 0.25),
        means=(5.0, 100.0),
        dispersions=(0.01, 0.5),
        marked=0.0,
        laws=(_autoregressive, _feedback, _clustered, _shifting, _drifting, _switching),
    ),
    "monthly-conflict": Kind(
        frequency="M",
        per_year=MONTHS,
        lengths=(120, 360),
        levels=(0.1, 20.0),
        zeros=(0.70, 0.95),
        means=(0.05, 1000.0),
        dispersions=(0.5, 10.0),
        marked=0.5,
        laws=(_exciting, _clustered, _switching, _shifting, _drifting, _autoregressive),
    ),
}
"""The zero share and the mean of every series of a kind lie within its bounds."""
