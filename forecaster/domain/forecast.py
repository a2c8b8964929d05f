"""What is forecast: the request to the model, its fit, its answer, and an issue."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import Field, JsonValue

from forecaster.domain.base import Frozen, Utc
from forecaster.domain.coverage import Grade
from forecaster.domain.indicator import Definition, Family, Role
from forecaster.domain.nowcast import Ingredient, Nowcast
from forecaster.domain.observation import Observation, SeriesKey
from forecaster.domain.period import Frequency

Probability = float
"""Between 0 and 1."""

LEVELS = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
"""The quantiles that every step of a forecast holds."""


class Trend(Frozen):
    """Where the series stands and moves, per period, on its own scale."""

    level: float
    slope: float
    slope_90: tuple[float, float]
    p_rising: Probability


class Step(Frozen):
    """The predictive distribution of one period."""

    period: date
    mean: float
    quantiles: Mapping[str, float]


class Crossing(Frozen):
    """The probability that the path crosses a threshold at least once within its periods."""

    id: str
    above: float | None = None
    below: float | None = None
    within: int
    p: Probability
    p_90: tuple[Probability, Probability]
    baseline_p: Probability
    p_end: Probability | None = Field(
        default=None, description="that the last of the periods is beyond; at most p"
    )
    baseline_p_end: Probability | None = None
    expected_exceedances: float | None = Field(
        default=None, description="how many of the periods are beyond, on average; at least p"
    )
    baseline_expected_exceedances: float | None = None
    n_observations: int
    n_origins: int
    n_effective: float = Field(description="similar past hindcasts, reduced for their overlap")
    word: str
    confidence: Literal["high", "moderate", "low"]


class Skill(Frozen):
    """A score relative to the baseline's on the same targets: 1 is perfect, 0 is no better."""

    value: float
    interval_80: tuple[float, float]
    versus: str
    n_origins: int
    mode: Literal["hindcast", "live"] = "hindcast"


class DieboldMariano(Frozen):
    """A test of equal accuracy, corrected for small samples (Harvey, Leybourne, Newbold 1997)."""

    statistic: float = Field(description="positive: better than the rival")
    p: Probability = Field(description="of so large a difference by chance; two-sided")


class StepSkill(Frozen):
    """Skill against one rival at one step ahead."""

    step: int
    value: float
    interval_80: tuple[float, float]
    n_origins: int
    dm: DieboldMariano | None = Field(description="none where the origins are too few for it")


class Comparison(Frozen):
    """What is published held against one rival, over all steps and at each."""

    value: float
    interval_80: tuple[float, float]
    n_origins: int
    steps: tuple[StepSkill, ...]


class Trained(Frozen):
    """The past that a method learnt from."""

    start: date = Field(description="first day of its first period")
    to: date = Field(description="last day of its last one")
    n: int = Field(description="values")
    n_effective: float | None = Field(
        description="n (1 - r) / (1 + r), r the lag-one autocorrelation; none: not recorded"
    )
    n_origins: int = Field(description="past moments at which forecasts were checked")


class Method(Frozen):
    """Which method was published, from which members, against which baseline, and why."""

    name: str
    members: Mapping[str, float]
    baseline: str
    family: Family
    note: str
    trained: Trained | None = None
    converged: bool | None = Field(
        default=None, description="no fit of a member stopped early; none: not recorded"
    )


class Change(Frozen):
    """What moved since the issue before; each column of `parts` sums to the whole change."""

    since: str = Field(alias="from")
    median: float = Field(description="change of the first step's median")
    log_odds: float | None = Field(description="change of the first threshold's log-odds")
    parts: Mapping[str, Mapping[str, float]]


class Hindcast(Frozen):
    """One past probability of a threshold beside what happened then."""

    p: Probability
    happened: bool


class Fitted(Frozen):
    """All that was learnt from the past of one series; with it, a new value costs an update."""

    family: Family
    baseline: str
    choice: str
    weights: Mapping[str, float]
    parameters: Mapping[str, JsonValue]
    scale: Mapping[str, float | bool] = Field(
        default={}, description="that the parameters were learnt on; none: it is read anew"
    )
    calibration: tuple[float, ...] = Field(description="widening of each step; 1 is raw")
    baseline_calibration: tuple[float, ...] = Field(
        default=(), description="the same of the baseline; none: raw"
    )
    skill: Skill | None
    against: Mapping[str, Comparison] = Field(default={}, description="rival → skill over it")
    record: Mapping[str, tuple[Hindcast, ...]] = Field(description="threshold id → its past")
    calibration_error: Mapping[str, float] = Field(description="threshold id → its error")
    one_step_scores: tuple[float, ...] = Field(
        default=(), description="quantile scores of the choice in the backtest, one step ahead"
    )
    spacing: float = Field(default=1, ge=1, description="mean periods between two origins")
    n_origins: int
    trained_from: date
    trained_to: date
    n_observations: int
    n_effective: float | None = None
    converged: bool | None = None
    note: str
    warnings: tuple[str, ...] = ()


class Fit(Frozen):
    """A fit as it was remembered: immutable, named by the issues that used it."""

    id: str
    indicator: str
    scope: str
    definition: str
    code: str
    made_at: Utc
    as_of: Utc
    record_cut: int
    fitted: Fitted


class Driver(Frozen):
    """Another series that may run ahead of the one that is forecast, as far as it was known."""

    indicator: str
    scope: str
    frequency: Frequency
    is_count: bool = Field(description="shorter periods are summed; else their mean is taken")
    observations: tuple[Observation, ...] = Field(description="every version up to the cuts")


class Inputs(Frozen):
    """All that an issue was computed from; the same inputs give the same bytes."""

    definition: Definition
    scope: str
    observations: tuple[Observation, ...] = Field(description="every version up to the cuts")
    as_of: Utc
    fitted: Fitted | None = Field(default=None, description="to be used; none: fit anew")
    ingredients: tuple[Ingredient, ...] = Field(
        default=(), description="of a factor: its inputs, to which the observations belong"
    )
    drivers: tuple[Driver, ...] = Field(default=(), description="in the order of the definition")


class Headline(Frozen):
    """The numbers whose change is explained: first median, first threshold's probability."""

    median: float
    p: Probability | None = Field(description="none: there is no threshold")


class Previous(Frozen):
    """The issue before: its inputs, its words, and its name."""

    issue: str
    inputs: Inputs
    words: Mapping[str, str]
    headline: Headline | None = Field(
        default=None, description="as the same code published it; none: compute it again"
    )


class Request(Frozen):
    """What the model is asked: an issue from these inputs, compared with the one before."""

    inputs: Inputs
    previous: Previous | None = None


class Projection(Frozen):
    """What the model says of a series' future from one set of inputs."""

    coverage_end: date
    grade: Grade
    method: Method
    trend: Trend
    steps: tuple[Step, ...]
    probabilities: tuple[Crossing, ...]
    skill: Skill | None
    against: Mapping[str, Comparison] = {}
    warnings: tuple[str, ...] = ()
    nowcast: Nowcast | None = Field(default=None, description="of a factor: where it stands")

    @property
    def headline(self) -> Headline:
        """Return the numbers whose change is explained."""
        first = next(iter(self.probabilities), None)
        return Headline(median=self.steps[0].quantiles["0.5"], p=first.p if first else None)


class Answer(Frozen):
    """A projection, the fit behind it, and the change since the issue before."""

    projection: Projection
    fitted: Fitted
    change: Change | None = None


class Issue(Frozen):
    """One publication of a forecast, or of the reason why there is none; never edited."""

    id: str
    indicator: str
    scope: str
    title: str
    role: Role
    unit: str
    issued_at: Utc
    as_of: Utc
    record_cut: int
    next_update_at: Utc | None
    stale_after: Utc | None
    definition: str
    code: str
    fit: str | None
    projection: Projection | None
    refusal: str | None = None
    change: Change | None = None

    @property
    def key(self) -> SeriesKey:
        """Name the series."""
        return SeriesKey(self.indicator, self.scope)
