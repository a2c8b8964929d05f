"""The series that are measured on, and the windows of each that are forecast and scored.

Real ones: the shipped history, monthly counts of the shipped ledger, the data sets inside
statsmodels, and any directory of CSVs (columns series, period, value; a period by its first day,
its month `2024-05`, its quarter `2024Q2` or its year). Made ones: `worlds.py`.

The last fifth of every shipped series is cut off before anything is done with it. With the
holdout, what is scored is exactly that fifth, and nothing else is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray
from statsmodels.datasets import elec_equip
from worlds import KINDS, worlds

from forecaster.domain.indicator import Family
from forecaster.domain.period import Frequency
from forecaster.model.family import WHOLE_NUMBERS, settle

SHIPPED = Path(__file__).parents[1] / "indicators"
HORIZONS = {"day": 14, "week": 13, "month": 18, "quarter": 8, "year": 6}
"""Steps, as in the M competitions; never more than a fifth of a series."""

COUNT_HORIZONS = {**HORIZONS, "week": 4, "month": 12}
"""The same of counts: the four weeks within which a threshold is to be crossed; a year."""

SEASONS = {"day": 7, "week": 1, "month": 12, "quarter": 4, "year": 1}
"""Periods in a season, as everybody is told; a year of weeks is more than AutoETS can hold."""

_CODES = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}
_DAYS = {"day": 1.0, "week": 7.0, "month": 30.4, "quarter": 91.3, "year": 365.2}
_FIFTH = 5
_TRAINING = 10  # values before an origin, at least
_EVENTS = 8  # of the ledger that make a series
_ACT = 3  # intensity from which a thing done together is an operational act
_ACTORS = ("CHN", "IRN", "PRK", "RUS")
_LEDGER = ("2012-01", "2025-09")  # the months that the ledger's coverage names


@dataclass(frozen=True)
class Series:
    """One series of a data set: its values on a PeriodIndex, NaN where one is missing."""

    group: str
    name: str
    y: pd.Series
    made: bool = False
    held_out: int = 0
    """The last values, which alone are scored; 0: windows at the end are."""

    @property
    def frequency(self) -> Frequency:
        """Return how long a period is."""
        code = self.y.index.freqstr.split("-")[0]
        return next(Frequency(one) for one, other in _CODES.items() if other.split("-")[0] == code)

    @property
    def season(self) -> int:
        """Return the number of periods in a season, 1 where there is none."""
        return SEASONS[self.frequency]

    @property
    def horizon(self) -> int:
        """Return how many steps are forecast at once."""
        fifth = self.held_out or len(self.y) // _FIFTH
        steps = COUNT_HORIZONS if self.is_count else HORIZONS
        return max(1, min(steps[self.frequency], fifth))

    @cached_property
    def family(self) -> Family:
        """Return what it was made of, or what the service would read its values as."""
        held = self.y.dropna().to_numpy(float)
        if self.made:
            return Family.COUNT
        return settle(Family.AUTO, held, np.full(held.size, np.nan), 1.0)

    @property
    def is_count(self) -> bool:
        """Say whether its values are counts, or 0 and 1 alone."""
        return self.family in WHOLE_NUMBERS


@dataclass(frozen=True)
class Window:
    """A moment of a series at which it is forecast: what is known, and what came."""

    series: Series
    past: pd.Series
    targets: NDArray[np.float64]


def windows(series: Series, origins: int) -> list[Window]:
    """Choose the last windows of a series that do not overlap, in time; of a holdout, all."""
    n, steps = len(series.y), series.horizon
    if series.held_out:
        starts = list(range(n - series.held_out, n, steps))
    else:
        starts = [n - steps * back for back in range(origins, 0, -1)]
    values = series.y.to_numpy(float)
    return [
        Window(series, series.y.iloc[:start], values[start : start + steps])
        for start in starts
        if np.isfinite(values[: max(start, 0)]).sum() >= _TRAINING
        and np.isfinite(values[start : start + steps]).any()
    ]


def real(csv: Path | None, *, holdout: bool) -> dict[str, list[Series]]:
    """Return the real series, by data set; with the holdout only the shipped ones."""
    shipped = {
        "shipped": [_cut(one, holdout=holdout) for one in _history()],
        "ledger": [_cut(one, holdout=holdout) for one in _ledger()],
    }
    if holdout:
        return shipped
    beside = {path.stem: _csv(path) for path in sorted(csv.glob("*.csv"))} if csv else {}
    return {**shipped, "statsmodels": list(_statsmodels()), **beside}


def simulated(n: int, seed: int) -> dict[str, list[Series]]:
    """Return n made series of each kind."""
    return {
        kind: [
            Series(kind, name, values, made=True) for name, values in worlds(kind, n, seed).items()
        ]
        for kind in KINDS
    }


def some(series: list[Series], limit: int) -> list[Series]:
    """Choose at most so many, evenly from the first to the last."""
    if len(series) <= limit:
        return series
    return [series[int(one)] for one in np.linspace(0, len(series) - 1, limit)]


def _cut(series: Series, *, holdout: bool) -> Series:
    fifth = len(series.y) // _FIFTH
    if holdout:
        return replace(series, held_out=fifth)
    return replace(series, y=series.y.iloc[: len(series.y) - fifth])


def _history() -> Iterator[Series]:
    rows = pd.read_csv(SHIPPED / "history/series.csv", parse_dates=["period_start"])
    for (name, scope, frequency), told in rows.groupby(["series", "scope", "frequency"]):
        values = _regular(told["period_start"], told["value"], Frequency(frequency))
        yield Series("shipped", f"{name}/{scope}", values)


def _ledger() -> Iterator[Series]:
    """Count a month's events of each kind between each two actors, as the ledger's source does."""
    rows = pd.read_csv(SHIPPED / "ledger/events.csv", parse_dates=["start"])
    rows = rows[(rows["kind"] != "operational") | (rows["intensity"] >= _ACT)]
    months = pd.period_range(*_LEDGER, freq="M")
    for kind in ("display", "operational", "crack"):
        for pair in combinations(_ACTORS, 2):
            both = rows["actors"].map(lambda told, pair=pair: set(pair) <= set(told.split(";")))
            when = rows.loc[both & (rows["kind"] == kind), "start"].dt.to_period("M")
            if len(when) >= _EVENTS:
                counts = when.value_counts().reindex(months, fill_value=0).astype(float)
                yield Series("ledger", f"{kind}/{'-'.join(pair)}", counts)


def _statsmodels() -> Iterator[Series]:
    data = sm.datasets
    macro = data.macrodata.load_pandas().data
    quarters = pd.period_range("1959Q1", periods=len(macro), freq="Q")
    inflation = data.interest_inflation.load_pandas().data
    danish = data.danish_data.load_pandas().data
    tables = {
        "macrodata": macro.drop(columns=["year", "quarter"]).set_index(quarters),
        "interest_inflation": inflation[["Dp", "R"]].set_index(
            pd.period_range("1972Q2", periods=len(inflation), freq="Q")
        ),
        "danish": danish.set_index(pd.PeriodIndex(danish.index, freq="Q")),
        "nile": _yearly(data.nile.load_pandas().data.set_index("year")),
        "sunspots": _yearly(data.sunspots.load_pandas().data.set_index("YEAR")),
        "co2": data.co2.load_pandas().data.resample("MS").mean().to_period("M"),
        "elnino": _elnino(data.elnino.load_pandas().data),
        "elec_equip": _electrical(elec_equip.load().data),
    }
    for name, table in tables.items():
        for column in table:
            yield Series("statsmodels", f"{name}/{column}", table[column].astype(float))


def _yearly(table: pd.DataFrame) -> pd.DataFrame:
    years = pd.PeriodIndex(table.index.astype(int).astype(str), freq="Y")
    return table.set_index(years)


def _elnino(table: pd.DataFrame) -> pd.DataFrame:
    months = pd.period_range(f"{int(table['YEAR'].iloc[0])}-01", periods=12 * len(table), freq="M")
    return pd.DataFrame({"sst": table.drop(columns="YEAR").to_numpy().ravel()}, index=months)


def _electrical(table: pd.DataFrame) -> pd.DataFrame:
    return table.set_index(pd.PeriodIndex(table.index, freq="M"))


def _csv(path: Path) -> list[Series]:
    """Read series in long form; how long a period is shows in the usual distance of two."""
    rows = pd.read_csv(path, dtype={"series": str, "period": str})
    missing = {"series", "period", "value"} - set(rows.columns)
    if missing:
        raise SystemExit(f"{path}:1: the header lacks {', '.join(sorted(missing))}")
    rows["period"] = pd.to_datetime(rows["period"])
    return [
        Series(path.stem, name, _regular(told["period"], told["value"], _frequency(told)))
        for name, told in rows.groupby("series", sort=False)
    ]


def _frequency(told: pd.DataFrame) -> Frequency:
    days = float(told["period"].sort_values().diff().dt.days.median())
    return Frequency(min(_DAYS, key=lambda one: abs(np.log(days / _DAYS[one]))))


def _regular(when: pd.Series, values: pd.Series, frequency: Frequency) -> pd.Series:
    periods = pd.PeriodIndex(when, freq=_CODES[frequency])
    told = pd.Series(values.to_numpy(float), index=periods)
    if told.index.has_duplicates:
        raise SystemExit(f"period {told.index[told.index.duplicated()][0]} is told twice")
    return told.reindex(pd.period_range(periods.min(), periods.max(), freq=_CODES[frequency]))
