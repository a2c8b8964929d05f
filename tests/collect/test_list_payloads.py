"""Bytes of sanctions publishers and of UN Comtrade, read in place, as they were recorded."""

import json
import os
from collections import Counter
from pathlib import Path

import httpx
import pytest

from forecaster.collect.lists import comtrade, programmes, sanctions
from forecaster.collect.lists.comtrade import Line
from forecaster.collect.source import Errand
from forecaster.domain.lookups import Lookups
from tests.collect.errands import NOW, answering, define, open_source
from tests.servers.sanctions import Publisher

pytestmark = pytest.mark.payloads

BESIDE = Path(__file__).parents[2].parent / "shared" / "payloads"
PAYLOADS = Path(os.environ.get("FORECASTER_PAYLOADS", BESIDE))
OFAC_2024 = (
    *("2024_static_sdn.csv.first150.csv", "2024_static_add.csv.first150.csv"),
    *("2024_static_alt.csv.first150.csv", "2024_static_sdn_comments.csv.first150.csv"),
)
OFAC_2025 = ("2025_sample_sdn.csv", "2025_sample_add.csv", *OFAC_2024[2:])
EU = PAYLOADS / "opensanctions" / "eu_journal_amendment_32026R1843.first40.csv"
UN = PAYLOADS / "un_sc_sanctions" / "un_consolidated.dprk_subset.xml"
TRADE = PAYLOADS / "un_comtrade"


def ofac(names: tuple[str, ...]) -> list[bytes]:
    return [(PAYLOADS / "ofac" / name).read_bytes() for name in names]


def test_ofacs_recorded_files_are_read() -> None:
    bodies = ofac(OFAC_2024)
    for part, body in enumerate(bodies):
        sanctions.check("ofac_sdn", part, body)
    found = sanctions.read("ofac_sdn", bodies)
    assert (len(found.entries), found.rows) == (150, 463)
    assert found.entries["306"].places == {
        "Zweierstrasse 35, Zurich CH-8022, Switzerland",
        "Avenida de Concha Espina 8, Madrid E-28036, Spain",
        "Dai-Ichi Bldg. 6th Floor, 10-2 Nihombashi, 2-chome, Chuo-ku, Tokyo 103, Japan",
        "Federico Boyd Avenue & 51 Street, Panama City, Panama",
    }
    assert "NATIONAL BANK OF CUBA" in found.entries["306"].texts


def test_ofacs_recorded_programmes_are_all_declared() -> None:
    found = sanctions.read("ofac_sdn", ofac(OFAC_2025)).programmes
    assert len(found) == 17
    assert programmes.unknown(found) == frozenset()
    about = {tag: programmes.actors_of((tag,)) for tag in found}
    assert Counter(actor for actors in about.values() for actor in actors) == {
        "IRN": 5,
        "RUS": 2,
        "PRK": 1,
    }


def test_the_uns_recorded_list_is_read() -> None:
    found = sanctions.read("un_consolidated", [UN.read_bytes()])
    assert (len(found.entries), found.rows, found.programmes) == (30, 30, {"DPRK"})
    assert found.entries["690734"].places == {"Democratic People's Republic of Korea", "Pyongyang"}


def test_the_eus_recorded_act_is_read() -> None:
    found = sanctions.read("eu_journal", [EU.read_bytes()])
    assert (len(found.entries), found.programmes) == (39, {"EU-UKR"})
    assert "32014R0269 I.PERSONS EU-UKR Asset freeze 2057" in found.entries
    assert len(found.columns) == 46


def test_an_entry_that_joins_ofacs_recorded_list_is_a_listing(tmp_path: Path) -> None:
    files = dict(zip([name for name, _ in sanctions.OFAC_FILES], ofac(OFAC_2025), strict=True))
    rows = files["SDN.CSV"].splitlines(keepends=True)
    without = b"".join(row for row in rows if not row.startswith(b"20540,"))
    lookups = Lookups(actors={"russia": "RUS", "iran": "IRN", "north korea": "PRK"})
    definition = define(
        "sanctions_list",
        {"list": "ofac_sdn", "pace_seconds": 0},
        for_each={"actor": ["IRN", "PRK", "RUS"]},
    )

    seen, last = [], None
    for body in (without, files["SDN.CSV"]):
        fetcher = answering(tmp_path, Publisher(files | {"SDN.CSV": body}))
        errand = Errand(definition, NOW, fetcher, (), lookups=lookups, last_slot=last)
        *_, batch = open_source(definition).collect(errand)
        seen = [(one.scope, one.name, one.label) for one in batch.sightings]
        [last] = batch.slots
    assert seen == [("PRK", "named 20540", "listing")]


def test_un_comtrades_recorded_answer_is_read() -> None:
    body = (TRADE / "data_v1_get_C_A_HS.json").read_bytes()
    comtrade.check_whole(body, "recorded")
    answer = comtrade.read(body, "recorded", 500)
    assert (answer.rows, len(answer.fields)) == (4, 47)
    assert answer.values[Line("2010", 156, 276, "M", "TOTAL")] == 74251272075
    assert answer.values[Line("2010", 156, 32, "X", "TOTAL")] == 6115764185


def test_un_comtrades_recorded_empty_answer_is_empty() -> None:
    answer = comtrade.read((TRADE / "bulk_v1_get_empty.json").read_bytes(), "recorded", 500)
    assert (answer.rows, answer.values, answer.fields) == (0, {}, frozenset())


def test_a_recorded_answer_becomes_a_reading(tmp_path: Path) -> None:
    body = json.loads((TRADE / "data_v1_get_C_A_HS.json").read_bytes())
    [now] = {row["period"] for row in body["data"]}
    definition = define(
        "comtrade",
        {"preview": True, "pace_seconds": 0, "measure": "total", "periods": 16},
        for_each={"dyad": ["CHN-DEU"]},
        frequency="year",
    )

    def respond(request: httpx.Request) -> httpx.Response:
        is_then = request.url.params["period"] == now
        return httpx.Response(200, json=body if is_then else {"data": [], "count": 0, "error": ""})

    errand = Errand(definition, NOW, answering(tmp_path, respond), ())
    readings = [one for batch in open_source(definition).collect(errand) for one in batch.readings]
    [value] = [one for one in readings if one.value is not None]
    assert (str(value.period), value.value) == ("2010-01-01", 74251272075 + 68047133397)
