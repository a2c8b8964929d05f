"""A YAML can be checked over HTTP: by itself, without putting it in force, and not endlessly."""

import subprocess
import sys
from datetime import timedelta

import httpx
import pytest

from forecaster.api.routes.definitions import BURST, MOST_BYTES
from forecaster.store import catalogue
from forecaster.store.database import Database
from tests.api.world import Asking, Clock
from tests.house import INDICATOR

pytestmark = pytest.mark.anyio

ADDRESS = "/v1/definitions:check"
YAML = {"Content-Type": "application/yaml"}


async def test_a_good_text_is_found_good(sqlite: Database, asking: Asking) -> None:
    async with asking(sqlite) as api:
        answer = await api.post(
            ADDRESS, params={"name": "patrols"}, content=INDICATOR, headers=YAML
        )

    assert answer.status_code == httpx.codes.OK
    told = answer.json()
    assert (told["name"], told["good"], told["problems"]) == ("patrols", True, [])
    assert told["scopes"] == ["CHN-RUS"]
    assert told["digest"].startswith("sha256:")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("media_type", ["text/yaml; charset=utf-8", "application/x-yaml"])
async def test_a_mistake_is_told_with_line_column_and_the_nearest_name(
    sqlite: Database, asking: Asking, media_type: str
) -> None:
    wrong = INDICATOR.replace("role:", "rolle:")

    async with asking(sqlite) as api:
        answer = await api.post(ADDRESS, content=wrong, headers={"Content-Type": media_type})

    assert answer.status_code == httpx.codes.OK
    assert answer.json()["good"] is False
    assert answer.json()["problems"] == [
        {
            "line": 2,
            "column": 1,
            "message": "'rolle' is not a field of an indicator; did you mean 'role'?",
        }
    ]


async def test_the_text_may_come_as_json_with_its_name(sqlite: Database, asking: Asking) -> None:
    async with asking(sqlite) as api:
        answer = await api.post(ADDRESS, json={"name": "My_Patrols", "text": INDICATOR})

    (problem,) = answer.json()["problems"]
    assert "rename the file, for example to my-patrols.yml" in problem["message"]


async def test_what_is_checked_is_not_put_in_force(sqlite: Database, asking: Asking) -> None:
    async with asking(sqlite) as api:
        await api.post(ADDRESS, content=INDICATOR, headers=YAML)

    with sqlite.read() as session:
        assert catalogue.current(session) == ()


async def test_tests_in_the_text_are_counted_and_not_run(sqlite: Database, asking: Asking) -> None:
    wrong = "given: {values: [1]}, expect: {alerts: {many-patrols: firing}}"

    async with asking(sqlite) as api:
        told = (
            await api.post(ADDRESS, content=f"{INDICATOR}tests: [{{{wrong}}}]\n", headers=YAML)
        ).json()

    assert (told["good"], told["tests"]) == (True, 1)


@pytest.mark.parametrize(
    ("content", "media_type", "status", "detail"),
    [
        (b"title: x", None, 415, "send the YAML with 'Content-Type: application/yaml'"),
        (b"title: x", "text/html", 415, "send the YAML with"),
        (b"title: \xff", "text/yaml", 400, "the body is not UTF-8 from byte 7 on"),
        (
            b"x" * (MOST_BYTES + 1),
            "text/yaml",
            413,
            f"the body may hold {MOST_BYTES} bytes at most",
        ),
        (b"{", "application/json", 400, "the body is not one JSON object"),
        (b"{}", "application/json", 422, "text: Field required"),
    ],
)
async def test_a_body_that_is_no_yaml_text_is_refused(  # noqa: PLR0917  (a table of cases)
    sqlite: Database,
    asking: Asking,
    content: bytes,
    media_type: str | None,
    status: int,
    detail: str,
) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    async with asking(sqlite) as api:
        answer = await api.post(ADDRESS, content=content, headers=headers)

    assert answer.status_code == status
    assert answer.json()["detail"].startswith(detail)


@pytest.mark.parametrize("text", ["", "title: [", "!!python/object:os.system x", "a: &a [*a]"])
async def test_hostile_texts_are_told_and_not_obeyed(
    sqlite: Database, asking: Asking, text: str
) -> None:
    async with asking(sqlite) as api:
        answer = await api.post(ADDRESS, content=text, headers=YAML)

    assert answer.status_code == httpx.codes.OK
    assert answer.json()["problems"]


async def test_so_many_checks_pass_and_the_next_ones_wait(
    sqlite: Database, asking: Asking, clock: Clock
) -> None:
    async with asking(sqlite) as api:
        answers = [await api.post(ADDRESS, content="a", headers=YAML) for _ in range(BURST + 1)]
        clock.pass_by(timedelta(seconds=1))
        later = await api.post(ADDRESS, content="a", headers=YAML)

    assert {answer.status_code for answer in answers[:-1]} == {httpx.codes.OK}
    assert answers[-1].status_code == httpx.codes.TOO_MANY_REQUESTS
    assert answers[-1].headers["Retry-After"] == "1"
    assert later.status_code == httpx.codes.OK


async def test_the_check_is_documented(sqlite: Database, asking: Asking) -> None:
    async with asking(sqlite) as api:
        operation = (await api.get("/openapi.json")).json()["paths"][ADDRESS]["post"]

    assert set(operation["requestBody"]["content"]) == {"application/yaml", "application/json"}
    assert {"200", "400", "413", "415", "422", "429"} <= set(operation["responses"])
    assert [one["name"] for one in operation["parameters"]] == ["name"]


def test_checking_a_text_loads_neither_the_statistics_nor_other_sources() -> None:
    program = (
        "import sys\n"
        "from forecaster.api.app import create_app\n"
        "from forecaster.definitions.declare import declare\n"
        "from forecaster.definitions.document import read_document\n"
        f"declare(read_document({INDICATOR!r}), 'patrols')\n"
        "heavy = {'statsmodels', 'pandas', 'scipy', 'polars', 'feedparser', 'fsspec'}\n"
        "print('loaded:', sorted(heavy & set(sys.modules)))\n"
    )

    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout

    assert output.rstrip().endswith("loaded: []")
