"""The protocol of a method, and how its paths are drawn within the range of a family."""

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import ClassVar, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue
from scipy.special import betaincinv

from forecaster import plugins
from forecaster.domain.errors import CannotForecast
from forecaster.domain.forecast import Inputs
from forecaster.domain.indicator import Family
from forecaster.domain.observation import SeriesKey
from forecaster.model.family import WHOLE_NUMBERS, FloatArray
from forecaster.model.panel import Panel

BASELINES = ("climatology", "naive")
"""What every other method must beat; both serve every family."""

STOPPED = "the optimiser stopped before it converged"
"""What a method warns of after its name and a colon, where its fit is not the best one."""

_MOST = 50  # events that no one saw in a period: a rate of Gamma(1/2) over n >= 1 brings fewer

Parameters = Mapping[str, JsonValue]


class Estimate(NamedTuple):
    """What a method learnt, as plain JSON, and what it met while learning."""

    parameters: Parameters
    warnings: tuple[str, ...] = ()


class Method(Protocol):
    """A way to continue a series; made without arguments and keeping nothing.

    A fit either returns finite parameters or raises `CannotForecast` with its reason; a warning of
    the optimiser becomes one of the two. Paths are values of the family, finite, of shape
    (n_paths, steps), for the periods right after the panel's last one; the same panel, parameters
    and generator give the same paths. New observations need a longer panel and no new fit.
    """

    families: ClassVar[frozenset[Family]]

    def fit(self, panel: Panel) -> Estimate:
        """Learn the parameters from a panel."""
        ...

    def paths(
        self,
        panel: Panel,
        parameters: Parameters,
        steps: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> FloatArray:
        """Draw paths that continue the panel."""
        ...


@runtime_checkable
class Swift(Method, Protocol):
    """A method that serves many past ends of a panel in one pass; the rolling origin asks for it.

    What is said of an end rests on the panel's values before it alone. An end is the number of
    periods that count; they increase. `parameters` holds one entry for each end, the same object
    for ends that share one. The end of the panel is one of many.
    """

    def fit_at(self, panel: Panel, ends: NDArray[np.intp]) -> Sequence[Estimate | CannotForecast]:
        """Learn the parameters at each end, or say why there are none."""
        ...

    def paths_at(
        self,
        panel: Panel,
        parameters: Sequence[Parameters],
        ends: NDArray[np.intp],
        steps: int,
        *,
        n_paths: int,
        rng: np.random.Generator,
    ) -> FloatArray:
        """Draw paths (ends, n_paths, steps) after each end."""
        ...

    def fit(self, panel: Panel) -> Estimate:
        """Learn the parameters from the whole panel."""
        (learnt,) = self.fit_at(panel, panel.whole_length)
        if isinstance(learnt, CannotForecast):
            raise learnt
        return learnt

    def paths(
        self,
        panel: Panel,
        parameters: Parameters,
        steps: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> FloatArray:
        """Draw paths that continue the panel."""
        ends = panel.whole_length
        drawn = self.paths_at(panel, [parameters], ends, steps, n_paths=n_paths, rng=rng)
        return np.asarray(drawn[0])


def roster(family: Family, wanted: Sequence[str], *, driven: bool = False) -> dict[str, Method]:
    """Make both baselines and the wanted methods (none: all installed) that serve a family.

    A method that says `needs_drivers` serves those series alone that are `driven`.
    """
    chosen = {name: made(name) for name in sorted({*BASELINES, *(wanted or _installed())})}
    return {
        name: method
        for name, method in chosen.items()
        if family in method.families and (driven or not getattr(method, "needs_drivers", False))
    }


@cache
def made(name: str) -> Method:
    """Make the method of that name, once: looking up an entry point reads the disk."""
    method: Method = plugins.load("methods", name)()
    return method


@cache
def _installed() -> tuple[str, ...]:
    return plugins.names("methods")


def seed_of(inputs: Inputs) -> int:
    """Derive the seed from the series' name alone, so that a change is never one of dice."""
    key = SeriesKey(inputs.definition.id, inputs.scope)
    return int.from_bytes(hashlib.sha256(str(key).encode()).digest()[:8])


def dice(seed: int, purpose: str, at: int = 0) -> np.random.Generator:
    """Return the generator of one purpose: equal arguments, equal dice."""
    return np.random.default_rng([seed, zlib.crc32(purpose.encode()), at])


def even_dice(rng: np.random.Generator, n_paths: int, steps: int) -> FloatArray:
    """Return uniform numbers (n_paths, steps), evenly spread in every step (Latin hypercube).

    Few paths then show the whole distribution. All ends share them, so that what is said of one
    does not depend on which others are asked for.
    """
    even = (np.arange(n_paths) + 0.5) / n_paths
    return rng.permuted(np.tile(even[:, None], steps), axis=0)


def fit_at(
    method: Method, panel: Panel, ends: NDArray[np.intp]
) -> Sequence[Estimate | CannotForecast]:
    """Fit a method at past ends of a panel, in one pass if it can."""
    if isinstance(method, Swift):
        return method.fit_at(panel, ends)
    return [_tried(method, panel.until(int(end))) for end in ends]


def draw_at(
    method: Method,
    panel: Panel,
    parameters: Sequence[Parameters],
    ends: NDArray[np.intp],
    steps: int,
    *,
    n_paths: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Draw paths (ends, n_paths, steps) after past ends, and allow for what was never seen.

    Every end sees the same dice: what is said of it does not depend on the others.
    """
    begin, extra = rng.bit_generator.state, rng.spawn(1)[0]
    if isinstance(method, Swift):
        paths = method.paths_at(panel, parameters, ends, steps, n_paths=n_paths, rng=rng)
    else:
        paths = np.empty((ends.size, n_paths, steps))
        for row, (end, learnt) in enumerate(zip(ends.tolist(), parameters, strict=True)):
            rng.bit_generator.state = begin
            paths[row] = method.paths(panel.until(end), learnt, steps, n_paths, rng)
    return _unseen(paths, panel.family, np.searchsorted(panel.places, ends), extra)


def draw(
    method: Method,
    panel: Panel,
    parameters: Parameters,
    steps: int,
    *,
    n_paths: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Draw paths of a method after the panel's covered end, and allow for what was never seen.

    Covered periods without a value are walked over first. Counts get Jeffreys' half event: a rate
    from Gamma(1/2, n) a path, so that n zeros never make the next one certain; binary values turn
    with a chance from Beta(1/2, n).
    """
    walked, extra = panel.silence, rng.spawn(1)[0]
    paths = method.paths(panel, parameters, walked + steps, n_paths, rng)[:, walked:]
    return np.asarray(_unseen(paths[None], panel.family, np.array([panel.places.size]), extra)[0])


def _tried(method: Method, panel: Panel) -> Estimate | CannotForecast:
    try:
        return method.fit(panel)
    except CannotForecast as refusal:
        return refusal


def _unseen(
    paths: FloatArray, family: Family, n_values: NDArray[np.intp], rng: np.random.Generator
) -> FloatArray:
    """Allow in paths (ends, paths, steps) for what n values (ends,) did not show."""
    if family not in WHOLE_NUMBERS:
        return paths
    n, uniform = n_values[:, None, None], rng.random(paths.shape[1:])
    if family is Family.COUNT:
        return paths + _poisson(rng.standard_gamma(0.5, (paths.shape[1], 1)) / n, uniform)
    turned = uniform < betaincinv(0.5, n, rng.random((paths.shape[1], 1)))
    return np.where(turned, 1 - paths, paths)


def _poisson(rate: FloatArray, uniform: FloatArray) -> FloatArray:
    """Return the Poisson quantiles of uniform numbers, for small rates of any shape."""
    found = np.zeros(np.broadcast_shapes(rate.shape, uniform.shape))
    mass = np.exp(-rate)
    below, k = mass, 0
    while (more := uniform > below).any() and k < _MOST:
        found += more
        k += 1
        mass = mass * rate / k
        below = below + mass
    return found
