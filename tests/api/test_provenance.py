"""Where a value came from can be followed: to its run, to each document, to the address."""

from datetime import date, timedelta

import httpx
import pytest

from forecaster.domain.observation import Document, Sighting
from forecaster.domain.run import RunStatus, Trigger
from forecaster.store import observations, runs, sightings
from forecaster.store.database import Database
from tests.api.world import NOW, Asking, declare, patrols, week

pytestmark = pytest.mark.anyio

ADDRESS = "https://source.example/data.json?key={key:source}"
DOCUMENT = Document(digest="sha256:" + "ab" * 32, url=ADDRESS, fetched_at=NOW, status=200, size=12)


def fetched(database: Database) -> int:
    """Record a run that fetched one document and read one value from it."""
    definition = patrols()
    declare(database, definition)
    with database.begin() as session:
        run = runs.begin(session, "patrols", Trigger.SCHEDULE, now=NOW)
        runs.record_fetches(session, run, [DOCUMENT], after=0)
        observations.record(
            session,
            definition,
            [week("2026-02-02", 4.0)],
            now=NOW,
            inferred=False,
            document=DOCUMENT.digest,
            run=run,
        )
        runs.end(
            session,
            run,
            now=NOW + timedelta(seconds=2),
            status=RunStatus.OK,
            rows=3,
            fields=frozenset({"b", "a"}),
            notes=["new fields: b"],
        )
    return run


async def test_a_value_leads_to_its_run_and_its_document(
    database: Database, asking: Asking
) -> None:
    number = fetched(database)
    async with asking(database) as api:
        path = "/v1/indicators/patrols/observations"
        (value,) = (await api.get(path, params={"scope": "CHN-RUS"})).json()["observations"]
        run = (await api.get(f"/v1/runs/{value['run']}")).json()
        document = (await api.get(f"/v1/documents/{value['document']}")).json()

    assert (run["id"], run["status"], run["rows"], run["fields"]) == (number, "ok", 3, ["a", "b"])
    assert [fetch["url"] for fetch in run["fetches"]] == [ADDRESS]
    assert document["digest"] == DOCUMENT.digest
    assert [by["run"] for by in document["fetched_by"]] == [number]


async def test_what_a_run_noted_stands_with_the_source(sqlite: Database, asking: Asking) -> None:
    number = fetched(sqlite)
    async with asking(sqlite) as api:
        source = (await api.get("/v1/indicators/patrols")).json()["source"]
    assert [(note["run"], note["notes"]) for note in source["notes"]] == [
        (number, ["new fields: b"])
    ]


async def test_what_never_was_is_not_found(sqlite: Database, asking: Asking) -> None:
    async with asking(sqlite) as api:
        answers = [await api.get(path) for path in ("/v1/runs/7", "/v1/documents/sha256:0")]
        strange = await api.get("/v1/runs/0")
    assert [answer.status_code for answer in answers] == [httpx.codes.NOT_FOUND] * 2
    assert strange.status_code == httpx.codes.UNPROCESSABLE_ENTITY


BEHIND = "/v1/indicators/patrols/documents"


async def test_a_value_leads_to_the_document_in_which_it_was_read(
    database: Database, asking: Asking
) -> None:
    fetched(database)
    async with asking(database) as api:
        asked = {"scope": "CHN-RUS", "period": "2026-02-04"}
        answer = (await api.get(BEHIND, params=asked)).json()
        none = (await api.get(BEHIND, params=asked | {"period": "2020-01-01"})).json()
    assert answer["period"] == "2026-02-02"
    assert [document["digest"] for document in answer["documents"]] == [DOCUMENT.digest]
    assert none["documents"] == []


async def test_a_count_leads_to_the_documents_of_its_reports(
    database: Database, asking: Asking
) -> None:
    fetched(database)
    seen = Sighting(scope="CHN-RUS", name="a", day=date(2026, 2, 9))
    with database.begin() as session:
        sightings.record(session, patrols().sieve, [seen], [], document=DOCUMENT.digest)
    async with asking(database) as api:
        asked = {"scope": "CHN-RUS", "period": "2026-02-09"}
        answer = (await api.get(BEHIND, params=asked)).json()
    assert [document["url"] for document in answer["documents"]] == [ADDRESS]
