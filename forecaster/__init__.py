"""Do displays of unity turn into operations? Indicators, forecasts and alerts."""
