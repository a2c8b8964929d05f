"""What a notebook shows of a forecast and of a backtest: Altair charts."""

from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from forecaster.model.result import Forecast, Scores

_BANDS = ((0.025, 0.975), (0.1, 0.9), (0.25, 0.75))
_SHOWN = 5  # horizons of the past, beside the forecast
_BLUE = "#1f5fa8"


def fan(forecast: "Forecast") -> Any:
    """Draw the last values and the median in its 50, 80 and 95 % intervals."""
    past = pd.Series(forecast.reading.history.values, index=forecast.reading.index, name="value")
    past = past.iloc[-max(_SHOWN * forecast.horizon, 30) :]
    ahead = forecast.quantiles
    if isinstance(past.index, pd.PeriodIndex):
        past, ahead = past.to_timestamp(), ahead.to_timestamp()
    when = alt.X("period:T", title=None)
    seen = alt.Chart(past.rename_axis("period").reset_index()).mark_line(color="black")
    layers = [seen.encode(when, alt.Y("value:Q", scale=alt.Scale(zero=False)))]
    for low, high in _BANDS:
        band = pd.DataFrame({"period": ahead.index, "low": ahead[low], "high": ahead[high]})
        area = alt.Chart(band).mark_area(color=_BLUE, opacity=0.2)
        layers.append(area.encode(when, alt.Y("low:Q", title="value"), alt.Y2("high:Q")))
    middle = pd.DataFrame({"period": ahead.index, "median": ahead[0.5]})
    layers.append(alt.Chart(middle).mark_line(color=_BLUE).encode(when, alt.Y("median:Q")))
    title = f"{forecast.method}: median, 50, 80 and 95 % intervals"
    return alt.layer(*layers).properties(title=title, width=560, height=260)


def by_step(scores: "Scores") -> Any:
    """Draw the CRPS of each method by step; lower is better."""
    table = scores.to_frame().replace([np.inf], np.nan)
    return (
        alt.Chart(table)
        .mark_line(point=True)
        .encode(alt.X("step:Q"), alt.Y("crps:Q", title="CRPS"), alt.Color("method:N"))
        .properties(width=560, height=260)
    )
