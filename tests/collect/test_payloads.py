"""GDELT's own bytes, read in place: real files, served by the server of the tests."""

import csv
import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from forecaster.collect.asking.fetch import Fetcher
from forecaster.collect.asking.unzip import chunks
from forecaster.collect.gdelt.export import FEEDS, Row, listed
from forecaster.collect.gdelt.export import read as content_of
from tests.collect.runs import run
from tests.servers.gdelt import ENGLISH, TRANSLINGUAL, Answer, Gdelt, packed

pytestmark = pytest.mark.payloads

BESIDE = Path(__file__).parents[2].parent / "shared" / "payloads"
PAYLOADS = Path(os.environ.get("FORECASTER_PAYLOADS", BESIDE))
EVENTS = PAYLOADS / "gdelt_v2_events"
SERVED = "20260514083000.export.CSV.zip"


def moment(name: str) -> datetime:
    return datetime.strptime(name[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def read(name: str) -> list[Row]:
    found = content_of(packed(name, (EVENTS / name).read_bytes()), name, 61, None)
    assert (found.odd, found.total) == (0, len(found.rows))
    return [*found.rows]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("20191024143000.export.CSV", 2111),
        ("20260514083000.export.CSV", 837),
        ("20260611091500.translation.export.CSV", 956),
    ],
)
def test_every_row_of_a_recorded_file_is_read(name: str, count: int) -> None:
    found = read(name)
    assert len(found) == count
    for row in found:
        row.date()
        row.mass()
        assert row.url.startswith((b"http", b"BBC"))


def test_a_file_as_it_was_served_holds_the_recorded_rows() -> None:
    body = (EVENTS / SERVED).read_bytes()
    expected = (EVENTS / SERVED.removesuffix(".zip")).read_bytes()
    assert b"".join(chunks(body, SERVED)) == expected


def test_the_columns_are_those_that_gdelt_documents() -> None:
    with (EVENTS / "event_columns_v2.csv").open(encoding="utf-8", newline="") as file:
        names = [line["tableId"] for line in csv.DictReader(file)]
    header = "\t".join(names).encode()

    [row] = content_of(packed("a", header), "a", 61, None).rows
    assert row == (
        *(b"SQLDATE", b"Actor1CountryCode", b"Actor2CountryCode", b"IsRootEvent", b"EventCode"),
        *(b"EventRootCode", b"QuadClass", b"GoldsteinScale", b"ActionGeo_FeatureID", b"SOURCEURL"),
    )


def test_a_recorded_newest_list_names_its_file_of_events() -> None:
    lines = (EVENTS / "lastupdate.txt").read_text().splitlines()
    found = [listed(line, FEEDS[ENGLISH]) for line in lines]
    assert [file is not None for file in found] == [True, False, False]
    assert found[0] == (
        datetime(2026, 9, 13, 1, 30, tzinfo=UTC),
        "20260913013000.export.CSV.zip",
        24611,
        "8afbf006f6b9c76e05c9bbce9629efdc",
    )


def test_a_recorded_master_list_names_its_files_of_events() -> None:
    lines = (EVENTS / "masterfilelist.first11_2015.txt").read_text().splitlines()
    found = [file for line in lines if (file := listed(line, FEEDS[ENGLISH]))]
    assert len(found) == 4
    assert [listed(line, FEEDS[TRANSLINGUAL]) for line in lines] == [None] * 11


def collect(server: Gdelt, fetcher: Fetcher, name: str, **options: Any) -> Counter[str]:
    """Serve a recorded file as the newest one and count what is seen in it, scope by scope."""
    feed = TRANSLINGUAL if "translation" in name else ENGLISH
    at = moment(name)
    server.publish(at, (EVENTS / name).read_bytes(), feed=feed)
    return Counter(run(server, fetcher, now=at, feeds=[feed], **options).scopes)


def test_a_recorded_file_is_collected_as_it_was_served(server: Gdelt, fetcher: Fetcher) -> None:
    body = (EVENTS / SERVED).read_bytes()
    server.answer(SERVED, Answer(body))
    server.list_file(moment(SERVED), SERVED, body, md5="fe0d362fe6dc5c00f65e53ed2289cfa0")

    ran = run(server, fetcher, now=moment(SERVED), for_each={"actor": ["CHN", "RUS", "USA"]})
    assert ran.error is None
    assert ran.slots == {SERVED: True}
    assert {seen.scope for seen in ran.sightings} == {"CHN", "RUS", "USA"}


def test_the_seven_reports_of_2019_are_six_acts(server: Gdelt, fetcher: Fetcher) -> None:
    scopes = {"for_each": {"dyad": "all"}}
    # one article on Iran and Russia names five places; the two reports on China and Russia differ
    # in nothing that names an act
    assert collect(server, fetcher, "20191024143000.export.CSV", **scopes) == {
        "CHN-RUS": 1,
        "IRN-RUS": 5,
    }


def test_codes_choose_among_real_reports(server: Gdelt, fetcher: Fetcher) -> None:
    name = "20191024143000.export.CSV"
    dyad = {"for_each": {"dyad": ["IRN-RUS"]}}
    assert collect(server, fetcher, name, codes=["056"], **dyad) == {"IRN-RUS": 4}
    assert collect(server, fetcher, name, codes=["06"], **dyad) == {}


def test_the_translingual_twin_is_read_alike(server: Gdelt, fetcher: Fetcher) -> None:
    name = "20260611091500.translation.export.CSV"
    seen = collect(server, fetcher, name, for_each={"actor": ["CHN", "IRN", "PRK", "RUS"]})
    assert seen["RUS"] > 0
    assert seen["CHN"] > 0


def test_the_codes_that_options_accept_are_those_of_cameo(server: Gdelt, fetcher: Fetcher) -> None:
    lines = (PAYLOADS / "gdelt_lookups" / "CAMEO.eventcodes.txt").read_text().splitlines()[1:]
    codes = [line.split("\t")[0] for line in lines]
    server.publish(moment(SERVED), [])

    assert len(codes) > 250
    assert run(server, fetcher, now=moment(SERVED), codes=codes).error is None


def test_a_recorded_day_of_gdelt_1_is_read() -> None:
    folder = PAYLOADS / "gdelt_v1_events"
    body = (folder / "20141124.export.first100.CSV.zip").read_bytes()
    found = content_of(body, "20141124.export.CSV.zip", FEEDS["daily_v1"].columns, None)
    assert (found.total, found.odd, len(found.rows)) == (100, 0, 100)
    for row in found.rows:
        row.date()
        row.mass()
        assert row.url.startswith(b"http")

    names = (folder / "event_columns_v1.tsv").read_text().split()[1:]
    header = packed("a", "\t".join(names).encode())
    [row] = content_of(header, "a", 58, None).rows
    assert (row.place, row.url) == (b"ActionGeo_FeatureID", b"SOURCEURL")
