"""What a notebook shows of a forecast and of a backtest: Altair charts."""

from typing import Any

import altair as alt
import pandas as pd

_BANDS = ((0.025, 0.975), (0.1, 0.9), (0.25, 0.75))
_SHOWN = 5  # horizons of the past, beside the forecast
_SHORTEST = 30  # values of it, where there are so many
_BLUE = "#1f5fa8"


def fan(past: "pd.Series[float]", ahead: pd.DataFrame, title: str) -> Any:
    """Draw the last values, and the median of the steps ahead in its intervals.

    `ahead` holds a row a step and a column a level.
    """
    past = past.iloc[-max(_SHOWN * len(ahead), _SHORTEST) :]
    if isinstance(past.index, pd.PeriodIndex):
        past, ahead = past.to_timestamp(), ahead.to_timestamp()
    when = alt.X("period:T", title=None)
    seen = alt.Chart(past.rename("value").rename_axis("period").reset_index()).mark_line(
        color="black"
    )
    layers = [seen.encode(when, alt.Y("value:Q", scale=alt.Scale(zero=False)))]
    for low, high in _BANDS:
        band = pd.DataFrame({"period": ahead.index, "low": ahead[low], "high": ahead[high]})
        area = alt.Chart(band).mark_area(color=_BLUE, opacity=0.2)
        layers.append(area.encode(when, alt.Y("low:Q", title="value"), alt.Y2("high:Q")))
    middle = pd.DataFrame({"period": ahead.index, "median": ahead[0.5]})
    layers.append(alt.Chart(middle).mark_line(color=_BLUE).encode(when, alt.Y("median:Q")))
    return alt.layer(*layers).properties(title=title, width=560, height=260)


def by_step(table: pd.DataFrame) -> Any:
    """Draw the CRPS of each method by step; lower is better."""
    chart = alt.Chart(table).mark_line(point=True)
    coded = chart.encode(
        alt.X("step:Q"), alt.Y("crps:Q", title="CRPS"), alt.Color("method:N", title=None)
    )
    return coded.properties(width=560, height=260)
