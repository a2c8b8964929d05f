"""What a licence keeps back is in no forecast, no alert and no message, however it is made."""

import json
from pathlib import Path

import pytest

from forecaster.cycle.alerting import alert
from forecaster.cycle.collecting import collect
from forecaster.cycle.declaring import declare
from forecaster.cycle.forecasting import forecast
from forecaster.cycle.publishing import publish
from forecaster.domain.run import Trigger
from forecaster.store import catalogue, publications
from tests.cycle.conftest import Clock
from tests.house import INDICATOR, house, quiet_weeks, write_patrols

SECRET = 4321
COMPOSED = """\
title: Highest, {a}-{b}
role: operational
for_each: {dyad: [CHN-RUS]}
unit: patrols
frequency: week
compose: {rolling: {of: patrols, window: 2, how: max}}
alerts: [{id: highest, value: last, above: 6}]
attribution: Nobody
license: {name: ours, redistribution: "yes"}
"""


@pytest.mark.parametrize(("terms", "forecasts"), [("no", 0), ("derived", 2), ("yes", 2)])
def test_nothing_tells_a_value_that_may_not_be_shown(
    tmp_path: Path, sqlite_url: str, clock: Clock, terms: str, forecasts: int
) -> None:
    root = tmp_path / "indicators"
    write_patrols(root, [*quiet_weeks(39), SECRET])
    good = next(line for line in INDICATOR.splitlines() if line.startswith("license"))
    text = INDICATOR.replace(good, f'license: {{name: theirs, redistribution: "{terms}"}}')
    (root / "patrols.yml").write_text(text)
    (root / "highest.yml").write_text(COMPOSED)

    with house(tmp_path, sqlite_url, clock=clock) as working:
        declare(working.database, working.roots, now=clock())
        with working.database.read() as session:
            patrols = catalogue.get(session, "patrols")
        collect(working.tools, patrols, Trigger.MANUAL, now=clock())
        forecast(working.database, working.executor, code="test", now=clock())
        alert(working.database, now=clock())
        publish(working.database, now=clock())
        with working.database.read() as session:
            told = [json.loads(one.body) for one in publications.latest(session)]

    served = [one for one in told if one.get("status") == "served"]
    states = {one["rule"]: one.get("value") for one in told if "rule" in one}
    assert len(served) == forecasts
    assert (states["many-patrols"] is not None) == (terms == "yes")
    assert (states["highest"] is not None) == (terms != "no")
