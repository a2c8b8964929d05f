"""What is composed is asked for like anything else, and says how its inputs stand."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from forecaster.domain.run import RunStatus, Trigger
from forecaster.store import runs
from forecaster.store.database import Database
from tests.api.world import NOW, Asking, declare, patrols, record, week

pytestmark = pytest.mark.anyio

PATH = "/v1/indicators/rate/observations"
SCOPE = {"scope": "CHN-RUS"}
FIRST = datetime(2026, 2, 10, 6, tzinfo=UTC)
REVISED = datetime(2026, 2, 20, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)

ACTS = patrols()
SHOWS = patrols(id="shows", title="Shows, {a}-{b}")
RATE = patrols(
    id="rate",
    title="Patrols per show, {a}-{b}",
    collect=None,
    compose={"ratio": ["patrols", "shows"]},
    license={"name": "CC BY 4.0", "redistribution": "derived"},
)


def recorded(database: Database, *, redistribution: str = "derived") -> None:
    """Record two weeks, of which one input was revised ten days later and one misses a value."""
    terms = {"name": "terms", "redistribution": redistribution}
    declare(database, ACTS, patrols(id="shows", license=terms), RATE)
    record(database, ACTS, week("2026-02-02", 4.0, FIRST))
    record(database, ACTS, week("2026-02-02", 6.0, REVISED), week("2026-02-09", 3.0, REVISED))
    record(database, SHOWS, week("2026-02-02", 2.0, FIRST + HOUR), week("2026-02-09", None, FIRST))


def seen(answer: httpx.Response) -> list[tuple[str, object]]:
    assert answer.status_code == httpx.codes.OK, answer.text
    rows = answer.json()["observations"]
    return [(one["period"], one["missing"] or one["value"]) for one in rows]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ({}, [("2026-02-02", 3.0), ("2026-02-09", "not_reported")]),
        ({"as_of": "2026-02-10T06:30:00Z"}, []),
        ({"as_of": "2026-02-15"}, [("2026-02-02", 2.0)]),
        (
            {"issues": "2026-02-10..2026-02-28"},
            [("2026-02-02", 2.0), ("2026-02-02", 3.0), ("2026-02-09", "not_reported")],
        ),
        ({"issues": "2026-02-19..2026-02-28", "until": "2026-02-02"}, [("2026-02-02", 3.0)]),
        ({"lag": "3 days"}, [("2026-02-02", 2.0)]),
        ({"since": "2026-02-09"}, [("2026-02-09", "not_reported")]),
    ],
)
async def test_its_values_are_those_of_the_same_moment(
    database: Database, asking: Asking, query: dict[str, str], rows: list[tuple[str, object]]
) -> None:
    recorded(database)

    async with asking(database) as api:
        assert seen(await api.get(PATH, params=SCOPE | query)) == rows


async def test_what_is_made_of_derived_values_may_be_shown_with_its_parts(
    sqlite: Database, asking: Asking
) -> None:
    recorded(sqlite)

    async with asking(sqlite) as api:
        answer = (await api.get(PATH, params=SCOPE)).json()

    assert "withheld" not in answer
    assert answer["observations"][0]["details"] == {"patrols": 6.0, "shows": 2.0}
    assert answer["observations"][0]["definition"] == RATE.digest


async def test_what_is_made_of_closed_values_is_withheld_and_names_the_licence(
    sqlite: Database, asking: Asking
) -> None:
    recorded(sqlite, redistribution="no")

    async with asking(sqlite) as api:
        answer = (await api.get(PATH, params=SCOPE)).json()

    assert answer["withheld"].startswith("the licence of shows, of which it is made,")
    assert "value" not in answer["observations"][0]
    assert "details" not in answer["observations"][0]


def ran(database: Database, indicator: str, status: RunStatus, error: str | None = None) -> None:
    with database.begin() as session:
        run = runs.begin(session, indicator, Trigger.SCHEDULE, now=NOW - HOUR)
        runs.end(session, run, now=NOW - HOUR, status=status, error=error)


@pytest.mark.parametrize(
    ("status", "told"), [(None, "never_run"), (RunStatus.UNAVAILABLE, "unavailable")]
)
async def test_its_source_stands_as_the_worst_of_its_inputs(
    sqlite: Database, asking: Asking, status: RunStatus | None, told: str
) -> None:
    recorded(sqlite)
    ran(sqlite, "patrols", RunStatus.OK)
    if status is not None:
        ran(sqlite, "shows", status, error="no answer in 30 s")

    async with asking(sqlite) as api:
        alone = (await api.get("/v1/indicators/rate")).json()
        listed = (await api.get("/v1/indicators")).json()["indicators"]

    (source,) = (one["source"] for one in listed if one["id"] == "rate")
    assert (source["name"], source["input"], source["status"]) == ("compose", "shows", told)
    assert source["error"] == (None if status is None else "shows: no answer in 30 s")
    assert alone["source"] | {"notes": []} == source | {"notes": []}
    assert alone["declaration"]["compose"] == {"ratio": ["patrols", "shows"]}
    assert "collect" not in alone["declaration"]


async def test_a_factor_has_no_values_and_says_where_its_nowcast_is(
    sqlite: Database, asking: Asking
) -> None:
    depth = patrols(
        id="depth",
        frequency="month",
        collect=None,
        compose={"factor": ["patrols", "shows", "drills"]},
    )
    declare(sqlite, ACTS, patrols(id="shows"), patrols(id="drills"), depth)

    async with asking(sqlite) as api:
        answer = (await api.get("/v1/indicators/depth/observations", params=SCOPE)).json()

    assert answer["observations"] == []
    assert "/v1/forecasts/depth/CHN-RUS holds its nowcast" in answer["estimated"]
