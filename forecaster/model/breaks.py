"""Where the level of a series broke for good: what lies before is not what is forecast.

For each place k that leaves twelve values on either side, the autoregression

    z[t] = c + d 1(t >= k) + a1 z[t-1] + a2 dz[t-1] + … (+ season) + e[t]

is compared with the one without the step; the statistic is the highest F of them, as in Andrews
(1993), without the value that tells most. The autoregression, estimated together with the step
(Vogelsang 1997), keeps a series that merely wanders from showing a break at every turn. The
critical values are those of a random walk, the highest of all autoregressions.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from forecaster.domain.period import Frequency, Period
from forecaster.model.family import FloatArray
from forecaster.model.panel import Panel

AT_LEAST = 12
"""Values after a break, before they are enough to learn from alone."""

_FEW = 6  # values after a break, before it can be told from a burst
_TELLING = 30  # values, before any break is looked for
_PER_LAG = 80  # values for each lagged difference after the first; long memory asks for more lags
_CRITICAL = (15.0, 2.5)  # 0.1 % point of a random walk: a + b ln(n / 30), by bench/breaks.py
_SEASONS = {Frequency.DAY: 7, Frequency.MONTH: 12, Frequency.QUARTER: 4}
_CYCLES = 3  # of a season, before it is allowed for
_TINY = 1e-9


class Step(NamedTuple):
    """The likeliest place of a break among so many values, and how much it explains."""

    place: int
    f: float
    n: int
    season: int = 1
    """Periods of the season that was allowed for."""

    @property
    def excess(self) -> float:
        """Return how far F lies above its 0.1 % point."""
        return self.f - _CRITICAL[0] - _CRITICAL[1] * float(np.log(self.n / _TELLING))


class Training(NamedTuple):
    """What may be learnt from, and what was left out, or could not be."""

    panel: Panel
    notes: tuple[str, ...] = ()


def settled(panel: Panel) -> Training:
    """Leave out what lies before the last break, if enough values came after it.

    Declared breaks are taken as they are. Then breaks of level are looked for on the scale of the
    family, at 0.1 %, again and again in what is left after the last one found. Enough are twelve
    values, and three seasons where a found break was seen beside one: a level that is learnt anew
    is no gain where the season is lost by it. Nothing is read but the panel.
    """
    notes: list[str] = []
    for one in sorted(panel.breaks, key=lambda each: each.at):
        since = one.ordinal(panel.frequency)
        if panel.start < since <= panel.end:
            panel = _cut(panel, since, f"a declared break ({one.reason})", AT_LEAST, notes)
    while (step := _search(panel)) is not None:
        since = panel.start + int(panel.places[step.place])
        what = f"a break in level (sup-F {step.f:.0f}, p < 0.001)"
        least = max(AT_LEAST, _CYCLES * step.season if step.season > 1 else 0)
        shorter = _cut(panel, since, what, least, notes)
        if shorter is panel:
            break
        panel = shorter
    return Training(panel, tuple(notes))


def _cut(panel: Panel, since: int, what: str, least: int, notes: list[str]) -> Panel:
    """Return what came since, or, if that is too little, the panel as it is; note either."""
    shorter = panel.since(since)
    held, at = shorter.values[shorter.places], Period.at(since, panel.frequency)
    if held.size < least:
        few = f"{held.size} values came after it, too few to learn from alone"
        notes.append(f"{what} at {at}: {few}; nothing is left out")
        return panel
    if np.ptp(held) == 0:  # of counts, too: a quiet year does not unsay the bursts before it
        notes.append(f"{what} at {at}: all after it are {held[0]:g}; nothing is left out")
        return panel
    before = panel.places.size - held.size
    notes.append(f"{what} at {at}: the {before} values before it are left out")
    return shorter


def _search(panel: Panel) -> Step | None:
    """Return the step that is significant, if any is; gaps are skipped over.

    Where the whole shows none its later half may: two steps hide each other.
    """
    held, z = panel.places, panel.moved[panel.places]
    season = _SEASONS.get(panel.frequency, 1)
    for size in (held.size, held.size // 2):
        if size >= _TELLING:
            cycle = season if size >= _CYCLES * season else 1
            step = strongest(z[-size:], (panel.start + held[-size:]) % cycle)
            if step.excess > 0:
                return step._replace(place=held.size - size + step.place)
    return None


def strongest(z: FloatArray, season: NDArray[np.int_]) -> Step:
    """Return the step with the highest F; z and its places in a season are both (n,).

    All places cost one pass: with the other terms projected out, the F of each follows from
    cumulative sums.
    """
    lags = 2 + z.size // _PER_LAG
    moves = np.diff(z)
    lagged = [moves[lags - 1 - back : z.size - 1 - back] for back in range(1, lags)]
    y = z[lags:]
    plain = np.column_stack([np.ones(y.size), z[lags - 1 : -1], *lagged])
    terms = _with_season(y, plain, season)
    cycle = 1 + terms.shape[1] - plain.shape[1]
    basis = _basis(terms)
    left = y - basis @ (basis.T @ y)
    remaining = np.arange(y.size, 0, -1)
    freedom = remaining - np.square(_from_end(basis)).sum(axis=1)
    able = freedom > _TINY * y.size
    able[: max(AT_LEAST - lags, 0)] = False
    able[y.size - _FEW + 1 :] = False
    power = float(left @ left)
    gain = np.where(able, np.square(_from_end(left)) / np.where(able, freedom, 1.0), 0.0)
    best = int(np.argmax(gain))
    if power <= _TINY * float(y @ y) or not gain[best] > 0:  # nothing is left to explain
        return Step(0, 0.0, z.size)
    error = max(power - float(gain[best]), _TINY * power) / (y.size - basis.shape[1] - 1)
    f = _without_its_peak(left, best) ** 2 / float(freedom[best]) / error
    return Step(best + lags, f, z.size, cycle)


def _without_its_peak(left: FloatArray, place: int) -> float:
    """Sum what is left on the shorter side of a place, its greatest part left out.

    One value, however far out, is no level. The sums of both sides differ in sign alone.
    """
    side = left[place:] if 2 * place > left.size else left[:place]
    side = side * np.sign(side.sum())
    return max(float(side.sum() - side.max()), 0.0)


def _with_season(y: FloatArray, terms: FloatArray, season: NDArray[np.int_]) -> FloatArray:
    """Add a level for each place of a season, where that lowers the BIC (Schwarz 1978)."""
    places = int(season.max()) + 1
    if places == 1:
        return terms
    levels = (season[-y.size :, None] == np.arange(1, places)).astype(np.float64)
    richer = np.column_stack([terms, levels])
    bics = []
    for one in (terms, richer):
        basis = _basis(one)
        power = float(y @ y - np.square(basis.T @ y).sum())
        bics.append(y.size * np.log(max(power, _TINY)) + basis.shape[1] * np.log(y.size))
    return richer if bics[1] < bics[0] else terms


def _basis(terms: FloatArray) -> FloatArray:
    """Return orthonormal columns that span the terms."""
    columns, sizes, _ = np.linalg.svd(terms, full_matrices=False)
    return np.asarray(columns[:, sizes > _TINY * sizes[0]])


def _from_end(rows: FloatArray) -> FloatArray:
    """Sum the rows from each one to the last."""
    return np.asarray(np.cumsum(rows[::-1], axis=0)[::-1])
