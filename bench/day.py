"""The service's day over many series: what is known is recorded, forecast, watched, published."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd

from forecaster.cycle.alerting import alert
from forecaster.cycle.forecasting import forecast
from forecaster.cycle.publishing import publish
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Reading
from forecaster.domain.period import Frequency, Period
from forecaster.store import catalogue, observations
from forecaster.store.database import Database
from forecaster.store.migrating import migrate

WORLD = "WORLD"


@contextmanager
def database(folder: Path) -> Iterator[Database]:
    """Open an empty record on SQLite in a folder."""
    address = f"sqlite:///{folder / 'bench.db'}"
    migrate(address)
    opened = Database(address)
    try:
        yield opened
    finally:
        opened.close()


def declare(record: Database, series: Mapping[str, pd.Series], now: datetime) -> None:
    """Declare an indicator for each series (monthly), with one threshold and one rule."""
    definitions = [_definition(name, told) for name, told in series.items()]
    with record.begin() as session:
        catalogue.record(session, definitions, now=now)


def live(
    record: Database, executor: Executor, news: Mapping[str, pd.Series], now: datetime
) -> dict[str, float]:
    """Live a day with these news; return the seconds of each step."""
    steps: Sequence[tuple[str, Callable[[], object]]] = (
        ("record", lambda: _record(record, news, now)),
        ("forecast", lambda: forecast(record, executor, code="bench", now=now)),
        ("watch the rules", lambda: alert(record, now=now)),
        ("publish", lambda: publish(record, now=now)),
    )
    spent = {}
    for name, step in steps:
        began = time.perf_counter()
        step()
        spent[name] = time.perf_counter() - began
    return spent


def after(month: pd.Period) -> datetime:
    """Return a moment at which a month's value is known, and the next one's is not."""
    return datetime.combine(month.end_time.date(), datetime.min.time(), UTC) + timedelta(days=12)


def _definition(name: str, told: pd.Series) -> Definition:
    level = float(told.quantile(0.9))
    return Definition.model_validate(
        {
            "id": name,
            "title": name,
            "role": "context",
            "unit": "of it",
            "frequency": "month",
            "collect": {"source": "history", "options": {"series": name}},
            "thresholds": [{"id": "high", "above": level, "within": 3}],
            "alerts": [{"id": "likely", "probability": "high", "above": 0.7, "clear_below": 0.6}],
            "attribution": "the benchmark",
            "license": {"name": "none", "redistribution": "yes"},
        }
    )


def _record(record: Database, news: Mapping[str, pd.Series], now: datetime) -> None:
    with record.begin() as session:
        definitions = {one.id: one for one in catalogue.current(session)}
        for name, told in news.items():
            readings = [
                Reading(
                    scope=WORLD,
                    period=Period(frequency=Frequency.MONTH, start=month.start_time.date()),
                    value=float(value),
                )
                for month, value in told.dropna().items()
            ]
            observations.record(session, definitions[name], readings, now=now, inferred=True)
