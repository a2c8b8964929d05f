"""One indicator, one rule, one issue: what the documents of these tests are about."""

from datetime import UTC, date, datetime

from forecaster.domain.alert import AlertState, AlertStatus, Rule
from forecaster.domain.coverage import Grade
from forecaster.domain.forecast import (
    LEVELS,
    Change,
    Comparison,
    Crossing,
    DieboldMariano,
    Issue,
    Method,
    Projection,
    Skill,
    Step,
    StepSkill,
    Trained,
    Trend,
)
from forecaster.domain.indicator import Definition, Family, Role

NOW = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)

DEFINITION = Definition.model_validate({
    "id": "media-cooperation",
    "title": "Media-reported cooperation of {a} and {b}",
    "role": "display",
    "for_each": {"dyad": ["CHN-RUS", "IRN-RUS"]},
    "family": "real",
    "unit": "net Goldstein mass per 1,000",
    "frequency": "week",
    "collect": {
        "source": "history",
        "schedule": "0 6 * * MON",
        "options": {"series": "gdelt-cooperation-mass"},
    },
    "coverage": [{"from": "2018-01-01", "to": "2023-06-25", "grade": "full"}],
    "thresholds": [{"id": "surge", "above": 10, "within": 4}],
    "alerts": [
        {
            "id": "surge-likely", "probability": "surge", "above": 0.6, "clear_below": 0.5,
            "for": 2, "severity": "critical",
        }
    ],
    "attribution": "The GDELT Project",
    "license": {"name": "GDELT terms", "redistribution": "derived"},
})  # fmt: skip

RULE = DEFINITION.alerts[0]
VALUE_RULE = Rule(id="high", value="last", above=10)

SURGE = Crossing(
    id="surge", above=10, within=4, p=0.7, p_90=(0.6, 0.8), baseline_p=0.28, p_end=0.4,
    baseline_p_end=0.1, expected_exceedances=1.3, baseline_expected_exceedances=0.5,
    n_observations=285, n_origins=60, n_effective=21.5, word="likely", confidence="moderate",
)  # fmt: skip

PROJECTION = Projection(
    coverage_end=date(2023, 6, 25),
    grade=Grade.FULL,
    method=Method(
        name="pool", members={"naive": 0.25, "climatology": 0.75}, baseline="climatology",
        family=Family.REAL, note="the pool earns its place", converged=True,
        trained=Trained(
            start=date(2018, 1, 1), to=date(2023, 6, 25), n=285, n_effective=31.5, n_origins=130
        ),
    ),
    trend=Trend(level=7.5, slope=0.1, slope_90=(0.02, 0.18), p_rising=0.97),
    steps=tuple(
        Step(
            period=date(2023, 6, 26 + 7 * step),
            mean=7.5,
            quantiles={str(level): 7.5 + level for level in reversed(LEVELS)},
        )
        for step in range(1)
    ),
    probabilities=(SURGE,),
    against={
        "naive": Comparison(
            value=0.2, interval_80=(0.1, 0.3), n_origins=60,
            steps=(StepSkill(step=1, value=0.1, interval_80=(-0.1, 0.2), n_origins=60, dm=None),),
        ),
        "climatology": Comparison(
            value=0.08, interval_80=(0.01, 0.14), n_origins=60,
            steps=(
                StepSkill(
                    step=1, value=0.1, interval_80=(-0.1, 0.2), n_origins=60,
                    dm=DieboldMariano(statistic=1.3, p=0.2),
                ),
            ),
        ),
    },
    skill=Skill(value=0.08, interval_80=(0.01, 0.14), versus="climatology", n_origins=60),
    warnings=("the variance was held",),
)  # fmt: skip

ISSUE = Issue(
    id="01J0000000000000000000000A",
    indicator="media-cooperation",
    scope="CHN-RUS",
    title="Media-reported cooperation of CHN and RUS",
    role=Role.DISPLAY,
    unit="net Goldstein mass per 1,000",
    issued_at=NOW,
    as_of=NOW,
    record_cut=4711,
    next_update_at=datetime(2026, 1, 12, 6, 0, tzinfo=UTC),
    stale_after=datetime(2026, 1, 19, 6, 0, tzinfo=UTC),
    definition=DEFINITION.digest,
    code="1.0.0+gabcdef0",
    fit="01J0000000000000000000000F",
    projection=PROJECTION,
    change=Change.model_validate(
        {
            "from": "01J00000000000000000000009",
            "median": 0.4,
            "log_odds": 0.2,
            "parts": {
                "time": {"median": 0.1, "log_odds": 0.2},
                "revised": {"median": 0.3, "log_odds": 0.0},
            },
        }
    ),
)

REFUSED = ISSUE.model_copy(
    update={
        "projection": None, "change": None, "fit": None, "refusal": "3 values; 24 are needed",
    }
)  # fmt: skip

FIRING = AlertState(
    rule="surge-likely",
    indicator="media-cooperation",
    scope="CHN-RUS",
    status=AlertStatus.FIRING,
    severity=RULE.severity,
    since=NOW,
    streak=2,
    value=0.7,
    issue=ISSUE.id,
    reason="crossed 2 of 2",
    episode="ep_1",
)

PENDING = FIRING.model_copy(
    update={"status": AlertStatus.PENDING, "streak": 1, "value": 0.65, "episode": None}
)
RESOLVED = FIRING.model_copy(
    update={
        "status": AlertStatus.INACTIVE, "streak": 0, "value": 0.4, "reason": "cleared",
        "since": datetime(2026, 1, 12, 6, 0, tzinfo=UTC),
    }
)  # fmt: skip
