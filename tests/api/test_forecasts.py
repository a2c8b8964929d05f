"""Forecasts are polled from memory: the same bytes, with headers that follow the clock."""

from datetime import timedelta

import httpx
import pytest

from forecaster.store.database import Database
from tests.api.world import NOW, Asking, Clock, declare, issue, patrols, publish

pytestmark = pytest.mark.anyio

ONE = "/v1/forecasts/patrols/CHN-RUS"
HOUR = timedelta(hours=1)


async def test_a_forecast_is_the_bytes_that_were_published(
    sqlite: Database, asking: Asking
) -> None:
    publication = publish(sqlite, issue())

    async with asking(sqlite) as api:
        answer = await api.get(ONE)

    assert answer.status_code == httpx.codes.OK
    assert answer.content == publication.body
    assert answer.headers["ETag"] == publication.etag
    assert answer.headers["Last-Modified"] == "Wed, 04 Mar 2026 11:00:30 GMT"


async def test_a_forecast_may_be_kept_until_its_next_update(
    sqlite: Database, asking: Asking
) -> None:
    publish(sqlite, issue(next_update_at=NOW + 6 * HOUR))

    async with asking(sqlite) as api:
        answer = await api.get(ONE)

    assert answer.headers["Cache-Control"] == "public, max-age=21600"
    assert "Forecaster-Stale" not in answer.headers


async def test_a_forecast_may_not_be_kept_beyond_the_moment_at_which_it_turns_stale(
    sqlite: Database, asking: Asking
) -> None:
    publish(sqlite, issue(next_update_at=NOW + 6 * HOUR, stale_after=NOW + HOUR))

    async with asking(sqlite) as api:
        answer = await api.get(ONE)

    assert answer.headers["Cache-Control"] == "public, max-age=3600"


@pytest.mark.parametrize("next_update_at", [None, NOW - HOUR, NOW])
async def test_a_forecast_whose_update_is_overdue_or_unannounced_is_kept_a_minute(
    sqlite: Database, asking: Asking, next_update_at: object
) -> None:
    publish(sqlite, issue(next_update_at=next_update_at))

    async with asking(sqlite) as api:
        answer = await api.get(ONE)

    assert answer.headers["Cache-Control"] == "public, max-age=60"


async def test_a_forecast_is_kept_a_second_at_least(sqlite: Database, asking: Asking) -> None:
    publish(sqlite, issue(next_update_at=NOW + timedelta(milliseconds=10)))

    async with asking(sqlite) as api:
        answer = await api.get(ONE)

    assert answer.headers["Cache-Control"] == "public, max-age=1"


async def test_a_stale_forecast_says_so_in_its_headers_and_keeps_its_bytes_and_etag(
    sqlite: Database, asking: Asking, clock: Clock
) -> None:
    publish(sqlite, issue(stale_after=NOW + HOUR))

    async with asking(sqlite) as api:
        fresh = await api.get(ONE)
        clock.pass_by(2 * HOUR)
        stale = await api.get(ONE)
        held = await api.get(ONE, headers={"If-None-Match": fresh.headers["ETag"]})

    assert stale.headers["Forecaster-Stale"] == "true"
    assert stale.headers["Cache-Control"] == "public, max-age=60"
    assert (stale.content, stale.headers["ETag"]) == (fresh.content, fresh.headers["ETag"])
    assert held.status_code == httpx.codes.NOT_MODIFIED
    assert held.headers["Forecaster-Stale"] == "true"


@pytest.mark.parametrize("pattern", ["{}", "W/{}", '"other", {}', "*", 'W/"other",W/{}'])
async def test_a_poll_with_the_etag_that_it_holds_is_answered_304(
    sqlite: Database, asking: Asking, pattern: str
) -> None:
    etag = publish(sqlite, issue()).etag

    async with asking(sqlite) as api:
        answer = await api.get(ONE, headers={"If-None-Match": pattern.format(etag)})

    assert answer.status_code == httpx.codes.NOT_MODIFIED
    assert answer.content == b""
    assert answer.headers["ETag"] == etag
    assert answer.headers["Cache-Control"] == "public, max-age=21600"


async def test_a_poll_with_another_etag_is_answered_in_full(
    sqlite: Database, asking: Asking
) -> None:
    publish(sqlite, issue())

    async with asking(sqlite) as api:
        answer = await api.get(ONE, headers={"If-None-Match": '"other", W/"another"'})

    assert answer.status_code == httpx.codes.OK


async def test_head_answers_with_the_headers_of_get_and_no_body(
    sqlite: Database, asking: Asking
) -> None:
    publish(sqlite, issue())

    async with asking(sqlite) as api:
        full, head = await api.get(ONE), await api.head(ONE)

    assert head.content == b""
    assert head.headers == full.headers


async def test_an_earlier_issue_is_found_by_as_of_and_may_be_kept_for_ever(
    sqlite: Database, asking: Asking
) -> None:
    first = publish(sqlite, issue(issued_at=NOW - 3 * HOUR))
    publish(sqlite, issue(issued_at=NOW - HOUR))

    async with asking(sqlite) as api:
        answer = await api.get(ONE, params={"as_of": "2026-03-04T10:30:00Z"})

    assert answer.content == first.body
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


async def test_the_newest_issue_asked_for_by_as_of_may_still_be_superseded(
    sqlite: Database, asking: Asking
) -> None:
    newest = publish(sqlite, issue(issued_at=NOW - HOUR))

    async with asking(sqlite) as api:
        answer = await api.get(ONE, params={"as_of": "2026-03-04"})

    assert answer.content == newest.body
    assert answer.headers["Cache-Control"] == "public, max-age=21600"


@pytest.mark.parametrize("query", ["", "?as_of=2026-03-04"])
async def test_a_retired_forecast_says_so_is_kept_briefly_and_keeps_its_bytes_and_etag(
    sqlite: Database, asking: Asking, query: str
) -> None:
    declare(sqlite, patrols())
    publication = publish(sqlite, issue(next_update_at=NOW + 6 * HOUR))
    declare(sqlite, now=NOW)

    async with asking(sqlite) as api:
        answer = await api.get(ONE + query)
        held = await api.get(ONE + query, headers={"If-None-Match": publication.etag})

    assert answer.headers["Forecaster-Retired"] == "true"
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert (answer.content, answer.headers["ETag"]) == (publication.body, publication.etag)
    assert held.status_code == httpx.codes.NOT_MODIFIED
    assert held.headers["Forecaster-Retired"] == "true"


async def test_a_forecast_for_a_scope_that_is_no_longer_declared_is_retired(
    sqlite: Database, asking: Asking
) -> None:
    declare(sqlite, patrols(for_each={"dyad": ["IRN-RUS"]}))
    publish(sqlite, issue("CHN-RUS"))

    async with asking(sqlite) as api:
        answer = await api.get(ONE)

    assert answer.headers["Forecaster-Retired"] == "true"


async def test_a_forecast_in_force_is_not_said_to_be_retired(
    sqlite: Database, asking: Asking
) -> None:
    declare(sqlite, patrols())
    publish(sqlite, issue())

    async with asking(sqlite) as api:
        answer = await api.get(ONE)

    assert "Forecaster-Retired" not in answer.headers
    assert answer.headers["Cache-Control"] == "public, max-age=21600"


async def test_an_earlier_issue_of_a_retired_series_may_still_be_kept_for_ever(
    sqlite: Database, asking: Asking
) -> None:
    publish(sqlite, issue(issued_at=NOW - 3 * HOUR))
    publish(sqlite, issue(issued_at=NOW - HOUR))
    declare(sqlite, patrols())
    declare(sqlite, now=NOW)

    async with asking(sqlite) as api:
        answer = await api.get(ONE, params={"as_of": "2026-03-04T10:30:00Z"})

    assert "Forecaster-Retired" not in answer.headers
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


async def test_an_issue_is_known_from_its_publication_and_the_answer_before_it_says_from_when(
    sqlite: Database, asking: Asking
) -> None:
    publish(sqlite, issue(issued_at=NOW - HOUR), now=NOW - HOUR + timedelta(seconds=1.5))

    async with asking(sqlite) as api:
        before = await api.get(ONE, params={"as_of": "2026-03-04T11:00:30Z"})
        after = await api.get(ONE, params={"as_of": "2026-03-04T11:00:31.500000Z"})

    assert before.status_code == httpx.codes.NOT_FOUND
    assert before.json()["detail"] == (
        "no issue of patrols/CHN-RUS had been published by 2026-03-04T11:00:30Z; the newest was "
        "published at 2026-03-04T11:00:31.500000Z: ask for a moment from then on, or without as_of"
    )
    assert after.status_code == httpx.codes.OK


async def test_before_the_first_issue_there_was_none(sqlite: Database, asking: Asking) -> None:
    publish(sqlite, issue())

    async with asking(sqlite) as api:
        answer = await api.get(ONE, params={"as_of": "2020-01-01"})

    assert answer.status_code == httpx.codes.NOT_FOUND
    assert answer.json()["type"] == "/problems/no-forecast-yet"


async def test_the_future_is_refused(sqlite: Database, asking: Asking) -> None:
    publish(sqlite, issue())

    async with asking(sqlite) as api:
        answer = await api.get(ONE, params={"as_of": "2026-03-05"})

    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert "lies in the future" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("patrol/CHN-RUS", "no indicator named 'patrol'; did you mean 'patrols'?"),
        ("patrols/CHN-RUZ", "no scope of patrols named 'CHN-RUZ'; did you mean 'CHN-RUS'?"),
    ],
)
async def test_an_unknown_name_is_answered_with_the_nearest(
    sqlite: Database, asking: Asking, path: str, detail: str
) -> None:
    declare(sqlite, patrols())

    async with asking(sqlite) as api:
        answer = await api.get(f"/v1/forecasts/{path}")

    assert answer.status_code == httpx.codes.NOT_FOUND
    assert answer.json()["detail"] == detail


async def test_a_series_without_a_forecast_yet_is_not_an_unknown_one(
    sqlite: Database, asking: Asking
) -> None:
    declare(sqlite, patrols())

    async with asking(sqlite) as api:
        answer = await api.get(ONE)

    assert answer.status_code == httpx.codes.NOT_FOUND
    assert answer.json()["type"] == "/problems/no-forecast-yet"
    assert answer.headers["Retry-After"] == "60"
