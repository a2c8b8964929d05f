"""Where a series stands and moves now."""

from typing import NamedTuple

import numpy as np
from scipy.fft import dst
from scipy.special import fdtrc, stdtr

from forecaster.domain.forecast import Trend
from forecaster.model.family import FloatArray
from forecaster.model.panel import Panel

_NOW = 24  # values: long enough that a trend can show, short enough to be "now"
_ALIKE = 0.5  # standard errors: windows whose drifts differ by more are of other trends
_WANDERS = np.array([0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 1.0])
"""The share of the steps' variance that is the level's own: from noise to a random walk."""
_STAYS = 0.9  # prior of no drift: at it p_rising came true as often as said, in simulated series
_SEASONS = 3  # steps for each place of a season, before one can show
_VISIBLE = 0.01  # p, as of the season of climatology
_AROUND = 3  # values on either side of one that are asked whether it is wild
_WILD = 5.0  # robust standard deviations from their median: no noise or step of a walk goes so far
_MAD = 1.4826  # a normal standard deviation over its median absolute deviation
_ROUNDING = 1e-12  # relative: what is smaller is a rounding error
_FAR = 10.0  # errors: less than 5 % lies further out, on one degree of freedom even
_HALVINGS = 26  # of the bounds: an end of the interval is found to seven digits


class Moves(NamedTuple):
    """What the level may do: (2, shares) components, first without and then with a drift."""

    weights: FloatArray
    levels: FloatArray
    slopes: FloatArray
    errors: FloatArray
    freedom: FloatArray
    drift: float
    """The drift where there is one, averaged over the shares, and its standard error."""
    error: float

    def below(self, change: FloatArray) -> FloatArray:
        """Return the probability that the level moves less than that a value, of any shape."""
        scaled = (change[..., None, None] - self.slopes) / self.errors
        chance: FloatArray = (self.weights * stdtr(self.freedom, scaled)).sum(axis=(-2, -1))
        return chance


def trend_now(panel: Panel, steps: int) -> Trend:
    """Return the level now, and how it moves a period over the coming `steps`, on its own scale.

    z[t] = l[t] + e[t]; l[t+1] = l[t] + b + u[t] on the family's scale. As differences, D z =
    b + u + D e has the covariance s^2 (r I + (1 - r) T), with r from noise (0) to a random walk
    (1); sines diagonalise T, so that b and s^2 have closed forms for each r. They are averaged
    over r and over "no drift" (b = 0, prior 9/10), weighted by BIC (Raftery 1995): a walk's own
    wandering is not taken for a trend. The window is the longest of the last 24, 48, 96, …
    values whose drift lies within half a standard error of every shorter one's (Lepski 1991).

    `slope` is the mean of the level's change a period, (l[t+steps] - l[t]) / steps; `slope_90`
    holds 90 % of it; `p_rising` is the probability that it is above zero. A season that shows is
    taken out before, and single wild values are put at their neighbours' median (Hampel 1974). Of
    uneven distances the mean counts.
    """
    held = panel.places
    spacing = float(np.diff(held[-_NOW:]).mean()) if held.size > 1 else 1.0
    values = _tamed((panel.moved - _season(panel))[held])
    unit = float(np.ptp(values))  # squares of what is far from one may not be numbers
    if np.ptp(values[-_NOW:]) <= _ROUNDING * unit:
        level = float(panel.smooth_back(values[-1:])[0])
        return Trend(level=level, slope=0.0, slope_90=(0.0, 0.0), p_rising=0.5)
    moves = _moves_now((values - values[-1]) / unit, steps / spacing)
    slope = float((moves.weights * moves.slopes).sum())
    level = values[-1] + unit * float((moves.weights * moves.levels).sum())
    a_period = np.array([0.0, slope, *_middle(moves)]) * unit / spacing
    ahead = panel.smooth_back(level + a_period)
    own = [float(one) for one in ahead[1:] - ahead[0]]
    return Trend(
        level=float(ahead[0]),
        slope=own[0],
        slope_90=(own[1], own[2]),
        p_rising=float(1 - moves.below(np.zeros(()))),
    )


def _season(panel: Panel) -> FloatArray:
    """Return what the season adds to each value (n,), on average nothing; zeros where none shows.

    It shows where the steps from place to place of the season differ: F, p < 0.01, over three
    seasons at least.
    """
    season, n = panel.season, panel.values.size
    steps = np.diff(panel.moved)
    known = np.isfinite(steps)
    if season == 1 or known.sum() < _SEASONS * season:
        return np.zeros(n)
    phases = (panel.start + np.arange(n)) % season
    counts = np.bincount(phases[:-1][known], minlength=season)
    rest = steps[known] - steps[known].mean()
    means = np.bincount(phases[:-1][known], rest, season) / np.maximum(counts, 1)
    between = float(counts @ means**2)
    within = max(float(rest @ rest) - between, _ROUNDING * float(rest @ rest))
    free = known.sum() - season
    if not between or fdtrc(season - 1, free, between / within * free / (season - 1)) > _VISIBLE:
        return np.zeros(n)
    shape = np.cumsum(means - means.mean()) - (means - means.mean())
    return np.asarray((shape - shape.mean())[phases])


def _moves_now(values: FloatArray, ahead: float) -> Moves:
    """Return what the level may do by the longest window that still has the drift of now."""
    found = [_moves(values[-_NOW:], ahead)]
    size = _NOW
    while size < values.size:
        size *= 2
        longer = _moves(values[-size:], ahead)
        if any(abs(one.drift - longer.drift) > _ALIKE * one.error for one in found):
            break
        found.append(longer)
    return found[-1]


def _tamed(values: FloatArray) -> FloatArray:
    """Put what lies wildly off its neighbours at their median; the ends may be a new level."""
    width = 2 * _AROUND + 1
    if values.size < width:
        return values
    inner = slice(_AROUND, values.size - _AROUND)
    medians = np.median(np.lib.stride_tricks.sliding_window_view(values, width), axis=1)
    distances = np.abs(values[inner] - medians)
    bound = _WILD * _MAD * np.median(distances)
    tamed = values.copy()
    tamed[inner] = np.where((distances > bound) & (bound > 0), medians, values[inner])
    return tamed


def _moves(values: FloatArray, ahead: float) -> Moves:
    """Weigh what the level may do over so many coming values."""
    size = values.size - 1
    angles = np.pi * np.arange(1, size + 1) / (size + 1)
    moved, ones = dst(np.stack([np.diff(values), np.ones(size)]), type=1, norm="ortho")
    last = np.sqrt(2 / (size + 1)) * np.sin(size * angles)
    precision = 1 / (_WANDERS[:, None] + (1 - _WANDERS[:, None]) * (1 - np.cos(angles)))
    total = precision @ moved**2
    known = precision @ ones**2
    drift = precision @ (moved * ones) / known
    # An exact line would leave nothing: no rounding error may be taken for precision.
    left = np.maximum(total - known * drift**2, _ROUNDING * total)
    squares = np.stack([total, left])
    terms = np.array([[0], [1]])
    fit = np.log(precision).sum(axis=1) - size * np.log(squares) - terms * np.log(size)
    chance = fit / 2 + np.log([[_STAYS], [1 - _STAYS]])
    slopes = np.stack([np.zeros_like(drift), drift])
    freedom = (size - terms) * np.ones_like(squares)
    variance = squares / freedom
    # The last value's noise, told from the steps: its covariance with the last is s^2 (1 - r) / 2.
    rests = moved - slopes[..., None] * ones
    noise = (1 - _WANDERS) / 2 * ((precision * rests) @ last)
    weights = np.exp(chance - chance.max())
    weights /= weights.sum()
    share = weights[1] / weights[1].sum()
    return Moves(
        weights=weights,
        levels=values[-1] - noise,
        slopes=slopes,
        errors=np.sqrt(variance * (terms / known + _WANDERS / ahead)),
        freedom=freedom,
        drift=float(share @ drift),
        error=float(np.sqrt(share @ (variance[1] / known))),
    )


def _middle(moves: Moves) -> tuple[float, float]:
    """Return the 5 % and 95 % points of the level's move a value."""
    wanted = np.array([0.05, 0.95])
    reach = _FAR * float((np.abs(moves.slopes) + moves.errors).max())
    low, high = np.full(2, -reach), np.full(2, reach)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        short = moves.below(middle) < wanted
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return float(low[0]), float(high[1])
