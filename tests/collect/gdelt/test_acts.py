"""Reports are not events: which of them are of one act."""

from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecaster.collect.gdelt.acts import acts, label, name
from forecaster.collect.gdelt.articles import headline, outlet, text_of
from forecaster.collect.gdelt.export import Row
from forecaster.domain.observation import Sighting

ROW = Row(
    *(b"20260302", b"CHN", b"RUS", b"1", b"051", b"05", b"1", b"3.4", b"-3006514"),
    url=b"https://example.org/a",
)
STORY = b"https://%s/2026/03/02/%s"
WORDS = b"china-and-russia-hold-joint-drills"


def seen(number: int = 0, **changes: Any) -> Sighting:
    """Make the report of a row that differs so from the others."""
    row = ROW._replace(url=b"https://example.org/%d" % number)._replace(**changes)
    return Sighting(
        scope="CHN-RUS",
        name=name(row),
        day=row.date(),
        outlet=outlet(text_of(row.url)),
        label=label(row),
    )


def test_one_act_reported_fifty_times_counts_once() -> None:
    assert len(acts(seen(number) for number in range(50))) == 1


@pytest.mark.parametrize(
    "other",
    [{"day": b"20260301"}, {"one": b"IRN"}, {"root": b"06"}, {"place": b"RS"}],
)
def test_reports_of_another_day_pair_code_or_place_are_of_another_act(
    other: dict[str, bytes],
) -> None:
    assert len(acts([seen(1), seen(2, **other)])) == 2


def test_the_direction_of_an_act_makes_no_other_act() -> None:
    assert len(acts([seen(1), seen(2, one=b"RUS", other=b"CHN")])) == 1


def test_one_article_that_names_five_places_reports_one_act() -> None:
    assert len(acts(seen(place=b"%d" % place) for place in range(5))) == 1


def test_a_syndicated_article_reports_one_act_wherever_it_is_placed() -> None:
    one = seen(url=STORY % (b"www.one.com", WORDS + b"-123.html"), place=b"CH")
    other = seen(url=STORY % (b"other.co.uk", WORDS.upper() + b"?ref=rss"), place=b"RS")
    assert len(acts([one, other])) == 1


def test_places_and_articles_join_reports_in_chains() -> None:
    one = seen(1, place=b"CH")
    link = seen(url=STORY % (b"a.com", WORDS), place=b"CH")
    other = seen(url=STORY % (b"b.com", WORDS), place=b"RS")
    far = seen(2, place=b"RS")
    assert len(acts([one, far])) == 2
    assert len(acts([one, far, link, other])) == 1


def test_an_article_on_two_days_reports_two_acts() -> None:
    assert len(acts([seen(), seen(day=b"20260301")])) == 2


def test_a_report_without_a_label_is_an_act_of_its_own() -> None:
    bare = [Sighting(scope="CHN-RUS", name=each, day=date(2026, 3, 2)) for each in "ab"]
    assert len(acts(bare)) == 2


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), max_size=30), st.randoms())
def test_the_order_of_reports_changes_no_act(cells: list[tuple[int, int]], dice: Any) -> None:
    reports = [seen(article, place=b"%d" % place) for article, place in cells]
    shuffled = reports.copy()
    dice.shuffle(shuffled)

    def parted(given: list[Sighting]) -> set[frozenset[str]]:
        return {frozenset(report.name for report in act) for act in acts(given)}

    assert parted(reports) == parted(shuffled)
    assert sum(map(len, acts(reports))) == len(reports)


@pytest.mark.parametrize(
    ("url", "site"),
    [
        (b"https://www.example.org/a", "example.org"),
        (b"http://m.news.example.co.uk:443/a", "example.co.uk"),
        (b"https://example.com.au/a", "example.com.au"),
        (b"https://t.me/a", "t.me"),
        (b"https://en.people.cn/a", "people.cn"),
        (b"example.org", "example.org"),
        (b"An Agency, by wire", "an agency, by wire"),
        (b"https://[broken/a", "https://[broken/a"),
        (b"https://exa\xffmple.org/\x00", "exa\ufffdmple.org"),
        (b"", ""),
    ],
)
def test_an_outlet_is_the_site_as_it_is_registered(url: bytes, site: str) -> None:
    assert outlet(text_of(url)) == site


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b"https://a.org/x/%s" % WORDS, b"https://b.org/%s/" % WORDS),
        (b"https://a.org/%s-8812.html" % WORDS, b"https://b.org/news/%s_9917" % WORDS),
        (b"https://a.org/x/1", b"http://www.a.org/x/1/"),
        (
            "https://a.org/двое-провели-совместные-учения-вчера".encode(),
            f"https://b.org/{quote('двое-провели-совместные-учения-вчера')}".encode(),
        ),
    ],
)
def test_copies_of_an_article_share_its_headline(one: bytes, other: bytes) -> None:
    assert headline(text_of(one)) == headline(text_of(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b"https://a.org/world-news/1", b"https://b.org/world-news/1"),
        (b"https://a.org/story?id=1", b"https://a.org/story?id=2"),
        (b"https://a.org/%s" % WORDS, b"https://a.org/%s-again" % WORDS),
        (b"Agency A, by wire", b"Agency B, by wire"),
    ],
)
def test_sections_and_numbers_are_no_headlines(one: bytes, other: bytes) -> None:
    assert headline(text_of(one)) != headline(text_of(other))


def test_a_label_is_short_and_holds_no_character_that_a_database_refuses() -> None:
    long = ROW._replace(place=b"\x00" + b"p" * 500, one=b"C" * 300, root=b"5" * 300)
    assert len(label(long)) < 200
    assert "\0" not in label(long)
