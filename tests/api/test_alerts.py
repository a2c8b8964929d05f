"""How the rules stand, the loudest first."""

import httpx
import pytest

from forecaster.domain.alert import AlertStatus
from forecaster.store.database import Database
from tests.api.world import NOW, Asking, declare, patrols, publish_alert

pytestmark = pytest.mark.anyio

SURGE = {"id": "surge", "value": "last", "above": 5}


async def test_firing_rules_come_first_and_each_shows_its_newest_state(
    sqlite: Database, asking: Asking
) -> None:
    publish_alert(sqlite, "calm", AlertStatus.INACTIVE)
    publish_alert(sqlite, "near", AlertStatus.PENDING)
    publish_alert(sqlite, "over", AlertStatus.FIRING)
    publish_alert(sqlite, "over", AlertStatus.INACTIVE)
    publish_alert(sqlite, "surge", AlertStatus.FIRING)

    async with asking(sqlite) as api:
        answer = await api.get("/v1/alerts")

    said = [(one["rule"], one["status"]) for one in answer.json()["alerts"]]
    assert said == [
        ("surge", "firing"),
        ("near", "pending"),
        ("calm", "inactive"),
        ("over", "inactive"),
    ]
    assert answer.headers["Cache-Control"] == "public, max-age=60"


async def test_a_retired_indicator_takes_its_rules_from_the_list(
    sqlite: Database, asking: Asking
) -> None:
    declare(sqlite, patrols(alerts=[SURGE]))
    publish_alert(sqlite, "surge", AlertStatus.INACTIVE)
    declare(sqlite, now=NOW)

    async with asking(sqlite) as api:
        answer = await api.get("/v1/alerts")

    assert answer.json() == {"count": 0, "alerts": []}


async def test_rules_and_scopes_that_are_no_longer_declared_leave_the_list(
    sqlite: Database, asking: Asking
) -> None:
    declare(sqlite, patrols(for_each={"dyad": ["CHN-RUS"]}, alerts=[SURGE]))
    publish_alert(sqlite, "surge", AlertStatus.INACTIVE)
    publish_alert(sqlite, "surge", AlertStatus.INACTIVE, scope="IRN-RUS")
    publish_alert(sqlite, "removed", AlertStatus.INACTIVE)

    async with asking(sqlite) as api:
        answer = (await api.get("/v1/alerts")).json()

    assert [(one["rule"], one["scope"]) for one in answer["alerts"]] == [("surge", "CHN-RUS")]


async def test_without_rules_the_list_is_empty(sqlite: Database, asking: Asking) -> None:
    async with asking(sqlite) as api:
        answer = await api.get("/v1/alerts")

    assert answer.json() == {"count": 0, "alerts": []}


async def test_a_second_poll_of_alerts_is_answered_304(sqlite: Database, asking: Asking) -> None:
    publish_alert(sqlite, "surge", AlertStatus.FIRING)

    async with asking(sqlite) as api:
        first = await api.get("/v1/alerts")
        again = await api.get("/v1/alerts", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == httpx.codes.NOT_MODIFIED
