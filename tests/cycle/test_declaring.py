"""What the files say of an indicator's life: paused, hidden, retired, renamed."""

from datetime import timedelta
from pathlib import Path

from forecaster.cycle.forecasting import forecast
from forecaster.domain.observation import SeriesKey
from forecaster.domain.publication import Kind
from forecaster.publish.image import Snapshot
from forecaster.store import catalogue, forecasts, observations, publications
from forecaster.working import Working
from tests.cycle.conftest import Clock
from tests.cycle.day import live
from tests.house import INDICATOR, NOW, quiet_weeks, write_patrols

OLD, NEW = SeriesKey("patrols", "CHN-RUS"), SeriesKey("drills", "CHN-RUS")


def rename(folder: Path) -> None:
    (folder / "indicators" / "patrols.yml").unlink()
    (folder / "indicators" / "drills.yml").write_text(INDICATOR + "formerly: [patrols]\n")


def test_a_renamed_indicator_goes_on_with_the_history_of_its_old_name(
    working: Working, tmp_path: Path, clock: Clock
) -> None:
    live(working)
    rename(tmp_path)
    clock.now = NOW + timedelta(days=1)

    live(working)

    with working.database.read() as session:
        old = observations.versions(session, OLD)
        new = observations.versions(session, NEW)
        gone = {one.definition.id: one for one in catalogue.newest(session)}["patrols"]
        issues = {str(issue.key) for issue in forecasts.all_latest(session)}
    assert [(one.period, one.value, one.known_at, one.recorded_at) for one in new] == [
        (one.period, one.value, one.known_at, one.recorded_at) for one in old
    ]
    assert (str(gone.status), gone.definition.superseded_by) == ("retired", "drills")
    assert issues == {"patrols/CHN-RUS", "drills/CHN-RUS"}


def test_the_document_of_the_old_name_names_the_new_one(
    working: Working, tmp_path: Path, clock: Clock
) -> None:
    live(working)
    rename(tmp_path)
    clock.now = NOW + timedelta(days=1)

    live(working)

    with working.database.read() as session:
        snapshot = Snapshot().plus(publications.latest(session))
    entry = snapshot.get(Kind.INDICATOR, "patrols")
    assert entry is not None
    assert entry.document["superseded_by"] == "drills"


def test_a_paused_indicator_is_not_forecast_anew_and_keeps_its_last_issue(
    working: Working, tmp_path: Path, clock: Clock
) -> None:
    live(working)
    write_patrols(tmp_path / "indicators", quiet_weeks(41))
    (tmp_path / "indicators" / "patrols.yml").write_text(INDICATOR + "status: paused\n")
    clock.now = NOW + timedelta(days=1)

    live(working)  # that collects, as this test's day knows nothing of a pause

    with working.database.read() as session:
        assert len(forecasts.after(session, OLD, None)) == 1
        assert [one.id for one in catalogue.current(session)] == ["patrols"]

    (tmp_path / "indicators" / "patrols.yml").write_text(INDICATOR)
    live(working)
    assert forecast(working.database, working.executor, code="test", now=clock.now) == 0
    with working.database.read() as session:
        assert len(forecasts.after(session, OLD, None)) == 2
