"""The list of forecasts is composed once a change, and says which of them are stale."""

from datetime import timedelta

import httpx
import pytest

from forecaster.domain.indicator import Role
from forecaster.store.database import Database
from tests.api.world import NOW, Asking, Clock, declare, issue, patrols, publish

pytestmark = pytest.mark.anyio

ONE = "/v1/forecasts/patrols/CHN-RUS"
HOUR = timedelta(hours=1)


async def test_the_list_holds_every_series_with_its_staleness(
    sqlite: Database, asking: Asking
) -> None:
    publish(sqlite, issue("CHN-RUS"))
    publish(sqlite, issue("IRN-RUS", stale_after=NOW - HOUR))
    publish(sqlite, issue("CHN-IRN", refusal="too few values"))

    async with asking(sqlite) as api:
        answer = (await api.get("/v1/forecasts")).json()

    assert answer["count"] == 3
    said = {one["scope"]: (one["status"], one["stale"]) for one in answer["forecasts"]}
    assert said == {
        "CHN-IRN": ("refused", False),
        "CHN-RUS": ("served", False),
        "IRN-RUS": ("served", True),
    }


async def test_the_list_changes_its_etag_when_a_forecast_turns_stale(
    sqlite: Database, asking: Asking, clock: Clock
) -> None:
    publish(sqlite, issue(stale_after=NOW + timedelta(seconds=20)))

    async with asking(sqlite) as api:
        fresh = await api.get("/v1/forecasts")
        clock.pass_by(timedelta(seconds=10))
        same = await api.get("/v1/forecasts", headers={"If-None-Match": fresh.headers["ETag"]})
        clock.pass_by(timedelta(seconds=11))
        stale = await api.get("/v1/forecasts", headers={"If-None-Match": fresh.headers["ETag"]})

    assert fresh.headers["Cache-Control"] == "public, max-age=20"
    assert same.status_code == httpx.codes.NOT_MODIFIED
    assert same.headers["Cache-Control"] == "public, max-age=10"
    assert stale.status_code == httpx.codes.OK
    assert stale.json()["forecasts"][0]["stale"] is True
    assert stale.headers["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize(
    ("query", "series"),
    [
        ({"role": "context"}, ["risk/WORLD"]),
        ({"scope": "CHN-RUS"}, ["patrols/CHN-RUS"]),
        ({"indicator": "patrols"}, ["patrols/CHN-RUS", "patrols/IRN-RUS"]),
        ({"indicator": "patrols", "scope": "IRN-RUS"}, ["patrols/IRN-RUS"]),
        ({"indicator": "patrols", "role": "context"}, []),
    ],
)
async def test_the_list_can_be_narrowed(
    sqlite: Database, asking: Asking, query: dict[str, str], series: list[str]
) -> None:
    publish(sqlite, issue("CHN-RUS"))
    publish(sqlite, issue("IRN-RUS"))
    publish(sqlite, issue("WORLD", indicator="risk", role=Role.CONTEXT))

    async with asking(sqlite) as api:
        answer = (await api.get("/v1/forecasts", params=query)).json()

    assert [f"{one['indicator']}/{one['scope']}" for one in answer["forecasts"]] == series


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ({"role": "cracks"}, "role: Input should be 'display', 'operational', 'crack'"),
        ({"scope": "CHN-RUZ"}, "scope: there is no 'CHN-RUZ'; did you mean 'CHN-RUS'?"),
        ({"indicator": "patrol"}, "indicator: there is no 'patrol'; did you mean 'patrols'?"),
    ],
)
async def test_the_list_narrowed_to_what_is_not_there_is_refused_with_the_nearest(
    sqlite: Database, asking: Asking, query: dict[str, str], detail: str
) -> None:
    publish(sqlite, issue())

    async with asking(sqlite) as api:
        answer = await api.get("/v1/forecasts", params=query)

    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert answer.json()["detail"].startswith(detail)


async def test_a_retired_indicator_leaves_the_list_and_keeps_its_documents(
    sqlite: Database, asking: Asking
) -> None:
    declare(sqlite, patrols())
    publish(sqlite, issue())
    declare(sqlite, now=NOW)

    async with asking(sqlite) as api:
        assert (await api.get("/v1/forecasts")).json()["forecasts"] == []
        assert (await api.get(ONE)).status_code == httpx.codes.OK


async def test_a_scope_that_is_no_longer_declared_leaves_the_list(
    sqlite: Database, asking: Asking
) -> None:
    declare(sqlite, patrols(for_each={"dyad": ["IRN-RUS"]}))
    publish(sqlite, issue("CHN-RUS"))
    publish(sqlite, issue("IRN-RUS"))

    async with asking(sqlite) as api:
        answer = (await api.get("/v1/forecasts")).json()

    assert [one["scope"] for one in answer["forecasts"]] == ["IRN-RUS"]


async def test_forecasts_of_a_hidden_indicator_are_listed_to_whoever_asks_for_them(
    sqlite: Database, asking: Asking
) -> None:
    declare(sqlite, patrols(status="hidden"))
    publish(sqlite, issue())

    async with asking(sqlite) as api:
        counts = [
            (await api.get(f"/v1/forecasts{query}")).json()["count"]
            for query in ("", "?role=operational", "?hidden=true", "?indicator=patrols")
        ]
        assert (await api.get(ONE)).status_code == httpx.codes.OK

    assert counts == [0, 0, 1, 1]
