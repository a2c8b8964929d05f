"""Sanctions lists are read as they are published; what is no whole list has a named error."""

import pytest

from forecaster.collect.lists import programmes, sanctions
from forecaster.domain.errors import CollectError, SourceChanged, SourceUnavailable
from tests.servers.sanctions import Name, eu, ofac, un

ONE = Name(
    36,
    "NORTHERN LIGHTS LLC",
    ("RUSSIA-EO14024", "IRAN-CON-ARMS-EO"),
    country="Iran",
    remark="Tax ID No. 1 (Rus",
    alias="AURORA",
    rest="sia).",
)


def files(*names: Name) -> list[bytes]:
    return list(ofac(*names).values())


def test_ofacs_four_files_are_joined_on_the_number() -> None:
    found = sanctions.read("ofac_sdn", files(ONE, Name(37)))
    assert found.entries["36"] == sanctions.Entry(
        programmes=frozenset({"RUSSIA-EO14024", "IRAN-CON-ARMS-EO"}),
        places=frozenset({"Town, Iran"}),
        texts=frozenset({"NORTHERN LIGHTS LLC", "AURORA", "Tax ID No. 1 (Russia)."}),
    )
    assert (set(found.entries), found.rows) == ({"36", "37"}, 6)


def test_rows_of_a_number_that_the_first_file_has_not_are_left_out() -> None:
    names, *_ = files(Name(37))
    found = sanctions.read("ofac_sdn", [names, *files(ONE)[1:]])
    assert set(found.entries) == {"37"}


def test_the_uns_list_is_read() -> None:
    body = un(Name(7, "SILLA CO", ("DPRK",), country="China", remark="Sells <to> & fro"))
    found = sanctions.read("un_consolidated", [body])
    assert found.entries["7"] == sanctions.Entry(
        programmes=frozenset({"DPRK"}),
        places=frozenset({"China"}),
        texts=frozenset({"SILLA CO", "Sells <to> & fro"}),
    )


def test_the_eus_acts_are_read_together_and_numbers_are_those_of_their_annex() -> None:
    one, two = Name(3, programmes=("EU-UKR",)), Name(3, programmes=("EU-RUS",), country="Iran")
    found = sanctions.read("eu_journal", [eu(one), eu(two, act="32014R0833")])
    assert len(found.entries) == 2
    assert found.programmes == {"EU-UKR", "EU-RUS"}
    assert "recordId" in found.columns


def test_an_entry_of_the_eu_without_a_number_is_known_by_its_name() -> None:
    found = sanctions.read("eu_journal", [eu(Name(0, "BALTIC WIND", ("EU-RUS",)))])
    assert list(found.entries) == ["32014R0269 I.A EU-RUS Asset freeze BALTIC WIND"]


def test_doubled_rows_make_one_entry() -> None:
    assert len(sanctions.read("ofac_sdn", files(ONE, ONE)).entries) == 1
    assert len(sanctions.read("un_consolidated", [un(Name(1), Name(1))]).entries) == 1


def test_an_entry_with_a_new_number_is_the_same_entry() -> None:
    before = sanctions.read("un_consolidated", [un(Name(1, "A"), Name(2, "B"))])
    after = sanctions.read("un_consolidated", [un(Name(11, "A"), Name(12, "C"))])
    assert before.renumbered(after) == {"1"}
    assert after.renumbered(before) == {"11"}


HTML = b"<!DOCTYPE html><html>Sorry</html>"
GOOD = ofac(ONE, Name(37))["SDN.CSV"]


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"", SourceUnavailable, "is empty"),
        (HTML, SourceChanged, "is a web page"),
        (GOOD[:-30], SourceUnavailable, "cut off"),
        (GOOD.replace(b"\r\n\x1a", b"")[:-3], SourceUnavailable, "midst of a row"),
        (ofac(ONE)["SDN.CSV"].replace(b'Rus"', b"Rus"), SourceUnavailable, "unexpected end"),
        (GOOD.decode().encode("utf-16"), SourceChanged, "is not UTF-8"),
        (b"\xff" + GOOD, SourceChanged, "is not UTF-8"),
        (b"1,\0\n", SourceChanged, "null characters"),
        (b"ent_num,name\n" + GOOD, SourceChanged, "has 2 columns; expected 12"),
        (b"ent_num" + b",x" * 11 + b"\n" + GOOD, SourceChanged, "begins with 'ent_num'"),
        (b'36,"A"B,' + GOOD, SourceChanged, "SDN.CSV:1"),
    ],
)
def test_a_file_of_ofac_that_is_wrong_is_refused(
    body: bytes, kind: type[CollectError], said: str
) -> None:
    with pytest.raises(kind, match=said) as caught:
        sanctions.check("ofac_sdn", 0, body)
    assert type(caught.value) is kind


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><CONSOLIDATED_LIST>&b;'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><CONSOLIDATED_LIST>&a;'


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"", SourceUnavailable, "is empty"),
        (HTML, SourceChanged, "is a web page"),
        (un(Name(1))[:-20], SourceUnavailable, "truncated or no XML"),
        (b"Sorry", SourceUnavailable, "truncated or no XML"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', SourceUnavailable, "no XML"),
        (b"<rss></rss>", SourceChanged, "begins with <rss>"),
        (b"<CONSOLIDATED_LIST><INDIVIDUALS/></CONSOLIDATED_LIST>", SourceChanged, "no <ENTITIES>"),
        (un(Name(1)).replace(b"DATAID", b"ID"), SourceChanged, "has no DATAID"),
        (un(Name(1, programmes=("",))), SourceChanged, "has no UN_LIST_TYPE"),
        (BOMB + b"</CONSOLIDATED_LIST>", SourceChanged, "document type"),
        (OUTSIDE + b"</CONSOLIDATED_LIST>", SourceChanged, "document type"),
    ],
)
def test_a_list_of_the_un_that_is_wrong_is_refused(
    body: bytes, kind: type[CollectError], said: str
) -> None:
    with pytest.raises(kind, match=said) as caught:
        sanctions.check("un_consolidated", 0, body)
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"", SourceUnavailable, "is empty"),
        (eu(Name(1))[:-60], SourceUnavailable, "midst of a row"),
        (eu(Name(1)).replace(b"reason,", b"why,"), SourceChanged, "no column reason"),
        (eu(Name(1)).replace(b"celex,", b"act,"), SourceChanged, "no column amendedCelex"),
        (b"\n\n" + eu(Name(1)), SourceChanged, "columns; expected 0"),
    ],
)
def test_an_act_of_the_eu_that_is_wrong_is_refused(
    body: bytes, kind: type[CollectError], said: str
) -> None:
    with pytest.raises(kind, match=said) as caught:
        sanctions.check("eu_journal", 0, body)
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("tag", "actor"),
    [
        ("RUSSIA-EO14024", "RUS"),
        ("UKRAINE-EO13662", "RUS"),
        ("IFSR", "IRN"),
        ("561-Related", "IRN"),
        ("IRAN-EO13902", "IRN"),
        ("DPRK3", "PRK"),
        ("DPRK-NKSPEA", "PRK"),
        ("CMIC-EO13959", "CHN"),
        ("DPRK", "PRK"),
        ("EU-UKR", "RUS"),
        ("EU-PRK", "PRK"),
    ],
)
def test_a_programme_is_about_the_actor_that_was_declared(tag: str, actor: str) -> None:
    assert programmes.actors_of((tag,)) == {actor}


def test_a_programme_about_none_of_the_actors_is_known_to_be() -> None:
    tags = ("SDGT", "CUBA", "BELARUS-EO14038", "SOUTH SUDAN", "EU-SYR", "Al-Qaida")
    assert programmes.actors_of(tags) == frozenset()
    assert programmes.unknown(tags) == frozenset()


def test_a_programme_that_nobody_declared_is_named_and_not_guessed() -> None:
    assert programmes.actors_of(("RUSSIAN-THING",)) == frozenset()
    assert programmes.unknown(("RUSSIAN-THING", "SDGT", "EU-RUSX")) == {"RUSSIAN-THING", "EU-RUSX"}
