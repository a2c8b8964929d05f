"""Answers as they were recorded, read by the shipped definitions of endpoints."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from forecaster.domain.errors import SourceChanged
from forecaster.domain.indicator import Family
from forecaster.domain.observation import Missing
from forecaster.domain.period import Frequency
from tests.collect.asked import Ran, always, run
from tests.collect.sources.shipped import KEYS, answering_by, declared, shipped

pytestmark = pytest.mark.payloads

BESIDE = Path(__file__).parents[3].parent / "shared" / "payloads"
PAYLOADS = Path(os.environ.get("FORECASTER_PAYLOADS", BESIDE))
NOW = datetime(2026, 9, 15, tzinfo=UTC)


def sample(name: str) -> bytes:
    return (PAYLOADS / name).read_bytes()


def read(folder: Path, name: str, body: bytes, **options: Any) -> Ran:
    return run(folder, shipped(name, **options), always(body), now=NOW, keys=KEYS)


def rounded(ran: Ran) -> dict[str, Any]:
    assert ran.error is None
    return {str(each.period): each.missing or round(each.value or 0, 4) for each in ran.readings}


def test_fred_gives_the_weekly_mean_of_oil(tmp_path: Path) -> None:
    ran = read(tmp_path, "oil-price", sample("fred/series_observations_DCOILWTICO.json"))
    assert rounded(ran) == {
        "2026-08-10": 83.91,
        "2026-08-17": 87.352,
        "2026-08-24": Missing.INCOMPLETE,  # two days of the week are too few
    }
    assert ran.urls[0].startswith(
        "https://api.stlouisfed.org/fred/series/observations?api_key=0123456789abcdef&"
        "file_type=json&observation_start=2023-09-18&series_id=DCOILWTICO"
    )


def test_a_point_of_fred_is_no_value(tmp_path: Path) -> None:
    several = json.loads(sample("fred/series_observations_multi_sovereign_monitor.json"))
    body = json.dumps(several["DTWEXBGS"]).encode()
    ran = read(tmp_path, "oil-price", body, how=None, complete=None)
    assert isinstance(ran.error, SourceChanged)  # a week has several days
    days = shipped("oil-price", how=None, complete=None).model_copy(
        update={"frequency": Frequency.DAY}
    )
    assert rounded(run(tmp_path, days, always(body), now=NOW, keys=KEYS)) == {
        "2026-07-01": 121.34,
        "2026-07-02": 121.02,
        "2026-07-03": Missing.NOT_REPORTED,
        "2026-07-06": 120.88,
    }


def test_the_table_of_fred_is_read_by_its_columns(tmp_path: Path) -> None:
    body = sample("fred/fredgraph_DGS10.reconstructed.csv")
    ran = read(tmp_path, "dollar-index", body, value="DGS10", complete=2)
    assert rounded(ran) == {"2026-08-31": 4.15}
    assert ran.urls == ["https://fred.stlouisfed.org/graph/fredgraph.csv?id=DTWEXBGS"]


def test_another_series_in_the_table_of_fred_calls_a_person(tmp_path: Path) -> None:
    ran = read(tmp_path, "dollar-index", sample("fred/fredgraph_DGS10.reconstructed.csv"))
    assert "there is no column 'DTWEXBGS', only observation_date, DGS10" in str(ran.error)


def test_the_world_bank_gives_years_by_country(tmp_path: Path) -> None:
    body = sample("worldbank/wdi_FI.RES.TOTL.MO.json")
    definition = shipped("military-spending")
    asian = definition.model_copy(
        update={"for_each": type(definition.for_each).model_validate({"actor": ["LKA", "PAK"]})}
    )
    ran = run(tmp_path, asian, always(body), now=NOW)
    assert ran.error is None
    found = {(each.scope, each.period.start.year): each for each in ran.readings}
    assert found["PAK", 2025].value == 3.75530612751488
    assert found["LKA", 2025].missing is Missing.NOT_REPORTED
    assert len(found) == 12
    assert [batch.rows for batch in ran.batches] == [18]


def test_other_countries_of_the_world_bank_are_not_taken_for_ours(tmp_path: Path) -> None:
    body = sample("worldbank/wdi_NY.GNP.PCAP.CD_US_1990_1997.json")
    dollars = shipped("military-spending").model_copy(update={"family": Family.REAL})
    ran = run(tmp_path, dollars, always(body), now=NOW)
    assert {each.scope for each in ran.readings} == {"USA"}
    assert ran.values["1997-01-01"] == 31270


DBNOMICS = "dbnomics/series_CEPII_CHELEM-TRADE-CHEL.trimmed8docs.json"


def test_dbnomics_gives_a_series_of_parallel_lists(tmp_path: Path) -> None:
    rows = "series.docs[?series_code == 'AES.AES.CAT.BA'].zip(period_start_day, value)[]"
    definition = shipped("goods-trade", rows=rows, complete=1)
    ran = run(tmp_path, definition, always(sample(DBNOMICS)), now=NOW)
    assert ran.error is None
    russia = {str(each.period): each.value for each in ran.readings if each.scope == "CHN-RUS"}
    assert russia["1967-01-01"] == 4.4180715605
    assert russia["2021-01-01"] == 1005.251046
    assert len(russia) == 55


def test_dbnomics_knows_the_codes_that_are_asked_for() -> None:
    facets = json.loads(sample(DBNOMICS))["series_dimensions_facets"]
    codes = {name: {each["code"] for each in values} for name, values in facets.items()}
    asked = declared("goods-trade")["for_each"]["dyad"]
    countries = {country for dyad in asked for country in dyad.split("-")}
    assert countries <= codes["exporter"]
    assert countries <= codes["importer"]
    assert "CAT_TT" in codes["product"]


def test_what_flows_within_a_region_is_no_trade_of_a_dyad(tmp_path: Path) -> None:
    ran = run(tmp_path, shipped("goods-trade"), always(sample(DBNOMICS)), now=NOW)
    assert ran.error is None
    assert ran.readings == []


def test_wikimedia_gives_views_by_day(tmp_path: Path) -> None:
    body = sample("wikimedia_pageviews/per_article_daily.json")
    window = (datetime(2020, 12, 28, tzinfo=UTC), datetime(2021, 1, 4, tzinfo=UTC))
    definition = shipped("article-readers", complete=3)
    ran = run(tmp_path, definition, always(body), now=NOW, window=window)
    assert {each.value for each in ran.readings} == {7238 + 8449 + 8669}
    assert ran.urls[2] == (
        "https://wikimedia.org/api/rest_v1/metrics/pageviews/per-article/en.wikipedia/all-access/"
        "user/China%E2%80%93Russia_relations/daily/20201228/20210104"
    )


def test_a_week_of_which_three_days_are_there_is_incomplete(tmp_path: Path) -> None:
    body = sample("wikimedia_pageviews/per_article_daily.json")
    window = (datetime(2020, 12, 28, tzinfo=UTC), datetime(2021, 1, 4, tzinfo=UTC))
    ran = run(tmp_path, shipped("article-readers"), always(body), now=NOW, window=window)
    assert {each.missing for each in ran.readings} == {Missing.INCOMPLETE}


FEDERAL_REGISTER = "federal_register/documents_search.trimmed2.json"


def test_the_federal_register_gives_documents_page_by_page(tmp_path: Path) -> None:
    first = json.loads(sample(FEDERAL_REGISTER)) | {"count": 2}
    following = first["next_page_url"]
    documents = {
        following: json.dumps(first | {"next_page_url": None}),
        "https://www.federalregister.gov/*": json.dumps(first),
    }
    ran = run(tmp_path, shipped("ofac-documents"), answering_by(documents), now=NOW)
    assert ran.error is None
    august = {each.scope: each.value for each in ran.readings if each.period.start.month == 8}
    assert august == dict.fromkeys(["CHN", "IRN", "PRK", "RUS"], 2)
    assert following in ran.urls
    assert "conditions%5Bterm%5D=%22North%20Korea%22" in "".join(ran.urls)


def test_a_count_that_the_federal_register_cut_off_is_no_count(tmp_path: Path) -> None:
    ran = read(tmp_path, "ofac-documents", sample(FEDERAL_REGISTER))
    assert "the count is cut off there" in str(ran.error)
    assert ran.readings == []


def test_polymarket_gives_prices_over_time(tmp_path: Path) -> None:
    body = sample("polymarket/clob_prices_history.reconstructed.json")
    ran = read(tmp_path, "taiwan-market-polymarket", body)
    assert rounded(ran) == {"2023-11-14": 0.6}


def test_polymarket_gives_the_price_of_the_moment_in_a_string(tmp_path: Path) -> None:
    ran = read(
        tmp_path,
        "taiwan-market-polymarket",
        sample("polymarket/gamma_markets_2026-06-21.json"),
        rows="[?slug == 'will-china-invades-taiwan-before-gta-vi-716-644']",
        error=None,
        value="from_json(outcomePrices)[0]",
        date="updatedAt",
        date_format="iso",
    )
    assert rounded(ran) == {"2026-06-21": 0.505}


def test_manifold_gives_the_market_among_others(tmp_path: Path) -> None:
    body = sample("manifold/markets_lite.reconstructed.json").replace(
        b"will-china-launch-a-fullscale-invasion-of-taiwan-before-2030",
        b"will-china-attempt-to-invade-taiwan",
    )
    assert rounded(read(tmp_path, "taiwan-market-manifold", body)) == {"2026-09-15": 0.12}


def test_a_question_on_which_metaculus_shows_nothing_has_no_value(tmp_path: Path) -> None:
    question, _ = json.loads(sample("metaculus/api2_post_examples.json"))
    ran = read(tmp_path, "taiwan-question-metaculus", json.dumps(question).encode())
    assert rounded(ran) == {}
    assert ran.asked[0].headers["Authorization"] == f"Token {KEYS['metaculus']}"


def test_a_question_of_metaculus_is_read_where_its_history_stands(tmp_path: Path) -> None:
    question, _ = json.loads(sample("metaculus/api2_post_examples.json"))
    history = question["question"]["aggregations"]["recency_weighted"]["history"]
    history.append({"start_time": 1739000000.0, "end_time": None, "centers": [0.31]})
    ran = read(tmp_path, "taiwan-question-metaculus", json.dumps(question).encode())
    assert rounded(ran) == {"2025-02-03": 0.31}
