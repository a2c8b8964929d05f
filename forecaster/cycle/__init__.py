"""The service's day, one file a step: declare, collect, forecast, alert, publish, deliver."""
