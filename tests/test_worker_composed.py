"""What is composed has no job of its own: it follows its inputs."""

import threading
from pathlib import Path

from forecaster.cycle.collecting import collect
from forecaster.cycle.declaring import declare
from forecaster.definitions.schedule import next_run
from forecaster.domain.observation import SeriesKey
from forecaster.domain.run import Trigger
from forecaster.settings import utc_now
from forecaster.store import catalogue, forecasts, runs
from forecaster.worker import Worker
from tests.house import INDICATOR, house, quiet_weeks, write_patrols
from tests.test_worker import at_work, eventually, issues

COMPOSED = """\
title: Patrols of a quarter, {a}-{b}
role: operational
for_each: {dyad: [CHN-RUS]}
family: count
unit: patrols
frequency: week
compose: {rolling: {of: patrols, window: 13}}
attribution: Nobody
license: {name: CC0, redistribution: derived}
"""


def test_news_of_an_input_make_a_new_issue_of_what_is_composed_of_it(
    tmp_path: Path, sqlite_url: str
) -> None:
    root = tmp_path / "indicators"
    write_patrols(root, quiet_weeks(30))
    (root / "patrols.yml").write_text(INDICATOR)
    (root / "yearly.yml").write_text(COMPOSED)
    with house(tmp_path, sqlite_url, clock=utc_now) as working:
        worker = Worker(working, stop=threading.Event(), watch=lambda *_: None)
        declare(working.database, working.roots, now=utc_now())
        for values in (quiet_weeks(30), quiet_weeks(31)):
            write_patrols(root, values)
            with working.database.read() as session:
                patrols = catalogue.get(session, "patrols")
            collect(working.tools, patrols, Trigger.SCHEDULE, now=utc_now())
            worker.advance(only=["patrols"])

        with working.database.read() as session:
            first, second = forecasts.after(session, SeriesKey("yearly", "CHN-RUS"), None)
    assert first.record_cut < second.record_cut
    assert second.next_update_at == next_run(patrols, second.issued_at)


def test_what_is_composed_gets_no_job_and_is_forecast_once_its_file_is_there(
    tmp_path: Path, sqlite_url: str
) -> None:
    with at_work(tmp_path, sqlite_url) as working:
        (tmp_path / "indicators" / "yearly.yml").write_text(COMPOSED)
        eventually(lambda: len(issues(working)) == 2)
        with working.database.read() as session:
            assert runs.latest(session).keys() == {"patrols"}
