"""The shape of a forecast document, as its readers may rely on it."""

from typing import Any

NUMBER = {"type": "number"}
TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 0}
PROBABILITY = {"type": "number", "minimum": 0, "maximum": 1}
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$"}
DAY = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}


def maybe(kind: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [kind, {"type": "null"}]}


def pair(kind: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": kind, "minItems": 2, "maxItems": 2}


def several(kind: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": kind}


def mapping(kind: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": kind}


def closed(optional: tuple[str, ...] = (), /, **fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": fields,
        "required": [name for name in fields if name not in optional],
        "additionalProperties": False,
    }


HEAD: dict[str, dict[str, Any]] = {
    "issue": TEXT,
    "seq": COUNT,
    "indicator": TEXT,
    "scope": TEXT,
    "title": TEXT,
    "role": {"enum": ["display", "operational", "crack", "hedging", "posture", "context"]},
    "unit": TEXT,
    "issued_at": MOMENT,
    "as_of": MOMENT,
    "next_update_at": maybe(MOMENT),
    "stale_after": maybe(MOMENT),
    "definition": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
    "code": TEXT,
    "fit": maybe(TEXT),
    "record_cut": COUNT,
    "links": closed(self=TEXT, observations=TEXT, indicator=TEXT),
}

CROSSING = closed(
    ("above", "below"),
    id=TEXT,
    above=NUMBER,
    below=NUMBER,
    within=COUNT,
    p=PROBABILITY,
    p_90=pair(PROBABILITY),
    baseline_p=PROBABILITY,
    p_end=PROBABILITY,
    baseline_p_end=PROBABILITY,
    expected_exceedances=NUMBER,
    baseline_expected_exceedances=NUMBER,
    n_observations=COUNT,
    n_origins=COUNT,
    n_effective=NUMBER,
    word=TEXT,
    confidence={"enum": ["high", "moderate", "low"]},
)

SKILL = closed(
    value=NUMBER,
    interval_80=pair(NUMBER),
    versus=TEXT,
    n_origins=COUNT,
    mode={"enum": ["hindcast", "live"]},
)

STEP_SKILL = closed(
    step=COUNT,
    value=NUMBER,
    interval_80=pair(NUMBER),
    n_origins=COUNT,
    dm=maybe(closed(statistic=NUMBER, p=PROBABILITY)),
)

AGAINST = closed(
    value=NUMBER, interval_80=pair(NUMBER), n_origins=COUNT, steps=several(STEP_SKILL)
)

METHOD = closed(
    name=TEXT,
    members=mapping(NUMBER),
    baseline=TEXT,
    family=TEXT,
    note=TEXT,
    trained=maybe(
        closed(**{"from": DAY}, to=DAY, n=COUNT, n_effective=maybe(NUMBER), n_origins=COUNT)
    ),
    converged=maybe({"type": "boolean"}),
)

SERVED = closed(
    **HEAD,
    status={"const": "served"},
    coverage_end=DAY,
    coverage_grade={"enum": ["full", "partial"]},
    method=METHOD,
    trend=closed(level=NUMBER, slope=NUMBER, slope_90=pair(NUMBER), p_rising=PROBABILITY),
    steps=several(closed(period=DAY, mean=NUMBER, quantiles=mapping(NUMBER))),
    probabilities=several(CROSSING),
    skill=maybe(closed(crps=SKILL, against=mapping(AGAINST))),
    change=maybe(
        closed(**{"from": TEXT}, median=NUMBER, log_odds=maybe(NUMBER),
               parts=mapping(mapping(NUMBER)))
    ),
    warnings=several(TEXT),
)  # fmt: skip

REFUSED = closed(
    **HEAD,
    status={"const": "refused"},
    coverage_end={"type": "null"},
    coverage_grade={"type": "null"},
    reason=TEXT,
)
