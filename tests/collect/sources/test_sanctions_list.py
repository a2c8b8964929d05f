"""What a sanctions list of today adds to that of yesterday, for the actors that it names."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from forecaster.collect.source import Batch, Errand
from forecaster.collect.sources.sanctions_list import SanctionsListOptions
from forecaster.domain.errors import SourceChanged, SourceUnavailable
from forecaster.domain.lookups import Lookups
from forecaster.domain.observation import Slot
from tests.collect.errands import answering, define, open_source
from tests.servers.sanctions import Name, Publisher, eu, ofac, un

MONDAY = datetime(2026, 3, 2, 5, tzinfo=UTC)
NAMES = Lookups(
    actors={"russia": "RUS", "russian": "RUS", "iran": "IRN", "north korea": "PRK", "china": "CHN"}
)
BOTH = ("RUSSIA-EO14024", "IRAN-CON-ARMS-EO")
OLD = tuple(Name(number, f"OLD {number} LLC") for number in range(1, 11))


@dataclass
class Watch:
    """Reads one list day after day, as the frame would."""

    folder: Path
    publisher: Publisher = field(default_factory=Publisher)
    options: Mapping[str, Any] = field(default_factory=lambda: {"list": "ofac_sdn"})
    dyads: tuple[str, ...] = ("IRN-RUS",)
    lookups: Lookups = NAMES
    last: Slot | None = None
    now: datetime = MONDAY

    def read(self) -> list[Batch]:
        options = {"pace_seconds": 0, **self.options}
        definition = define("sanctions_list", options, for_each={"dyad": list(self.dyads)})
        fetcher = answering(self.folder, self.publisher)
        errand = Errand(
            definition, self.now, fetcher, (), lookups=self.lookups, last_slot=self.last
        )
        batches = list(open_source(definition).collect(errand))
        [self.last] = [slot for batch in batches for slot in batch.slots]
        self.now += timedelta(days=1)
        return batches

    def of(self, *names: Name) -> list[tuple[str, str]]:
        """Publish OFAC's list of these names and give what is seen: labels and scopes."""
        self.publisher.publish(ofac(*names))
        return seen(self.read())


def seen(batches: list[Batch]) -> list[tuple[str, str]]:
    return sorted((each.label, each.scope) for batch in batches for each in batch.sightings)


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    return Watch(tmp_path)


LISTED = [("listing", "IRN-RUS")]


def test_the_first_list_is_compared_with_nothing(watch: Watch) -> None:
    assert watch.of(*OLD, Name(50, programmes=BOTH)) == []
    assert watch.last
    assert (watch.last.seen, watch.last.size) == (False, 11)


def test_a_new_entry_under_two_programmes_is_a_listing_of_their_dyad(watch: Watch) -> None:
    watch.of(*OLD)
    assert watch.of(*OLD, Name(50, programmes=BOTH)) == LISTED
    assert watch.last
    assert watch.last.seen


def test_it_is_dated_to_the_day_of_the_list(watch: Watch) -> None:
    watch.of(*OLD)
    watch.publisher.publish(ofac(*OLD, Name(50, programmes=BOTH)))
    [sighting] = [each for batch in watch.read() for each in batch.sightings]
    assert (sighting.day, sighting.name) == (date(2026, 3, 3), "named 50")


@pytest.mark.parametrize(
    "entry",
    [
        Name(50, country="Iran"),
        Name(50, remark="Tax ID No. 1 (Iran)."),
        Name(50, alias="BANK OF IRAN"),
        Name(50, remark="nationality I", rest="ran."),
    ],
)
def test_the_other_actor_may_be_named_by_an_address_or_a_remark(watch: Watch, entry: Name) -> None:
    watch.of(*OLD)
    assert watch.of(*OLD, entry) == LISTED


@pytest.mark.parametrize(
    "entry", [Name(50), Name(50, name="MIRANDA LLC"), Name(50, alias="IRANIA")]
)
def test_a_name_within_another_word_names_nobody(watch: Watch, entry: Name) -> None:
    watch.of(*OLD)
    assert watch.of(*OLD, entry) == []


def test_words_that_tell_of_an_actor_name_it_but_not_those_of_two_letters(watch: Watch) -> None:
    watch.lookups = Lookups(
        actors={"russia": "RUS", "iran": "IRN"}, words={"ir": "IRN", "shiraz": "IRN"}
    )
    watch.of(*OLD)
    assert watch.of(*OLD, Name(50, remark="Annex IR")) == []
    assert watch.of(*OLD, Name(51, remark="made in Shiraz")) == LISTED


def test_where_is_searched_can_be_chosen(watch: Watch) -> None:
    watch.options = {"list": "ofac_sdn", "searched": ["programme", "place"]}
    watch.of(*OLD)
    named = [Name(50, remark="Tax ID (Iran)."), Name(51, country="Iran")]
    assert watch.of(*OLD, *named) == LISTED


def test_by_programme_alone_no_declared_names_are_needed(watch: Watch) -> None:
    watch.options = {"list": "ofac_sdn", "searched": ["programme"]}
    watch.lookups = Lookups()
    watch.of(*OLD)
    assert watch.of(*OLD, Name(50, programmes=BOTH)) == LISTED


def test_an_actor_of_whom_no_name_is_declared_is_not_passed_over(watch: Watch) -> None:
    watch.lookups = Lookups()
    with pytest.raises(SourceChanged, match="no name of IRN is declared"):
        watch.of(*OLD)


def test_an_old_entry_that_names_the_other_from_now_on_is_an_extension(watch: Watch) -> None:
    watch.of(*OLD, Name(50))
    assert watch.of(*OLD, Name(50, programmes=BOTH)) == [("extension", "IRN-RUS")]
    assert watch.of(*OLD, Name(50, programmes=BOTH, remark="more words")) == []


def test_an_entry_that_is_gone_is_a_delisting(watch: Watch) -> None:
    watch.of(*OLD, Name(50, programmes=BOTH))
    assert watch.of(*OLD) == [("delisting", "IRN-RUS")]


def test_order_doubles_and_new_numbers_change_nothing(watch: Watch) -> None:
    entry = Name(50, "A CO", programmes=BOTH)
    watch.of(*OLD, entry)
    assert watch.of(entry, *reversed(OLD), entry) == []
    assert watch.of(*OLD, Name(90, "A CO", programmes=BOTH)) == []


def test_a_list_that_lost_half_its_entries_is_no_thousand_delistings(watch: Watch) -> None:
    watch.of(*OLD)
    watch.publisher.publish(ofac(*OLD[:4]))
    with pytest.raises(SourceChanged, match="6 of 10 entries are gone, more than max_shrink"):
        watch.read()


def test_how_much_a_list_may_lose_is_declared(watch: Watch) -> None:
    watch.options = {"list": "ofac_sdn", "max_shrink": 0.1}
    watch.of(*OLD)
    assert watch.of(*OLD[:9]) == []
    with pytest.raises(SourceChanged, match="2 of 9"):
        watch.of(*OLD[:7])


def test_one_entry_may_name_several_dyads(watch: Watch) -> None:
    watch.dyads = ("CHN-IRN", "CHN-RUS", "IRN-RUS", "PRK-RUS")
    watch.of(*OLD)
    assert watch.of(*OLD, Name(50, programmes=BOTH, country="China")) == [
        ("listing", "CHN-IRN"),
        ("listing", "CHN-RUS"),
        ("listing", "IRN-RUS"),
    ]


def test_a_name_that_is_declared_later_makes_no_listing(watch: Watch) -> None:
    watch.lookups = Lookups(actors={"russia": "RUS", "persia": "IRN"})
    watch.of(*OLD, Name(50, country="Iran"))
    watch.lookups = NAMES
    assert watch.of(*OLD, Name(50, country="Iran")) == []


def test_where_the_last_list_is_lost_the_next_one_is_a_first_one(watch: Watch) -> None:
    watch.of(*OLD)
    for file in (watch.folder / "archive").rglob("*.zst"):
        file.unlink()
    assert watch.of(*OLD, Name(50, programmes=BOTH)) == []
    assert watch.last
    assert not watch.last.seen


def test_the_uns_list_names_actors_by_address(watch: Watch) -> None:
    watch.options, watch.dyads = {"list": "un_consolidated"}, ("CHN-PRK",)
    old = Name(1, programmes=("DPRK",), country="China")
    watch.publisher.publish({"consolidated.xml": un(old)})
    assert seen(watch.read()) == []
    new = Name(2, "B CO", programmes=("DPRK",), country="China")
    watch.publisher.publish({"consolidated.xml": un(new, old)})
    assert seen(watch.read()) == [("listing", "CHN-PRK")]


def test_the_eus_acts_name_actors_by_reason(watch: Watch) -> None:
    watch.options = {"list": "eu_journal", "acts": ["32014R0269"]}
    watch.publisher.publish({"32014R0269.csv": eu(Name(1, programmes=("EU-UKR",)))})
    assert seen(watch.read()) == []
    new = Name(2, "B CO", programmes=("EU-UKR",), remark="It sends drones of Iran.")
    watch.publisher.publish({"32014R0269.csv": eu(Name(1, programmes=("EU-UKR",)), new)})
    batches = watch.read()
    assert seen(batches) == LISTED
    assert batches[-1].fields
    assert "recordId" in batches[-1].fields


def test_a_programme_that_nobody_declared_is_told_by_name(watch: Watch) -> None:
    watch.of(*OLD)
    watch.publisher.publish(ofac(*OLD, Name(50, programmes=("RUSSIA-NEW", "SDGT"))))
    batches = watch.read()
    assert batches[-1].fields == {"programme RUSSIA-NEW"}


def test_every_file_is_noted_and_the_last_batch_settles_them(watch: Watch) -> None:
    watch.publisher.publish(ofac(*OLD))
    batches = watch.read()
    assert [batch.document.url.rpartition("/")[2] for batch in batches if batch.document] == [
        "ADD.CSV",
        "ALT.CSV",
        "SDN_COMMENTS.CSV",
        "SDN.CSV",
    ]
    assert [len(batch.slots) for batch in batches] == [0, 0, 0, 1]
    assert batches[-1].rows == 22
    assert (batches[-1].done, batches[-1].total) == (4, 4)


def test_a_file_that_is_cut_off_settles_nothing_and_is_not_kept(watch: Watch) -> None:
    watch.of(*OLD)
    before = watch.last
    whole = ofac(*OLD, Name(50, programmes=BOTH))
    watch.publisher.publish(whole | {"SDN.CSV": whole["SDN.CSV"][:-40]})
    with pytest.raises(SourceUnavailable, match=r"SDN\.CSV"):
        watch.read()
    assert watch.last is before
    watch.publisher.publish(whole)
    assert seen(watch.read()) == LISTED


def test_an_act_is_named_by_its_celex_number() -> None:
    with pytest.raises(ValidationError, match="acts"):
        SanctionsListOptions.model_validate({"list": "eu_journal", "acts": ["../x"]})


def test_the_addresses_are_those_of_the_publishers() -> None:
    hosts = Counter(
        address.split("/")[2]
        for kind in ("ofac_sdn", "un_consolidated", "eu_journal")
        for address in SanctionsListOptions.model_validate({"list": kind}).addresses
    )
    assert hosts == {
        "sanctionslistservice.ofac.treas.gov": 4,
        "scsanctions.un.org": 1,
        "raw.githubusercontent.com": 2,
    }
