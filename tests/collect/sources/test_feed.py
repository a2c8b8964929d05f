"""What a feed's items become: sightings of scopes, each once, on the right day."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.collect.errands import NOW
from tests.collect.headlined import ONE, TWO, atom, item, rss, run, seen

TODAY = NOW.date()


def test_an_item_that_names_both_actors_and_a_visit_is_seen(tmp_path: Path) -> None:
    ran = run(tmp_path, {ONE: rss(item(), item("Putin visits Kazan"), item("Beijing in snow"))})
    assert ran.error is None
    assert list(seen(ran)) == [(str(TODAY), "visit", "one")]


def test_an_item_counts_for_every_scope_that_it_concerns(tmp_path: Path) -> None:
    scopes = ("CHN-IRN", "CHN-RUS", "IRN-RUS")
    ran = run(tmp_path, {ONE: rss(item("China, Russia and Iran hold talks"))}, scopes=scopes)
    assert ran.scopes == list(scopes)


def test_an_item_that_matches_two_patterns_is_one_item_with_both_labels(tmp_path: Path) -> None:
    ran = run(tmp_path, {ONE: rss(item("China, Russia talks on drills"))})
    assert [label for _, label, _ in seen(ran)] == ["visit drill"]


def test_case_does_not_count_and_words_are_whole(tmp_path: Path) -> None:
    titles = ("RUSSIA AND CHINA TALKS", "Russia and Indochina talks", "Prussia and China talks")
    ran = run(tmp_path, {ONE: rss(*map(item, titles))})
    assert len(ran.sightings) == 1


def test_an_excluded_item_is_not_seen(tmp_path: Path) -> None:
    ran = run(tmp_path, {ONE: rss(item("China-Russia hockey talks"))}, exclude=["hockey"])
    assert ran.sightings == []


def test_a_summary_is_searched_only_if_that_is_asked_for(tmp_path: Path) -> None:
    body = rss(item("At the summit", summary="<p>Putin <b>visits</b> Beijing</p>"))
    assert run(tmp_path, {ONE: body}).sightings == []
    assert run(tmp_path, {ONE: body}, search=["title", "summary"]).sightings != []


def test_names_alone_leave_out_people_and_capitals(tmp_path: Path) -> None:
    body = rss(item("Putin visits Beijing"), item("Russia visits China"))
    assert len(run(tmp_path, {ONE: body}, actors="names").sightings) == 1


def test_atom_is_read_like_rss(tmp_path: Path) -> None:
    entry = {
        "title": "Putin visits Beijing",
        "id": "tag:one.example,2026:1",
        "link": "https://one.example/1",
        "updated": "2026-03-02T10:00:00+08:00",
    }
    assert list(seen(run(tmp_path, {ONE: atom(entry)}))) == [("2026-03-02", "visit", "one")]


def test_every_feed_and_day_that_was_read_is_a_slot_with_its_size(tmp_path: Path) -> None:
    ran = run(tmp_path, {ONE: rss(item(), item("Other")), TWO: rss()}, feeds=["one", "two"])
    slots = [slot for batch in ran.batches for slot in batch.slots]
    assert [(slot.name, slot.seen, slot.size) for slot in slots] == [
        ("one@2026-03-04", True, 2),
        ("two@2026-03-04", True, 0),
    ]
    assert [(batch.rows, batch.done, batch.total) for batch in ran.batches] == [
        (2, 1, 2),
        (0, 2, 2),
    ]


def test_the_same_item_in_two_feeds_bears_one_name(tmp_path: Path) -> None:
    link = "https://news.example/a"
    copies = {
        ONE: rss(item(link=link + "?utm_source=one")),
        TWO: rss(item(link="http://www.news.example/a/#top")),
    }
    ran = run(tmp_path, copies, feeds=["one", "two"])
    assert len({each.name for each in ran.sightings}) == 1
    assert len(ran.sightings) == 2  # the record keeps the first


def test_ids_that_are_no_address_are_each_publishers_own(tmp_path: Path) -> None:
    answers = {
        ONE: rss(item(guid="42", link="https://one.example/a")),
        TWO: rss(item(guid="42", link="https://two.example/b")),
    }
    ran = run(tmp_path, answers, feeds=["one", "two"])
    assert len({each.name for each in ran.sightings}) == 2


def test_a_changed_title_leaves_the_name_as_it_was(tmp_path: Path) -> None:
    before = run(tmp_path, {ONE: rss(item("Putin visits Beijing", guid="https://a.example/1"))})
    after = run(
        tmp_path, {ONE: rss(item("Putin visits Beijing again", guid="https://a.example/1"))}
    )
    assert before.sightings[0].name == after.sightings[0].name


def test_an_item_with_neither_id_nor_link_is_told_by_title_and_date(tmp_path: Path) -> None:
    body = rss(item(link=""), item(link=""), item(link="", date=NOW - timedelta(days=1)))
    assert len({each.name for each in run(tmp_path, {ONE: body}).sightings}) == 2


def test_an_update_under_the_same_address_is_new_only_if_that_is_asked_for(
    tmp_path: Path,
) -> None:
    body = rss(item(link="https://a.example"), item(link="https://a.example", date="2026-03-01"))
    assert len({each.name for each in run(tmp_path, {ONE: body}).sightings}) == 1
    assert len({each.name for each in run(tmp_path, {ONE: body}, updates="count").sightings}) == 2


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Wed, 04 Mar 2026 01:00:00 +0300", date(2026, 3, 3)),  # the day is that of UTC
        ("Wed, 04 Mar 2026 01:00:00", date(2026, 3, 3)),  # no zone: the feed's, as declared
        ("Wed, 04 Mar 2026 01:00:00 MSK", date(2026, 3, 3)),  # letters that RFC 822 does not know
        ("Wed, 04 Mar 2026 01:00:00 GMT", date(2026, 3, 4)),
        ("Wed, 04 Mar 2026", date(2026, 3, 4)),  # no time: a day is a day
        ("2026-03-04", date(2026, 3, 4)),
        ("2019-05-06T07:08:09Z", date(2019, 5, 6)),  # an old one that is still shown
    ],
)
def test_the_day_of_an_item(tmp_path: Path, written: str, day: date) -> None:
    feed = {"name": "one", "zone": "Europe/Moscow"}
    [found] = run(tmp_path, {ONE: rss(item(date=written))}, feeds=[feed]).sightings
    assert (found.day, found.label) == (day, "visit")


@pytest.mark.parametrize("written", [None, "yesterday", "2026-02-30", "32 Mar 2026 10:00:00 GMT"])
def test_an_item_without_a_readable_date_is_of_today_and_marked(
    tmp_path: Path, written: str | None
) -> None:
    [found] = run(tmp_path, {ONE: rss(item(date=written))}).sightings
    assert (found.day, found.label) == (TODAY, "visit undated")


def test_an_item_of_the_future_is_left_out_one_of_tomorrow_is_of_today(tmp_path: Path) -> None:
    soon, later = NOW + timedelta(hours=20), NOW + timedelta(days=2)
    body = rss(item("Putin visits Beijing", date=soon), item("Xi visits Russia", date=later))
    assert list(seen(run(tmp_path, {ONE: body}))) == [(str(TODAY), "visit", "one")]


def test_for_a_share_every_item_is_seen_and_the_others_weigh_nothing(tmp_path: Path) -> None:
    body = rss(item(), item("Beijing in snow"))
    ran = run(tmp_path, {ONE: body}, measure="share")
    assert [(each.weight, each.label) for each in ran.sightings] == [(1, "visit"), (0, "")]


def test_an_address_without_a_name_is_told_by_its_host(tmp_path: Path) -> None:
    ran = run(tmp_path, {ONE: rss(item())}, feeds=[ONE])
    assert [outlet for _, _, outlet in seen(ran)] == ["one-example"]


def test_scripts_without_spaces_are_searched_within_words(tmp_path: Path) -> None:
    body = rss(item("普京总统访问北京"))
    ran = run(tmp_path, {ONE: body}, include=["普京", "北京"], patterns={}, whole_words=False)
    assert len(ran.sightings) == 1
