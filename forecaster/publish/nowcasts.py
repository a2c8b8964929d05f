"""A nowcast as its readers see it: the latest month first, then its drivers, then every month."""

from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from forecaster.domain.nowcast import Loading, News, Nowcast, Standing


def rendered(nowcast: Nowcast) -> dict[str, Any]:
    """Render where a factor stands, what drives it, and why it says something else than before."""
    return {
        "period": nowcast.period,
        "value": nowcast.value,
        "interval_90": nowcast.interval_90,
        "memory": nowcast.memory,
        "converged": nowcast.converged,
        "loadings": [_loading(one) for one in nowcast.loadings],
        "months": [_standing(one) for one in nowcast.months],
        "news": _news(nowcast.news) if nowcast.news else None,
    }


def brief(document: Mapping[str, Any]) -> dict[str, JsonValue]:
    """Shorten a rendered nowcast to its latest month, for lists."""
    return {name: document[name] for name in ("period", "value", "interval_90")}


def _loading(one: Loading) -> dict[str, Any]:
    return {
        "input": one.input,
        "frequency": one.frequency,
        "aggregate": one.aggregate,
        "loading": one.loading,
        "loading_90": one.loading_90,
        "share": one.share,
        "weight": one.weight,
        "values": one.values,
        "last": one.last,
    }


def _standing(one: Standing) -> dict[str, Any]:
    return {
        "period": one.period,
        "value": one.value,
        "interval_90": one.interval_90,
        "inputs": one.inputs,
    }


def _news(news: News) -> dict[str, Any]:
    return {
        "from": news.since,
        "period": news.period,
        "change": news.change,
        "parts": dict(sorted(news.parts.items())),
    }
