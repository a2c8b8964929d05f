"""What the archive holds is read again, without the network, and corrects without rewriting."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forecaster.cycle.collecting import collect
from forecaster.cycle.declaring import declare
from forecaster.cycle.reparsing import reparse
from forecaster.domain.observation import Observation, SeriesKey
from forecaster.domain.run import RunStatus, Trigger
from forecaster.store import catalogue, observations, runs, sightings
from forecaster.working import Working
from tests.cycle.conftest import Clock
from tests.house import house
from tests.servers.gdelt import Answer, Gdelt, gdelt, row

DAY = datetime(2026, 3, 2, tzinfo=UTC)
KEY = SeriesKey("reports", "CHN-RUS")
REPORTS = """\
title: Reports, {{a}}-{{b}}
role: operational
for_each: {{dyad: [CHN-RUS]}}
family: count
unit: reports
frequency: day
lag: 1 hour
attribution: Nobody
license: {{name: CC0, redistribution: "yes"}}
collect: {{source: gdelt_events, base_url: "{url}", feeds: [english], codes: ["05"]}}
"""


@pytest.fixture
def server() -> Iterator[Gdelt]:
    """Run a GDELT that has published a day: one act of code 05 an hour, one of 19 in all."""
    with gdelt() as server:
        for slot in range(96):
            at = DAY + timedelta(minutes=15 * slot)
            url = f"https://example.org/{slot}"
            rows = [row("20260302", one="USA", other="GBR")]
            if slot % 4 == 0:
                rows.append(row("20260302", url=url, place=str(slot)))
            if slot == 7:
                rows.append(row("20260302", url=url, code="190"))
            server.publish(at, rows)
        yield server


@pytest.fixture
def working(tmp_path: Path, database_url: str, clock: Clock, server: Gdelt) -> Iterator[Working]:
    """Open a house that has fetched the day, and whose source has gone since."""
    root = tmp_path / "indicators"
    root.mkdir()
    (root / "reports.yml").write_text(REPORTS.format(url=server.url))
    clock.now = DAY + timedelta(days=1, hours=2)
    with house(tmp_path, database_url, clock=clock) as working:
        declare(working.database, working.roots, now=clock())
        window = (DAY, DAY + timedelta(days=1))
        with working.database.read() as session:
            definition = catalogue.get(session, "reports")
        run = collect(working.tools, definition, Trigger.BACKFILL, now=clock(), window=window)
        assert run.status is RunStatus.OK
        for name in ("lastupdate.txt", "masterfilelist.txt"):
            server.answer(name, Answer(status=503))
        clock.now += timedelta(days=1)
        yield working


def versions(working: Working) -> tuple[Observation, ...]:
    with working.database.read() as session:
        return observations.versions(session, KEY)


def test_every_answer_of_a_run_is_recorded_with_it(working: Working) -> None:
    with working.database.read() as session:
        (run,) = runs.with_fetches(session, "reports")
        fetched = runs.fetches(session, run.id)
    assert len(fetched) == 97  # the list, or what was picked of it, and the files of the day
    assert fetched[0].url.endswith("/masterfilelist.txt")
    (count,) = versions(working)
    assert count.run == run.id


def test_reading_again_what_was_read_right_changes_nothing(working: Working) -> None:
    with working.database.read() as session:
        definition = catalogue.get(session, "reports")
    before = versions(working)

    run = reparse(working.tools, definition, now=working.now())

    assert (run.status, run.trigger) == (RunStatus.OK, Trigger.REPARSE)
    assert (run.new, run.revised) == (0, 0)
    assert versions(working) == before


def test_other_options_count_the_archived_reports_afresh(working: Working, tmp_path: Path) -> None:
    path = tmp_path / "indicators" / "reports.yml"
    path.write_text(path.read_text().replace('["05"]', '["19"]'))
    declare(working.database, working.roots, now=working.now())
    with working.database.read() as session:
        definition = catalogue.get(session, "reports")
    (before,) = versions(working)

    run = reparse(working.tools, definition, now=working.now())

    assert (run.status, run.revised) == (RunStatus.OK, 1)
    first, corrected = versions(working)
    assert (first, corrected.value) == (before, 1)
    assert corrected.recorded_at == working.now()


def test_a_sighting_that_should_not_have_been_is_taken_out_of_its_count(
    working: Working,
) -> None:
    with working.database.begin() as session:
        definition = catalogue.get(session, "reports")
        (run,) = runs.with_fetches(session, "reports")
        file = runs.fetches(session, run.id)[1]
        (seen, *_) = sightings.seen_between(
            session, definition.sieve, "CHN-RUS", DAY.date(), DAY.date()
        )
        wrong = seen.model_copy(update={"name": "misread", "label": "misread"})
        sightings.record(session, definition.sieve, [wrong], [], document=file.document)

    reparse(working.tools, definition, now=working.now())

    with working.database.read() as session:
        left = sightings.seen_between(session, definition.sieve, "CHN-RUS", DAY.date(), DAY.date())
    assert "misread" not in {each.name for each in left}
    assert len(left) == 24


def test_a_document_that_is_gone_is_named(working: Working, tmp_path: Path) -> None:
    with working.database.read() as session:
        definition = catalogue.get(session, "reports")
    for document in (tmp_path / "archive" / "documents").rglob("*.zst"):
        document.unlink()
    before = versions(working)

    run = reparse(working.tools, definition, now=working.now())

    assert run.status is RunStatus.UNAVAILABLE
    assert "its answer is no longer in the archive" in str(run.error)
    assert versions(working) == before
