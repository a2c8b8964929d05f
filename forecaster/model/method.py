"""The protocol of a method, and how its paths are drawn within the range of a family."""

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import ClassVar, NamedTuple, Protocol

import numpy as np
from pydantic import JsonValue

from forecaster import plugins
from forecaster.domain.forecast import Inputs
from forecaster.domain.indicator import Family
from forecaster.domain.observation import SeriesKey
from forecaster.model.family import FloatArray
from forecaster.model.panel import Panel

BASELINES = ("climatology", "naive")
"""What every other method must beat; both serve every family."""

STOPPED = "the optimiser stopped before it converged"
"""What a method warns of after its name and a colon, where its fit is not the best one."""

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


def roster(family: Family, wanted: Sequence[str]) -> dict[str, Method]:
    """Make both baselines and the wanted methods (none: all installed) that serve a family."""
    chosen = sorted({*BASELINES, *(wanted or _installed())})
    return {name: made(name) for name in chosen if family in made(name).families}


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
    walked = panel.silence
    paths = method.paths(panel, parameters, walked + steps, n_paths, rng)[:, walked:]
    n = panel.places.size
    if panel.family is Family.COUNT:
        rate = rng.gamma(0.5, 1 / n, size=(n_paths, 1))
        return paths + rng.poisson(np.broadcast_to(rate, paths.shape))
    if panel.family is Family.BINARY:
        turned = rng.random(paths.shape) < rng.beta(0.5, n, size=(n_paths, 1))
        return np.where(turned, 1 - paths, paths)
    return paths
