"""Measure how often a factor's intervals hold it, and how near they are, beside DynamicFactorMQ.

    python bench/factor.py [--panels 200] [--seed 1] [--only KIND …] [--peers]

On panels whose factor is known (`panels.py`): how often 90 % intervals hold the factor, over all
months and in the last one; the root mean squared error, in the factor's own standard deviations;
how many panels are refused; and the time of a fit and of an update. With `--peers`, the same of
statsmodels' DynamicFactorMQ, as it comes (noise with a memory) and with white noise, standardised
alike; 'failed' is a fit that raised, or has no finite interval.
"""

import argparse
import time
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from panels import FIRST, KINDS, Kind, Panel, drawn
from scipy.special import ndtri
from statsmodels.tsa.statespace.dynamic_factor_mq import DynamicFactorMQ
from tables import show
from threads import keep_to_one

from forecaster.domain.errors import CannotForecast
from forecaster.model import composite

_Z90 = float(ndtri(0.95))
_EM = 200  # iterations


class Told(NamedTuple):
    """The factor as estimated, (months,), its error, and the seconds of a fit and of an update."""

    value: NDArray[np.float64]
    error: NDArray[np.float64]
    fit: float
    update: float


Way = Callable[[Panel], Told | None]


def main() -> None:
    """Print a table a way."""
    keep_to_one()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--panels", type=int, default=200, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=[kind.name for kind in KINDS])
    parser.add_argument("--peers", action="store_true", help="DynamicFactorMQ, too")
    asked = parser.parse_args()
    kinds = [kind for kind in KINDS if kind.name in (asked.only or kind.name)]
    ways: dict[str, Way] = {"composite": ours}
    if asked.peers:
        ways["DynamicFactorMQ"] = partial(theirs, with_memory=True)
        ways["DynamicFactorMQ, white noise"] = partial(theirs, with_memory=False)
    for name, way in ways.items():
        rows = [(kind.name, *measured(kind, way, asked.panels, asked.seed)) for kind in kinds]
        header = ("panels", "held", "held last", "RMSE", "refused", "fit, ms", "update, ms")
        show(name, header, rows)


def measured(kind: Kind, way: Way, panels: int, seed: int) -> Sequence[str]:
    """Return the columns of one kind of panel."""
    held, last, missed, times = [], [], [], []
    for number in range(panels):
        panel = drawn(kind, 1000 * seed + number)
        told = way(panel)
        if told is None:
            continue
        off = np.abs(told.value - panel.truth[-told.value.size :])
        inside = off <= _Z90 * told.error
        held.append(inside.mean())
        last.append(inside[-1])
        missed.append(np.square(off).mean())
        times.append((told.fit, told.update))
    if not held:
        return ("", "", "", f"{panels} of {panels}", "", "")
    fit, update = np.median(times, axis=0) * 1000
    return (
        f"{np.mean(held):.3f}",
        f"{np.mean(last):.3f}",
        f"{np.sqrt(np.mean(missed)):.3f}",
        f"{panels - len(held)} of {panels}",
        f"{fit:.0f}",
        f"{update:.0f}",
    )


def ours(panel: Panel) -> Told | None:
    """Estimate as the service does."""
    inputs = panel.inputs()
    began = time.process_time()
    try:
        fitted = composite.fit(inputs)
    except CannotForecast:
        return None
    learnt = time.process_time()
    nowcast = composite.project(inputs, fitted, {}).nowcast
    if nowcast is None:
        return None
    low, high = np.array([one.interval_90 for one in nowcast.months]).T
    error = (high - low) / (2 * _Z90)
    return Told((low + high) / 2, error, learnt - began, time.process_time() - learnt)


def theirs(panel: Panel, *, with_memory: bool) -> Told | None:
    """Estimate with statsmodels' own mixed-frequency factor model."""
    months = pd.period_range(str(FIRST), periods=panel.level.size, freq="M")
    frame = pd.DataFrame(panel.values, index=months)
    given: dict[str, Any] = {}
    if panel.quarterly.any():
        quarters = frame.loc[:, panel.quarterly].dropna(how="all")
        given["endog_quarterly"] = quarters.set_axis(quarters.index.asfreq("Q"))
    began = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model = DynamicFactorMQ(
                frame.loc[:, ~panel.quarterly], idiosyncratic_ar1=with_memory, **given
            )
            result = model.fit_em(maxiter=_EM, disp=False)
            learnt = time.process_time()
            model.smooth(result.params)
        except (np.linalg.LinAlgError, ValueError, IndexError):
            return None
    updated = time.process_time()
    mean, variance = result.smoothed_state[0], result.smoothed_state_cov[0, 0]
    if not (variance >= 0).all():
        return None
    mean = mean * np.sign(result.params[: panel.quarterly.size].sum())
    unit = np.sqrt(np.mean(np.square(mean - mean.mean()) + variance))
    value, error = (mean - mean.mean()) / unit, np.sqrt(variance) / unit
    return Told(value, error, learnt - began, updated - learnt)


if __name__ == "__main__":
    main()
