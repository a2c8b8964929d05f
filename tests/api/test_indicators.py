"""What is watched, how each source stands, and which files were refused."""

from datetime import timedelta

import httpx
import pytest

from forecaster.domain.run import RunStatus, Trigger
from forecaster.store import catalogue, runs
from forecaster.store.database import Database
from tests.api.world import NOW, Asking, Clock, declare, patrols

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)


def ran(database: Database, status: RunStatus, ago: timedelta, error: str | None = None) -> None:
    with database.begin() as session:
        run = runs.begin(session, "patrols", Trigger.SCHEDULE, now=NOW - ago)
        if status is not RunStatus.RUNNING:
            runs.end(session, run, now=NOW - ago, status=status, error=error)


async def test_the_list_says_what_each_indicator_is(database: Database, asking: Asking) -> None:
    declare(database, patrols())

    async with asking(database) as api:
        answer = (await api.get("/v1/indicators")).json()

    assert answer["count"] == 1
    (one,) = answer["indicators"]
    assert one.pop("source") == {
        "name": "history",
        "status": "never_run",
        "last_run_at": None,
        "last_success_at": None,
        "age_seconds": None,
        "error": None,
    }
    assert one == {
        "id": "patrols",
        "title": "Patrols, {a}-{b}",
        "role": "operational",
        "unit": "patrols per week",
        "frequency": "week",
        "family": "auto",
        "scopes": ["CHN-RUS", "IRN-RUS"],
        "status": "active",
        "superseded_by": None,
        "attribution": "The Patrol Watchers",
        "license": {"name": "CC BY 4.0", "redistribution": "yes"},
    }


async def test_a_source_that_fails_shows_why_and_the_age_of_its_last_success(
    sqlite: Database, asking: Asking
) -> None:
    declare(sqlite, patrols())
    ran(sqlite, RunStatus.OK, ago=3 * HOUR)
    ran(sqlite, RunStatus.UNAVAILABLE, ago=HOUR, error="no answer in 30 s")

    async with asking(sqlite) as api:
        source = (await api.get("/v1/indicators")).json()["indicators"][0]["source"]

    assert source == {
        "name": "history",
        "status": "unavailable",
        "last_run_at": "2026-03-04T11:00:30Z",
        "last_success_at": "2026-03-04T09:00:30Z",
        "age_seconds": 3 * 3600 - 30,  # at the last full minute
        "error": "no answer in 30 s",
    }


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (RunStatus.OK, "ok"),
        (RunStatus.RUNNING, "running"),
        (RunStatus.CHANGED, "changed"),
        (RunStatus.FAILED, "failed"),
        (RunStatus.INTERRUPTED, "failed"),
    ],
)
async def test_a_source_stands_as_its_last_run_ended(
    sqlite: Database, asking: Asking, status: RunStatus, told: str
) -> None:
    declare(sqlite, patrols())
    ran(sqlite, status, ago=HOUR)

    async with asking(sqlite) as api:
        source = (await api.get("/v1/indicators/patrols")).json()["source"]

    assert source["status"] == told
    assert (source["error"] or "").startswith("the last run was interrupted") == (
        status is RunStatus.INTERRUPTED
    )


async def test_the_answers_of_one_minute_are_the_same(
    sqlite: Database, asking: Asking, clock: Clock
) -> None:
    declare(sqlite, patrols())
    ran(sqlite, RunStatus.OK, ago=HOUR)

    async with asking(sqlite) as api:
        first = await api.get("/v1/indicators")
        clock.pass_by(timedelta(seconds=20))
        same = await api.get("/v1/indicators", headers={"If-None-Match": first.headers["ETag"]})
        clock.pass_by(timedelta(seconds=20))
        later = await api.get("/v1/indicators", headers={"If-None-Match": first.headers["ETag"]})

    assert same.status_code == httpx.codes.NOT_MODIFIED
    assert later.status_code == httpx.codes.OK


async def test_refused_files_are_told_with_their_place(database: Database, asking: Asking) -> None:
    wrong = ("indicators/x.yml", 3, 7, "'rolle' is not a known field; did you mean 'role'?")
    with database.begin() as session:
        catalogue.set_problems(session, [wrong])

    async with asking(database) as api:
        refused = (await api.get("/v1/indicators")).json()["refused"]

    assert refused == [
        {"file": wrong[0], "line": wrong[1], "column": wrong[2], "message": wrong[3]}
    ]


async def test_one_indicator_shows_what_its_file_declares_and_every_version(
    database: Database, asking: Asking
) -> None:
    declare(database, patrols())
    declare(database, patrols(unit="sorties per week"), now=NOW - HOUR)

    async with asking(database) as api:
        answer = (await api.get("/v1/indicators/patrols")).json()

    assert answer["status"] == "active"
    assert answer["digest"] == patrols(unit="sorties per week").digest
    assert answer["declaration"]["unit"] == "sorties per week"
    assert answer["declaration"]["collect"]["series"] == "patrols"
    assert [one["digest"] for one in answer["versions"]] == [patrols().digest, answer["digest"]]
    assert answer["links"]["observations"] == "/v1/indicators/patrols/observations"


async def test_a_retired_indicator_can_still_be_read(sqlite: Database, asking: Asking) -> None:
    declare(sqlite, patrols())
    declare(sqlite, now=NOW - HOUR)

    async with asking(sqlite) as api:
        listed = (await api.get("/v1/indicators")).json()
        answer = (await api.get("/v1/indicators/patrols")).json()

    assert listed["indicators"] == []
    assert answer["status"] == "retired"
    assert [one["status"] for one in answer["versions"]] == ["active", "retired"]


@pytest.mark.parametrize("path", ["", "/observations"])
@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("patrol", "no indicator named 'patrol'; did you mean 'patrols'?"),
        ("%00", "no indicator named '\\x00'; known: patrols"),
        ("PATROLS%FF", "no indicator named"),
    ],
)
async def test_an_unknown_indicator_is_answered_with_the_nearest(
    database: Database, asking: Asking, path: str, name: str, detail: str
) -> None:
    declare(database, patrols())

    async with asking(database) as api:
        answer = await api.get(f"/v1/indicators/{name}{path}")

    assert answer.status_code == httpx.codes.NOT_FOUND
    assert answer.json()["type"] == "/problems/not-found"
    assert answer.json()["detail"].startswith(detail)


async def test_a_hidden_indicator_is_listed_only_when_asked_for_and_reached_by_name(
    sqlite: Database, asking: Asking
) -> None:
    declare(sqlite, patrols(status="hidden"))

    async with asking(sqlite) as api:
        listed = (await api.get("/v1/indicators")).json()
        all_of_them = (await api.get("/v1/indicators?hidden=true")).json()
        named = (await api.get("/v1/indicators/patrols")).json()

    assert (listed["count"], all_of_them["count"]) == (0, 1)
    assert named["status"] == "hidden"


async def test_a_paused_indicator_and_its_successor_say_so(
    sqlite: Database, asking: Asking
) -> None:
    declare(sqlite, patrols(status="paused", superseded_by="drills"))

    async with asking(sqlite) as api:
        (one,) = (await api.get("/v1/indicators")).json()["indicators"]

    assert (one["status"], one["superseded_by"]) == ("paused", "drills")
