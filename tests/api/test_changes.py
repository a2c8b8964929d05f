"""The publication log can be read to its end, page by page."""

import httpx
import pytest

from forecaster.domain.alert import AlertStatus
from forecaster.domain.publication import Draft, Kind
from forecaster.store import publications
from forecaster.store.database import Database
from tests.api.world import NOW, Asking, declare, issue, patrols, publish, publish_alert

pytestmark = pytest.mark.anyio


async def test_an_entry_says_what_was_published_and_where_it_is(
    database: Database, asking: Asking
) -> None:
    declare(database, patrols())
    published = publish(database, issue())

    async with asking(database) as api:
        answer = (await api.get("/v1/changes")).json()

    assert [one["kind"] for one in answer["changes"]] == ["indicator", "forecast"]
    assert answer["changes"][1] == {
        "seq": 2,
        "kind": "forecast",
        "key": "patrols/CHN-RUS",
        "published_at": "2026-03-04T11:00:30Z",
        "etag": published.etag,
        "link": "/v1/forecasts/patrols/CHN-RUS",
    }


async def test_every_kind_of_change_links_to_an_address_that_answers(
    sqlite: Database, asking: Asking
) -> None:
    declare(sqlite, patrols())
    publish(sqlite, issue())
    publish_alert(sqlite, "busy", AlertStatus.FIRING)
    with sqlite.begin() as session:
        draft = Draft(kind=Kind.SCHEMA, key="indicator.json", source="sha256:0")
        publications.publish(session, draft, lambda _seq: b"{}", now=NOW)

    async with asking(sqlite) as api:
        changes = (await api.get("/v1/changes")).json()["changes"]
        answers = [await api.get(one["link"]) for one in changes]

    assert {one["kind"] for one in changes} == {kind.value for kind in Kind}
    assert [answer.status_code for answer in answers] == [httpx.codes.OK] * 4


async def test_following_next_reads_everything_once_and_then_waits_at_the_end(
    database: Database, asking: Asking
) -> None:
    for _ in range(5):
        publish(database, issue())
    seen: list[int] = []
    address = "/v1/changes?limit=2"

    async with asking(database) as api:
        for _ in range(4):
            page = (await api.get(address)).json()
            seen += [one["seq"] for one in page["changes"]]
            address = page["next"]

    assert seen == [1, 2, 3, 4, 5]
    assert (page["changes"], page["more"], page["next"]) == (
        [],
        False,
        "/v1/changes?after=5&limit=2",
    )


async def test_a_page_is_asked_for_again_with_the_etag_that_is_held(
    sqlite: Database, asking: Asking
) -> None:
    publish(sqlite, issue())

    async with asking(sqlite) as api:
        page = await api.get("/v1/changes")
        held = {"If-None-Match": page.headers["ETag"]}
        same = await api.get("/v1/changes", headers=held)
        publish(sqlite, issue())
        longer = await api.get("/v1/changes", headers=held)

    assert page.headers["Cache-Control"] == "public, no-cache"
    assert same.status_code == httpx.codes.NOT_MODIFIED
    assert longer.json()["more"] is False
    assert len(longer.json()["changes"]) == 2


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "after=2147483648", "limit=0", "limit=1001"]
)
async def test_numbers_out_of_range_are_refused(
    sqlite: Database, asking: Asking, query: str
) -> None:
    async with asking(sqlite) as api:
        answer = await api.get(f"/v1/changes?{query}")

    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert answer.json()["errors"][0]["name"] == query.partition("=")[0]


async def test_the_largest_number_is_after_everything(database: Database, asking: Asking) -> None:
    async with asking(database) as api:
        answer = await api.get(f"/v1/changes?after={2**31 - 1}")

    assert answer.json()["changes"] == []
