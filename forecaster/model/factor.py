"""One factor behind series of months and of quarters: a state space, its fit and its smoothing."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from statsmodels.tsa.statespace.kalman_smoother import SMOOTHER_STATE, SMOOTHER_STATE_COV
from statsmodels.tsa.statespace.mlemodel import MLEModel

from forecaster.domain.errors import CannotForecast
from forecaster.model.family import FloatArray

SPAN = 3  # the state holds the factor of so many months: a quarter's

_ITERATIONS = 200  # thirty are usual
_SECONDS = 20.0  # ten inputs of fifteen years take about one
_STEP = 1e-2  # of the finite differences behind the curvature, in units of the parameters
# The priors, each normal, on standardised inputs. They tell apart what short series cannot: a
# loading of up to two standard deviations, a noise around the size of the input itself, a factor
# that keeps about four fifths of itself from month to month, noise that keeps little.
_LOADING = (0.0, 1.0)
_LOG_NOISE = (-0.3, 0.5)
_INVERSE_TANH_NOISE_MEMORY = (0.0, 0.5)
_INVERSE_TANH_FACTOR_MEMORY = (1.1, 0.5)
_FIRST_LOADING, _FIRST_NOISE = 0.7, 0.7  # half of an input's variance is the factor's
_FIRST_NOISE_MEMORY = 0.2
_LEAST_CURVATURE = 1.0  # that of the flattest prior: no direction is less known than before


class Smoothed(NamedTuple):
    """The factor given all that is known: (months,) each, and of the last months together."""

    mean: FloatArray
    variance: FloatArray
    last: FloatArray
    """Means of the last three months, the last one first, (3,)."""
    last_covariance: FloatArray
    """Their covariance, (3, 3)."""


class Estimated(NamedTuple):
    """Parameters at their most likely, draws around them, and how the search ended."""

    mode: FloatArray
    """(3 n + 1,): loadings, log noise, inverse tanh of its memory and of the factor's."""
    draws: FloatArray
    """(n_draws, 3 n + 1)"""
    converged: bool
    gain: float
    """By how much the factor lowers AIC against inputs that go each their own way."""


class Mixed(MLEModel):  # type: ignore[misc]  # the library has no types
    """A factor with memory behind monthly and quarterly inputs, noise with memory of each.

    f[t] = m f[t-1] + u[t], var f = 1;  e_i[t] = r_i e_i[t-1] + v_i[t], var e_i = s_i^2
    monthly:   y_i[t] = b_i f[t] + e_i[t]
    quarterly: y_i[t] = b_i (f[t] + f[t-1] + f[t-2]) / 3 + e_i[t], in the quarter's last month
    (Mariano and Murasawa 2003, for levels rather than growth rates). Missing values are passed
    over by the filter, so that edges may be ragged.
    """

    def __init__(self, values: FloatArray, quarterly: NDArray[np.bool_]) -> None:
        """Take standardised values (months, n), NaN where nothing is known."""
        n = values.shape[1]
        super().__init__(values, k_states=SPAN + n, k_posdef=1 + n)
        self.quarterly = quarterly
        for lag in range(1, SPAN):
            self["transition", lag, lag - 1] = 1.0
        self["design", :, SPAN:] = np.eye(n)
        self["selection", 0, 0] = 1.0
        self["selection", SPAN:, 1:] = np.eye(n)
        self.ssm.initialize_stationary()
        self.ssm.smoother_output = SMOOTHER_STATE | SMOOTHER_STATE_COV

    def update(self, params: FloatArray, **_: Any) -> None:
        """Set the matrices of the state space from the parameters."""
        loadings, noise, memory, factor_memory = split(params)
        self["design", :, 0] = np.where(self.quarterly, loadings / SPAN, loadings)
        for lag in range(1, SPAN):
            self["design", :, lag] = np.where(self.quarterly, loadings / SPAN, 0.0)
        self["transition", 0, 0] = factor_memory
        self["transition", SPAN:, SPAN:] = np.diag(memory)
        self["state_cov"] = np.diag(np.r_[1 - factor_memory**2, noise**2 * (1 - memory**2)])


def split(parameters: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, float]:
    """Return loadings (n,), noise (n,), its memory (n,), and the factor's memory."""
    n = parameters.size // 3
    loadings, noise, memory = parameters[:-1].reshape(3, n)
    return loadings, np.exp(noise), np.tanh(memory), float(np.tanh(parameters[-1]))


def estimate(
    values: FloatArray,
    quarterly: NDArray[np.bool_],
    rng: np.random.Generator,
    *,
    n_draws: int,
    seconds: float = _SECONDS,
) -> Estimated:
    """Fit to standardised values (months, n), NaN for a gap, by maximum posterior likelihood.

    Draws are from the normal approximation around the mode (Laplace), so that intervals hold what
    is not known of the parameters. The factor points where most of the inputs go: the loadings'
    sum is positive. Raises `CannotForecast` if the likelihood breaks down, or if it takes longer
    than `seconds`.
    """
    n = values.shape[1]
    model = Mixed(values, quarterly)
    height = _height(model, time.monotonic() + seconds)
    apart = np.concatenate([np.zeros(n), _first(n)[n:]])
    with np.errstate(all="ignore"):  # a trial step; the end is checked
        try:
            found, converged = _climb(height, _first(n), slice(None))
            mode = _turned(found, np.ones(n))
            alone, _ = _climb(height, apart, slice(n, 3 * n))
            curvature = _curvature(height, mode)
        except np.linalg.LinAlgError as error:
            raise CannotForecast("the factor's likelihood broke down") from error
        except TimeoutError as error:
            raise CannotForecast(
                f"the factor was not found by its deadline of {seconds:g} s"
            ) from error
    if not (np.isfinite(mode).all() and np.isfinite(curvature).all()):
        raise CannotForecast("the factor's likelihood has no maximum")
    gain = 2 * (model.loglike(mode) - model.loglike(alone)) - 2 * (n + 1)
    return Estimated(mode, _drawn(mode, curvature, n_draws, rng), converged, float(gain))


def smooth(
    values: FloatArray, quarterly: NDArray[np.bool_], draws: FloatArray
) -> tuple[Smoothed, ...]:
    """Return the factor given all values, for each draw of the parameters."""
    model = Mixed(values, quarterly)
    smoothed = []
    for parameters in draws:
        model.update(parameters)
        told = model.ssm.smooth()
        smoothed.append(
            Smoothed(
                mean=told.smoothed_state[0].copy(),
                variance=np.maximum(told.smoothed_state_cov[0, 0], 0.0),
                last=told.smoothed_state[:SPAN, -1].copy(),
                last_covariance=told.smoothed_state_cov[:SPAN, :SPAN, -1].copy(),
            )
        )
    return tuple(smoothed)


def _first(n: int) -> FloatArray:
    each = [_FIRST_LOADING, np.log(_FIRST_NOISE), np.arctanh(_FIRST_NOISE_MEMORY)]
    return np.append(np.repeat(each, n), _INVERSE_TANH_FACTOR_MEMORY[0])


def _climb(
    height: Callable[[FloatArray], float], first: FloatArray, free: slice
) -> tuple[FloatArray, bool]:
    """Return where the height is greatest if some parameters stay, and whether it was reached."""
    place = first.copy()

    def depth(moved: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        place[free] = moved
        return -height(place)

    found = minimize(depth, first[free], method="L-BFGS-B", options={"maxiter": _ITERATIONS})
    place[free] = found.x
    return place, bool(found.success)


def _height(model: Mixed, ends_at: float) -> Callable[[FloatArray], float]:
    """Return the log posterior, up to a constant; it is refused once time is up."""
    n = model.k_endog
    priors = [_LOADING] * n + [_LOG_NOISE] * n + [_INVERSE_TANH_NOISE_MEMORY] * n
    mean, spread = np.array([*priors, _INVERSE_TANH_FACTOR_MEMORY]).T

    def height(parameters: FloatArray) -> float:
        if time.monotonic() >= ends_at:
            raise TimeoutError
        prior = -0.5 * np.square((parameters - mean) / spread).sum()
        return float(model.loglike(parameters) + prior)

    return height


def _drawn(
    mode: FloatArray, curvature: FloatArray, n_draws: int, rng: np.random.Generator
) -> FloatArray:
    bend, turn = np.linalg.eigh(curvature)
    scaled = rng.standard_normal((n_draws, mode.size)) / np.sqrt(
        np.maximum(bend, _LEAST_CURVATURE)
    )
    return np.array([_turned(mode + step, split(mode)[0]) for step in scaled @ turn.T])


def _turned(parameters: FloatArray, towards: FloatArray) -> FloatArray:
    """Turn the factor's sign to where the loadings go along with others."""
    n = towards.size
    sign = -1.0 if parameters[:n] @ towards < 0 else 1.0
    turned: FloatArray = np.r_[sign * parameters[:n], parameters[n:]]
    return turned


def _curvature(height: Callable[[FloatArray], float], at: FloatArray) -> FloatArray:
    """Return minus the second derivatives (k, k) by central differences."""
    steps = np.eye(at.size) * _STEP
    top = height(at)
    up, down = (np.array([height(at + sign * step) for step in steps]) for sign in (1, -1))
    second = np.diag(up - 2 * top + down)
    for one in range(at.size):
        for other in range(one):
            both = steps[one] + steps[other]
            corner = height(at + both) + height(at - both) + 2 * top
            corner -= up[one] + down[one] + up[other] + down[other]
            second[one, other] = second[other, one] = corner / 2
    return -second / _STEP**2
