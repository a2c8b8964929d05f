"""A level that wanders, with or without a slope that wanders: a state space by Kalman filter."""

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, get_args

import numpy as np
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.statespace.structural import UnobservedComponents

from forecaster.domain.base import Frozen
from forecaster.domain.errors import CannotForecast
from forecaster.domain.indicator import Family
from forecaster.model.family import FloatArray
from forecaster.model.method import STOPPED, Estimate, Parameters
from forecaster.model.panel import Panel

Spec = Literal["llevel", "lltrend"]

_AT_LEAST = 10  # values
_BURN = 2  # innovations that only serve to find the first state, in both specifications
_ITERATIONS = 50
_SECONDS = 20.0  # 600 values take less than one
_STOP = 1e10  # machine epsilons of the likelihood: a coarser stop costs accuracy
_TINY = 1e-12


class Variances(Frozen):
    """What a local trend learns: its form, its unit, and the variances in that unit."""

    spec: Spec
    unit: float
    variances: tuple[float, ...]


@dataclass(frozen=True)
class LocalTrend:
    """The local level or local linear trend model on the family's scale, whichever has less AIC.

    z[t] = l[t] + e[t];  l[t+1] = l[t] + b[t] + u[t];  b[t+1] = b[t] + w[t]
    (Durbin and Koopman 2012, 3.2). Variances by maximum likelihood. Paths run in innovations form,
    with innovations drawn from the standardised past ones (Stoffer and Wall 1991): their tails are
    the series' own. The optimiser has 50 iterations for each specification, `seconds` for both.
    """

    seconds: float = _SECONDS
    families: ClassVar[frozenset[Family]] = frozenset(
        {Family.REAL, Family.POSITIVE, Family.SHARE, Family.COUNT}
    )

    def fit(self, panel: Panel) -> Estimate:
        """Estimate both specifications and keep the one with less AIC."""
        held = panel.moved[panel.places]
        unit = float(np.std(held))
        if held.size < _AT_LEAST or unit <= _TINY * np.abs(held).max():
            raise CannotForecast(f"a trend needs {_AT_LEAST} values that differ")
        deadline = self._deadline()
        fits: dict[Spec, Any] = {
            spec: _estimate(panel.moved / unit, spec, deadline) for spec in get_args(Spec)
        }
        best = min(fits, key=lambda spec: float(fits[spec].aic))
        learnt = Variances(spec=best, unit=unit, variances=tuple(map(float, fits[best].params)))
        stopped = not fits[best].mle_retvals["converged"]
        note = (f"local_trend: {STOPPED}",) if stopped else ()
        return Estimate(learnt.model_dump(mode="json"), note)

    def paths(
        self,
        panel: Panel,
        parameters: Parameters,
        steps: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> FloatArray:
        """Filter with fixed parameters and draw paths from the last state."""
        learnt = Variances.model_validate(parameters)
        model, result = _filtered(panel, learnt)
        past = _standardised(result)
        # Enough innovations show their own tails; few are taken for normal ones.
        if past.size >= _AT_LEAST:
            shocks = rng.choice(past - past.mean(), (steps, n_paths))
        else:
            shocks = rng.standard_normal((steps, n_paths))
        design, transition = model.ssm["design"], model.ssm["transition"]
        noise = model.ssm["selection"] @ model.ssm["state_cov"] @ model.ssm["selection"].T
        state = np.repeat(result.predicted_state[:, -1:], n_paths, axis=1)
        spread = result.predicted_state_cov[:, :, -1]
        drawn = np.empty((steps, n_paths))
        for step in range(steps):
            variance = np.maximum(design @ spread @ design.T + model.ssm["obs_cov"], _TINY)
            gain = transition @ spread @ design.T / variance
            innovation = np.sqrt(variance) * shocks[step]
            drawn[step] = (design @ state + innovation)[0]
            state = transition @ state + gain @ innovation
            spread = transition @ spread @ transition.T - variance * gain @ gain.T + noise
        return panel.scale.back(drawn.T * learnt.unit)

    def _deadline(self) -> Callable[[FloatArray], None]:
        """Return what the optimiser calls after each iteration; it refuses once time is up."""
        ends_at = time.monotonic() + self.seconds

        def check(_: FloatArray) -> None:
            if time.monotonic() >= ends_at:
                raise CannotForecast(
                    f"the trend's optimiser did not end by its deadline of {self.seconds:g} s"
                )

        return check


def _estimate(values: FloatArray, spec: Spec, deadline: Callable[[FloatArray], None]) -> Any:
    model = UnobservedComponents(values, level=spec, loglikelihood_burn=_BURN)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # read from mle_retvals instead
            warnings.simplefilter("ignore", RuntimeWarning)  # a trial step; the end is checked
            fit = model.fit(
                disp=False,
                maxiter=_ITERATIONS,
                factr=_STOP,
                cov_type="none",
                low_memory=True,
                callback=deadline,
            )
    except np.linalg.LinAlgError as error:
        raise CannotForecast("the trend's likelihood broke down") from error
    if not (np.isfinite(fit.params).all() and np.isfinite(fit.aic)):
        raise CannotForecast("the trend's likelihood has no maximum")
    return fit


def _filtered(panel: Panel, learnt: Variances) -> tuple[Any, Any]:
    model = UnobservedComponents(panel.moved / learnt.unit, level=learnt.spec)
    model.update(np.asarray(learnt.variances))
    return model, model.ssm.filter()


def _standardised(result: Any) -> FloatArray:
    errors = result.forecasts_error[0, _BURN:] / np.sqrt(result.forecasts_error_cov[0, 0, _BURN:])
    kept: FloatArray = errors[np.isfinite(errors) & (result.missing[0, _BURN:] == 0)]
    return kept
