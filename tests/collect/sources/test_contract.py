"""What every registered source must do, ours and other people's."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from forecaster import plugins
from forecaster.collect.asking.archive import Archive
from forecaster.collect.asking.fetch import Fetcher
from forecaster.collect.check import checked
from forecaster.collect.source import Batch, CountingSource, Errand
from forecaster.definitions.lookups import load_lookups
from forecaster.definitions.shipped import shipped_root
from forecaster.domain.actors import CORE_DYADS
from forecaster.domain.indicator import Definition
from forecaster.domain.period import Period
from tests.collect.doc import article, listed
from tests.collect.errands import NOW, answering, define, offline, open_source
from tests.collect.headlined import item, rss
from tests.collect.runs import AT
from tests.collect.votes import LATER, roll_call, table
from tests.servers.comtrade import CHN, RUS, Comtrade, line
from tests.servers.gdelt import TRANSLINGUAL, Answer, Gdelt, row
from tests.servers.sanctions import Name, Publisher, ofac

EXAMPLES: dict[str, dict[str, Any]] = {
    "comtrade": {"preview": True, "periods": 2, "pace_seconds": 0},
    "feed": {"feeds": ["https://feed.example/rss"], "patterns": {"visit": "visits"}},
    "gdelt_doc": {"query": "drill", "mode": "artlist", "pace_seconds": 0},
    "gdelt_events": {"codes": ["05"], "quad_classes": [1]},
    "http_csv": {"url": "http://example.org", "date": "day", "value": "{dyad}"},
    "http_json": {"url": "http://example.org", "date": "day", "value": 'per."{dyad}"'},
    "history": {"series": "unga-identical-votes"},
    "ledger": {"kinds": ["display"], "leader_level": True},
    "sanctions_list": {"list": "ofac_sdn", "pace_seconds": 0},
    "table": {"path": "tables/x.csv"},
    "un_votes": {"url": "https://votes.example/ga_voting.csv"},
}
SERVED: dict[str, tuple[bytes, str]] = {  # what an address answers, and the option that names it
    "feed": (rss(item()), "feeds"),
    "gdelt_doc": (listed(article()).encode(), "base_url"),
    "http_csv": (f"day,{','.join(CORE_DYADS)}\n2026-01-01,1,2,3,4,5,6\n".encode(), "url"),
    "http_json": (
        json.dumps([{"day": "2026-01", "per": dict.fromkeys(CORE_DYADS, 1)}]).encode(),
        "url",
    ),
    "un_votes": (table(roll_call("1", "CHN:Y RUS:Y"), LATER), "url"),
}
PUBLISHERS = {
    "comtrade": Comtrade([line("202602", CHN, RUS, "X", 5)]),
    "sanctions_list": Publisher(ofac(Name(1), Name(2))),
}
FREQUENCIES = {"history": "year", "un_votes": "year"}


@pytest.fixture(params=plugins.names("sources"))
def source(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def definition(source: str, server: Gdelt) -> Definition:
    assert source in EXAMPLES, "a source needs an example of its options here"
    options = EXAMPLES[source]
    if source == "gdelt_events":
        server.publish(AT, [row(), row(one="IRN")])
        server.publish(AT, [row(url="https://example.org/b")], feed=TRANSLINGUAL)
        options = options | {"base_url": server.url}
    if source in SERVED:
        body, option = SERVED[source]
        server.answer(source, Answer(body))
        url = f"{server.url}/{source}"
        options = options | {option: [url] if option == "feeds" else url}
    return define(source, options, frequency=FREQUENCIES.get(source, "month"))


@pytest.fixture
def errand(source: str, definition: Definition, fetcher: Fetcher, tmp_path: Path) -> Errand:
    if source in PUBLISHERS:
        fetcher = answering(tmp_path / "served", PUBLISHERS[source])
    if source == "table":
        (tmp_path / "tables").mkdir()
        rows = "".join(f"{scope},2026-02,5\n" for scope in definition.scopes)
        (tmp_path / "tables" / "x.csv").write_text(f"scope,period,value\n{rows}")
    lookups = load_lookups((shipped_root(),)).lookups
    return Errand(definition, NOW, fetcher, (shipped_root(), tmp_path), lookups=lookups)


def collected(errand: Errand) -> list[Batch]:
    return list(open_source(errand.definition).collect(errand))


def test_an_option_that_nobody_knows_is_refused(source: str) -> None:
    options: Any = plugins.load("sources", source).Options  # type: ignore[attr-defined]  # the protocol's
    with pytest.raises(ValidationError, match="nonsense"):
        options.model_validate(EXAMPLES[source] | {"nonsense": 1})


def test_options_do_not_change(definition: Definition) -> None:
    options: Any = open_source(definition).options  # type: ignore[attr-defined]  # all ours have it
    with pytest.raises(ValidationError, match="frozen"):
        setattr(options, next(iter(type(options).model_fields)), None)


def test_options_have_a_schema_that_editors_can_read(source: str) -> None:
    options: Any = plugins.load("sources", source).Options  # type: ignore[attr-defined]  # as above
    schema = options.model_json_schema()
    assert schema["additionalProperties"] is False
    assert schema["properties"].keys() >= EXAMPLES[source].keys()


def test_a_source_says_whether_its_values_are_shipped(definition: Definition) -> None:
    assert open_source(definition).shipped in {True, False}


def test_nothing_happens_before_the_first_batch_is_asked_for(
    definition: Definition, tmp_path: Path
) -> None:
    errand = Errand(definition, NOW, offline(tmp_path), (tmp_path / "nowhere",))
    assert isinstance(open_source(definition).collect(errand), Iterator)


def test_the_answer_is_an_iterator_of_batches(errand: Errand) -> None:
    batches = collected(errand)
    assert batches
    assert {type(batch) for batch in batches} == {Batch}


def test_the_last_batch_says_that_all_is_done(errand: Errand) -> None:
    last = collected(errand)[-1]
    assert last.done == last.total


def test_the_same_input_twice_gives_the_same_answer(errand: Errand, tmp_path: Path) -> None:
    fetcher = errand.fetch
    anew = Fetcher(fetcher.client, Archive(tmp_path / "other"), fetcher.now, fetcher.limits)
    again = replace(errand, fetch=anew)
    assert collected(errand) == collected(again)


def test_shipped_values_do_not_need_the_network(errand: Errand, tmp_path: Path) -> None:
    if open_source(errand.definition).shipped:
        unplugged = replace(errand, fetch=offline(tmp_path))
        assert collected(unplugged) == collected(errand)


def test_readings_pass_the_checks(errand: Errand) -> None:
    for batch in collected(errand):
        assert checked(errand.definition, batch.readings, now=NOW) == batch.readings


def test_sightings_belong_to_the_scopes_and_to_the_past(errand: Errand) -> None:
    seen = [sighting for batch in collected(errand) for sighting in batch.sightings]
    assert {sighting.scope for sighting in seen} <= set(errand.definition.scopes)
    assert all(sighting.day <= NOW.date() for sighting in seen)


def test_a_source_of_sightings_can_count_them(errand: Errand) -> None:
    source = open_source(errand.definition)
    sees = any(batch.slots for batch in collected(errand))
    assert isinstance(source, CountingSource) == sees
    if isinstance(source, CountingSource):
        period = Period.containing(NOW.date(), errand.definition.frequency)
        assert source.tally(errand.definition, "CHN-RUS", period, (), ()) is None
