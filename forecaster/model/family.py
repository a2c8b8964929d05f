"""What kind of number a series holds, and the scale on which its moves are alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from forecaster.domain.errors import CannotForecast
from forecaster.domain.indicator import Family

FloatArray = NDArray[np.float64]

WHOLE_NUMBERS = frozenset({Family.COUNT, Family.BINARY})
"""The families whose values are whole, and of which n equal ones still teach a rate."""

_SMALL_COUNT = 100  # whole numbers with a higher median (troops, persons) are read as `positive`
_SEEN_BASES = 12  # the base of a future share is the median of so many last ones
_FINE_BASE = 100.0  # a share of unknown base is read no more coarsely than this
_HUGE = 1e100  # squares of what is larger overflow
_LOG_HUGE = np.log(_HUGE)
_NOTHING = float(np.finfo(float).tiny)  # what is smaller is zero
_ZERO_ROOT = 2 * np.sqrt(3 / 8)


def settle(declared: Family, values: FloatArray, bases: FloatArray, whole: float) -> Family:
    """Return the declared family, checked against the values, or the one that they show."""
    family = _shown(values, bases, whole) if declared is Family.AUTO else declared
    strange = values[~possible(values, family, whole)]
    if strange.size:
        raise CannotForecast(f"{strange[0]:g} is not a value that a series of {family} can have")
    return family


def _shown(values: FloatArray, bases: FloatArray, whole: float) -> Family:
    if np.unique(values).size > 1 and possible(values, Family.BINARY, whole).all():
        return Family.BINARY
    if possible(values, Family.COUNT, whole).all() and np.median(values) < _SMALL_COUNT:
        return Family.COUNT
    if possible(values, Family.SHARE, whole).all() and np.isfinite(bases).all():
        return Family.SHARE
    return Family.POSITIVE if (values >= 0).all() else Family.REAL


def possible(values: FloatArray, family: Family, whole: float) -> NDArray[np.bool_]:
    """Say which values a series of the family can have."""
    low = -_HUGE if family is Family.REAL else 0.0
    high = {Family.SHARE: whole, Family.BINARY: 1.0}.get(family, _HUGE)
    fits: NDArray[np.bool_] = (values >= low) & (values <= high)
    if family in WHOLE_NUMBERS:
        fits &= values == np.rint(values)
    return fits


@dataclass(frozen=True)
class Scale:
    """A transform and its inverse: log for positive values, logit for shares, root for counts.

    positive: log y; as it is, and never below zero, if zeros were seen: no logarithm knows them. A
      zero that comes after the scale was learnt stands at half the smallest value seen.
    share: log((k + 1/2) / (n - k + 1/2)), k = n y / whole: the empirical logit (Haldane 1956). If
      k was whole in the past, it comes back whole.
    count: 2 sqrt(y + 3/8) (Anscombe 1948); comes back whole.
    real, binary: as they are.
    """

    family: Family
    whole: float = 1.0
    floor: float = field(default=1.0, compare=False)
    zeros: bool = False
    base: float = _FINE_BASE
    lattice: bool = False

    @classmethod
    def of(cls, values: FloatArray, bases: FloatArray, family: Family, whole: float) -> "Scale":
        """Learn the floor and the base from the values of a series (no NaN)."""
        positive = values[values > _NOTHING]
        known = bases[np.isfinite(bases) & (bases > 0)]
        if known.size:
            base = float(np.median(known[-_SEEN_BASES:]))
        else:
            base = max(_FINE_BASE, whole / positive.min() if positive.size else 0.0)
        hits = values * bases / whole
        return cls(
            family=family,
            whole=whole,
            floor=float(positive.min() / 2) if positive.size else 1.0,
            zeros=bool((values == 0).any()),
            base=base,
            lattice=bool((np.abs(hits - np.rint(hits)) < 0.05).all()),  # noqa: PLR2004  (rounding of the source)
        )

    @classmethod
    def again(cls, family: Family, whole: float, learnt: Mapping[str, float | bool]) -> "Scale":
        """Return the scale that this was learnt of."""
        return cls(
            family=family,
            whole=whole,
            floor=float(learnt["floor"]),
            zeros=bool(learnt["zeros"]),
            base=float(learnt["base"]),
            lattice=bool(learnt["lattice"]),
        )

    @property
    def learnt(self) -> dict[str, float | bool]:
        """Return all that the values taught."""
        return {
            "floor": self.floor,
            "zeros": self.zeros,
            "base": self.base,
            "lattice": self.lattice,
        }

    def forward(self, values: FloatArray, bases: FloatArray | None = None) -> FloatArray:
        """Move values (any shape, NaN stays) to the scale."""
        match self.family:
            case Family.POSITIVE if not self.zeros:
                return np.log(np.where(values <= _NOTHING, self.floor, values))
            case Family.SHARE:
                base = np.full_like(values, self.base) if bases is None else bases
                base = np.where(np.isfinite(base) & (base > 0), base, self.base)
                hits = values / self.whole * base
                return np.log((hits + 0.5) / (base - hits + 0.5))
            case Family.COUNT:
                return 2 * np.sqrt(values + 3 / 8)
            case _:
                return np.asarray(values, dtype=np.float64)

    def back(self, moved: FloatArray) -> FloatArray:
        """Bring moved values back into the range of the family, whole where it is whole."""
        values = self.smooth_back(moved)
        match self.family:
            case Family.SHARE if self.lattice:
                return np.rint(values / self.whole * self.base) / self.base * self.whole
            case Family.COUNT | Family.BINARY:
                return np.rint(values)
            case _:
                return values

    def smooth_back(self, moved: FloatArray) -> FloatArray:
        """Bring moved values back without rounding: for levels and slopes."""
        match self.family:
            case Family.POSITIVE:
                if self.zeros:
                    return np.maximum(moved, 0.0)
                return np.exp(np.minimum(moved, _LOG_HUGE))
            case Family.SHARE:
                hits = expit(moved) * (self.base + 1) - 0.5
                return np.clip(hits, 0, self.base) / self.base * self.whole
            case Family.COUNT:
                return np.asarray(np.square(np.maximum(moved, _ZERO_ROOT) / 2) - 3 / 8)
            case Family.BINARY:
                return np.clip(moved, 0, 1)
            case _:
                return moved
