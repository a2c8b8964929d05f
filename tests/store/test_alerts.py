"""A rule's states are versioned, and each is published once."""

from forecaster.domain.observation import SeriesKey
from forecaster.domain.publication import Draft, Kind
from forecaster.store import alerts, publications
from forecaster.store.database import Database
from tests.store.samples import NOW, alert_state


def test_where_a_rule_stands_is_its_last_state(database: Database) -> None:
    with database.begin() as session:
        alerts.add(session, alert_state("pending"), now=NOW)
        alerts.add(session, alert_state("firing"), now=NOW)
        alerts.add(session, alert_state("inactive", scope="IRN-RUS"), now=NOW)

    with database.read() as session:
        assert alerts.latest(session, "surge", alert_state("firing").key) == alert_state("firing")
        assert alerts.latest(session, "surge", SeriesKey("visits", "CHN-IRN")) is None
        assert alerts.current(session) == (
            alert_state("firing"),
            alert_state("inactive", scope="IRN-RUS"),
        )


def test_each_state_is_to_be_published_under_a_name_of_its_own(database: Database) -> None:
    with database.begin() as session:
        alerts.add(session, alert_state("pending"), now=NOW)
        alerts.add(session, alert_state("firing"), now=NOW)
        first, second = alerts.unpublished(session)
        draft = Draft(kind=Kind.ALERT, key="surge/CHN-RUS", source=first.source)
        publications.publish(session, draft, lambda _: b"", now=NOW)

    with database.read() as session:
        assert first == ("surge/CHN-RUS/1", alert_state("pending"))
        assert alerts.unpublished(session) == (second,)
