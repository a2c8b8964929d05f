"""Each issue moves each rule once; what began ends, even if its rule is gone."""

from datetime import timedelta

from forecaster.cycle.alerting import alert
from forecaster.domain.alert import AlertState, AlertStatus
from forecaster.domain.observation import SeriesKey
from forecaster.domain.webhook import Message
from forecaster.store import alerts, outbox
from forecaster.working import Working
from tests.cycle.conftest import Clock
from tests.cycle.day import live
from tests.cycle.test_crashes import register
from tests.house import INDICATOR, LAST_WEEK, NOW, quiet_weeks, write_patrols

SERIES = SeriesKey("patrols", "CHN-RUS")
WEEK = timedelta(weeks=1)
NOWHERE = "http://127.0.0.1:65001/"


def state(working: Working) -> AlertState:
    with working.database.read() as session:
        found = alerts.latest(session, "many-patrols", SERIES)
    assert found is not None
    return found


def messages(working: Working) -> list[Message]:
    with working.database.read() as session:
        due = outbox.due(session, NOW + 99 * WEEK, 99)
    return sorted((one.message for one in due), key=lambda message: message.type)


def test_a_rule_fires_once_and_resolves_once(working: Working, clock: Clock) -> None:
    register(working, NOWHERE)
    write_patrols(working.roots[0], [*quiet_weeks(40), 9])
    live(working)
    live(working)
    assert state(working).status is AlertStatus.FIRING

    clock.now += WEEK
    write_patrols(working.roots[0], [*quiet_weeks(40), 9, 1], last=LAST_WEEK + WEEK)
    live(working)

    assert state(working).status is AlertStatus.INACTIVE
    fired, resolved = messages(working)
    assert (fired.type, resolved.type) == ("alert.firing", "alert.resolved")
    assert fired.data["episode"] == resolved.data["episode"]


def test_a_stale_document_fires_nothing(working: Working, clock: Clock) -> None:
    clock.now += 9 * WEEK
    write_patrols(working.roots[0], [*quiet_weeks(40), 9])
    live(working)
    assert state(working).status is AlertStatus.INACTIVE
    assert state(working).reason == "stale"


def test_a_probability_is_watched_too(working: Working) -> None:
    text = INDICATOR.replace(
        "value: last, above: 6, clear_below: 5", "probability: busy, below: 1"
    )
    (working.roots[0] / "patrols.yml").write_text(text)
    live(working)
    assert state(working).status is AlertStatus.FIRING


def test_a_refused_forecast_moves_no_rule(working: Working) -> None:
    write_patrols(working.roots[0], [9, 9, 9])
    live(working)
    assert state(working).status is AlertStatus.INACTIVE
    assert state(working).reason == "no value"


def test_what_a_removed_rule_began_is_ended_and_told(working: Working) -> None:
    register(working, NOWHERE)
    write_patrols(working.roots[0], [*quiet_weeks(40), 9])
    live(working)
    lines = [line for line in INDICATOR.splitlines() if not line.startswith("alerts:")]
    (working.roots[0] / "patrols.yml").write_text("\n".join(lines))

    live(working)
    alert(working.database, now=NOW)

    assert state(working).status is AlertStatus.INACTIVE
    assert state(working).reason == "rule removed"
    assert [message.type for message in messages(working)] == ["alert.firing", "alert.resolved"]


def test_other_words_are_no_further_update(working: Working, clock: Clock) -> None:
    patient = INDICATOR.replace("severity: critical", "for: 2")
    write_patrols(working.roots[0], [*quiet_weeks(40), 9])
    (working.roots[0] / "patrols.yml").write_text(patient)
    live(working)
    assert state(working).status is AlertStatus.PENDING

    clock.now += timedelta(hours=1)
    (working.roots[0] / "patrols.yml").write_text(patient + "description: in other words\n")
    live(working)

    assert state(working).status is AlertStatus.PENDING
    assert state(working).streak == 1


def test_a_rule_that_moves_to_another_indicator_ends_here_and_begins_there(
    working: Working,
) -> None:
    register(working, NOWHERE)
    write_patrols(working.roots[0], [*quiet_weeks(40), 9])
    live(working)
    (working.roots[0] / "patrols.yml").rename(working.roots[0] / "drills.yml")

    live(working)

    with working.database.read() as session:
        states = {one.indicator: one.status for one in alerts.current(session)}
    assert states == {"patrols": AlertStatus.INACTIVE, "drills": AlertStatus.FIRING}
    types = [message.type for message in messages(working)]
    assert types == ["alert.firing", "alert.firing", "alert.resolved"]
