"""Observations as they are known, were known, or became known."""

from datetime import UTC, datetime

import httpx
import pytest

from forecaster.store.database import Database
from tests.api.world import Asking, declare, patrols, record, week

pytestmark = pytest.mark.anyio

PATH = "/v1/indicators/patrols/observations"
SCOPE = {"scope": "CHN-RUS"}
FIRST = datetime(2026, 2, 10, 6, tzinfo=UTC)
REVISED = datetime(2026, 2, 20, 6, tzinfo=UTC)


def recorded(database: Database) -> None:
    """Record two weeks, one of which was revised ten days later."""
    declare(database, patrols())
    record(database, patrols(), week("2026-02-02", 4.0, FIRST))
    record(database, patrols(), week("2026-02-02", 5.0, REVISED), week("2026-02-09", None))


def seen(answer: httpx.Response) -> list[tuple[str, float | None]]:
    assert answer.status_code == httpx.codes.OK, answer.text
    return [(one["period"], one["value"]) for one in answer.json()["observations"]]


async def test_a_row_says_all_that_is_known_of_a_period(
    database: Database, asking: Asking
) -> None:
    recorded(database)

    async with asking(database) as api:
        answer = (await api.get(PATH, params=SCOPE)).json()

    assert {name: answer[name] for name in ("indicator", "scope", "title", "unit", "count")} == {
        "indicator": "patrols",
        "scope": "CHN-RUS",
        "title": "Patrols, CHN-RUS",
        "unit": "patrols per week",
        "count": 2,
    }
    assert answer["attribution"] == "The Patrol Watchers"
    assert answer["observations"] == [
        {
            "period": "2026-02-02",
            "value": 5.0,
            "n": None,
            "details": None,
            "missing": None,
            "grade": "full",
            "known_at": "2026-02-20T06:00:00Z",
            "recorded_at": "2026-03-04T12:00:30Z",
            "pseudo": answer["observations"][0]["pseudo"],
            "doubtful": None,
            "document": None,
            "run": None,
            "definition": patrols().digest,
        },
        {
            "period": "2026-02-09",
            "value": None,
            "n": None,
            "details": None,
            "missing": "not_reported",
            "grade": "full",
            "known_at": "2026-02-17T00:00:00Z",
            "recorded_at": "2026-03-04T12:00:30Z",
            "pseudo": True,
            "doubtful": None,
            "document": None,
            "run": None,
            "definition": patrols().digest,
        },
    ]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ({}, [("2026-02-02", 5.0), ("2026-02-09", None)]),
        ({"as_of": "2026-02-10"}, [("2026-02-02", 4.0)]),
        ({"as_of": "2026-02-10T05:59:59Z"}, []),
        ({"as_of": "2026-02-10T06:00:00Z"}, [("2026-02-02", 4.0)]),
        ({"as_of": "2026-02-10T07:00:00+01:00"}, [("2026-02-02", 4.0)]),
        ({"as_of": "2026-02-10 06:00Z"}, [("2026-02-02", 4.0)]),
        ({"as_of": "2026-02-20"}, [("2026-02-02", 5.0), ("2026-02-09", None)]),
        ({"as_of": "2026-03-04"}, [("2026-02-02", 5.0), ("2026-02-09", None)]),
        ({"issues": "2026-02-10..2026-02-17"}, [("2026-02-02", 4.0), ("2026-02-09", None)]),
        ({"issues": "2026-02-20T06:00:00Z..2026-02-20T06:00:00Z"}, [("2026-02-02", 5.0)]),
        ({"lag": "2d"}, [("2026-02-02", 4.0), ("2026-02-09", None)]),
        ({"lag": "P7D"}, [("2026-02-02", 4.0), ("2026-02-09", None)]),
        ({"lag": "2 weeks"}, [("2026-02-02", 5.0), ("2026-02-09", None)]),
        ({"lag": "PT36H"}, [("2026-02-02", 4.0), ("2026-02-09", None)]),
        ({"lag": "24h"}, [("2026-02-09", None)]),
        ({"since": "2026-02-03"}, [("2026-02-09", None)]),
        ({"until": "2026-02-08"}, [("2026-02-02", 5.0)]),
        ({"as_of": "2026-02-28", "since": "2026-02-02", "until": "2026-02-02"},
         [("2026-02-02", 5.0)]),
    ],
)  # fmt: skip
async def test_time_is_asked_for_in_one_of_three_ways(
    database: Database,
    asking: Asking,
    query: dict[str, str],
    rows: list[tuple[str, float | None]],
) -> None:
    recorded(database)

    async with asking(database) as api:
        answer = await api.get(PATH, params=SCOPE | query)

    assert seen(answer) == rows


async def test_a_plus_that_the_query_turned_into_a_space_is_understood(
    sqlite: Database, asking: Asking
) -> None:
    recorded(sqlite)

    async with asking(sqlite) as api:
        answer = await api.get(f"{PATH}?scope=CHN-RUS&as_of=2026-02-10T07:00:00+01:00")

    assert seen(answer) == [("2026-02-02", 4.0)]
    assert answer.json()["as_of"] == "2026-02-10T06:00:00Z"


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ({"as_of": "2026-01-01", "lag": "7d"}, "as_of and lag do not go together"),
        ({"as_of": "2026-01-01", "issues": "2026-01-01..2026-01-02"}, "as_of and issues do not"),
        ({"as_of": "2026-01-01T12:00:00"}, ("as_of: '2026-01-01T12:00:00' does not say its zone; "
         "for UTC write 2026-01-01T12:00:00Z")),
        ({"as_of": "yesterday"}, "as_of: 'yesterday' is not a date, 2024-03-01, or a time"),
        ({"as_of": "1700000000"}, "as_of: '1700000000' is not a date"),
        ({"as_of": "2026-02-30"}, "as_of: "),
        ({"as_of": "0001-01-01T00:00:00+02:00"}, "as_of: '0001-01-01T00:00:00+02:00' lies out"),
        ({"as_of": "٢٠٢٦-01-01"}, "as_of: "),
        ({"as_of": "2026-03-05"}, "as_of: 2026-03-05 lies in the future"),
        ({"as_of": "2026-03-04T12:00:31Z"}, "as_of: 2026-03-04T12:00:31+00:00 lies in the future"),
        ({"issues": "2026-01-01"}, "issues: '2026-01-01' is not a span, such as"),
        ({"issues": "2026-02-01..2026-01-01"}, "issues: the span '2026-02-01..2026-01-01' ends"),
        ({"issues": "..2026-01-01"}, "issues: '' is not a date"),
        ({"lag": "7"}, "lag: '7' is not a duration, such as P7D, 7d, 36h or '7 days'"),
        ({"lag": "P"}, "lag: 'P' is not a duration"),
        ({"lag": "-7d"}, "lag: '-7d' is not a duration"),
        ({"lag": "P1M"}, "lag: 'P1M' is not a duration"),
        ({"lag": "99999w"}, "lag: '99999w' is longer than a century"),
        ({"since": "2026-01-01T00:00:00Z"}, "since: '2026-01-01T00:00:00Z' is not a date"),
        ({"since": "2026-01-02", "until": "2026-01-01"}, "until: 2026-01-01 lies before since"),
        ({"scope": "CHN-RUZ"}, "scope: patrols has no scope 'CHN-RUZ'; did you mean 'CHN-RUS'?"),
    ],
)  # fmt: skip
async def test_what_cannot_be_answered_is_refused_with_what_to_write(
    sqlite: Database, asking: Asking, query: dict[str, str], detail: str
) -> None:
    recorded(sqlite)

    async with asking(sqlite) as api:
        answer = await api.get(PATH, params=SCOPE | query)

    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"].startswith(detail)


async def test_a_scope_must_be_named_where_there_are_more_than_one(
    sqlite: Database, asking: Asking
) -> None:
    recorded(sqlite)

    async with asking(sqlite) as api:
        answer = await api.get(PATH)

    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert answer.json()["detail"] == "scope: name one of CHN-RUS, IRN-RUS"


async def test_the_only_scope_need_not_be_named(sqlite: Database, asking: Asking) -> None:
    single = patrols(for_each={"dyad": ["CHN-RUS"]})
    declare(sqlite, single)
    record(sqlite, single, week("2026-02-02", 4.0))

    async with asking(sqlite) as api:
        answer = await api.get(PATH)

    assert seen(answer) == [("2026-02-02", 4.0)]


async def test_a_declared_series_of_which_nothing_was_seen_is_empty(
    database: Database, asking: Asking
) -> None:
    declare(database, patrols())

    async with asking(database) as api:
        answers = [
            await api.get(PATH, params=SCOPE | query)
            for query in ({}, {"lag": "7d"}, {"issues": "0001-01-01..9999-12-31"})
        ]

    assert [seen(answer) for answer in answers] == [[], [], []]


async def test_values_that_may_not_be_shown_are_left_out_and_that_is_said(
    sqlite: Database, asking: Asking
) -> None:
    closed = patrols(license={"name": "closed", "redistribution": "no"})
    declare(sqlite, closed)
    record(sqlite, closed, week("2026-02-02", 4.0))

    async with asking(sqlite) as api:
        answer = (await api.get(PATH, params=SCOPE)).json()

    assert "licence" in answer["withheld"]
    assert answer["observations"][0]["period"] == "2026-02-02"
    assert answer["observations"][0].keys().isdisjoint({"value", "n"})


async def test_the_doubt_of_a_value_that_may_not_be_shown_does_not_tell_it(
    sqlite: Database, asking: Asking
) -> None:
    closed = patrols(license={"name": "closed", "redistribution": "derived"})
    declare(sqlite, closed)
    told = week("2026-02-02", 987.0).model_copy(update={"doubtful": "987 is more than 100"})
    record(sqlite, closed, told)

    async with asking(sqlite) as api:
        answer = await api.get(PATH, params=SCOPE)

    assert answer.json()["observations"][0]["doubtful"].startswith("doubtful")
    assert "987" not in answer.text


async def test_a_second_poll_of_observations_is_answered_304(
    sqlite: Database, asking: Asking
) -> None:
    recorded(sqlite)

    async with asking(sqlite) as api:
        first = await api.get(PATH, params=SCOPE)
        again = await api.get(PATH, params=SCOPE, headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert again.status_code == httpx.codes.NOT_MODIFIED
