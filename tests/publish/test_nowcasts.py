"""A factor's document is a forecast's, and says besides where the factor stands."""

import json
from datetime import date
from typing import Any

import jsonschema

from forecaster.domain.forecast import Issue
from forecaster.domain.nowcast import Loading, News, Nowcast, Standing
from forecaster.domain.period import Frequency
from forecaster.publish import documents
from tests.publish import samples, schema
from tests.publish.schema import COUNT, DAY, NUMBER, TEXT, closed, mapping, maybe, pair, several

JANUARY = Standing(period=date(2026, 1, 1), value=0.4, interval_90=(-0.2, 1.0), inputs=3)
FEBRUARY = Standing(period=date(2026, 2, 1), value=0.9, interval_90=(0.1, 1.7), inputs=1)
NOWCAST = Nowcast(
    period=FEBRUARY.period,
    value=FEBRUARY.value,
    interval_90=FEBRUARY.interval_90,
    memory=0.8,
    months=(JANUARY, FEBRUARY),
    loadings=(
        Loading(
            input="acts/CHN-RUS",
            frequency=Frequency.WEEK,
            aggregate="mean",
            loading=0.7,
            loading_90=(0.4, 1.0),
            share=0.5,
            weight=1.0,
            values=90,
            last=date(2026, 2, 1),
        ),
    ),
    converged=True,
    news=News.model_validate(
        {
            "from": "01J",
            "period": JANUARY.period,
            "change": 0.3,
            "parts": {"model": 0.1, "acts/CHN-RUS": 0.2},
        }
    ),
)
ISSUE = samples.ISSUE.model_copy(
    update={"projection": samples.PROJECTION.model_copy(update={"nowcast": NOWCAST})}
)
SHAPE = closed(
    period=DAY,
    value=NUMBER,
    interval_90=pair(NUMBER),
    memory=NUMBER,
    converged={"type": "boolean"},
    loadings=several(
        closed(
            input=TEXT,
            frequency={"enum": ["day", "week", "month", "quarter"]},
            aggregate=maybe({"enum": ["sum", "mean", "last"]}),
            loading=NUMBER,
            loading_90=pair(NUMBER),
            share=NUMBER,
            weight=NUMBER,
            values=COUNT,
            last=DAY,
        )
    ),
    months=several(closed(period=DAY, value=NUMBER, interval_90=pair(NUMBER), inputs=COUNT)),
    news=maybe(closed(**{"from": TEXT}, period=DAY, change=NUMBER, parts=mapping(NUMBER))),
)


def rendered(issue: Issue = ISSUE) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(documents.forecast(issue, 4711))
    return parsed


def test_a_factor_has_a_forecast_s_shape_and_a_nowcast_s() -> None:
    read = rendered()

    nowcast = read.pop("nowcast")
    jsonschema.Draft202012Validator(SHAPE).validate(nowcast)
    jsonschema.Draft202012Validator(schema.SERVED).validate(read)


def test_an_observed_series_has_no_nowcast() -> None:
    assert "nowcast" not in rendered(samples.ISSUE)


def test_a_factor_issue_gives_the_same_bytes_after_it_was_stored() -> None:
    stored = json.loads(ISSUE.model_dump_json(by_alias=True))
    parts = stored["projection"]["nowcast"]["news"]["parts"]
    for key in sorted(parts):
        parts[key] = parts.pop(key)

    assert documents.forecast(Issue.model_validate(stored), 1) == documents.forecast(ISSUE, 1)


def test_a_list_tells_the_latest_month_alone() -> None:
    entry = documents.summary(rendered())

    assert entry["nowcast"] == {"period": "2026-02-01", "value": 0.9, "interval_90": [0.1, 1.7]}


def test_a_withheld_factor_tells_nothing() -> None:
    read = json.loads(documents.forecast(ISSUE, 1, is_withheld=True))

    assert "nowcast" not in read
