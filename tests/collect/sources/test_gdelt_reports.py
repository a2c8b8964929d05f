"""Reports are not events: what is counted, once, under which day, and for whom."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from forecaster.collect.asking.fetch import Fetcher
from forecaster.collect.sources.gdelt_events import GdeltEventsOptions
from tests.collect.runs import AT, SLOT, run
from tests.servers.gdelt import Gdelt, csv, row


def test_mirrored_and_repeated_reports_of_an_article_are_one_sighting(
    server: Gdelt, fetcher: Fetcher
) -> None:
    mirrored = row(one="RUS", other="CHN", code="057")  # another code of the same root
    server.publish(AT, [row(), row(), mirrored])
    assert len(run(server, fetcher).sightings) == 1


@pytest.mark.parametrize(
    "other",
    [{"day": "20260301"}, {"code": "061"}, {"place": "RS"}, {"url": "https://example.org/b"}],
)
def test_reports_that_differ_are_two_sightings(
    server: Gdelt, fetcher: Fetcher, other: dict[str, Any]
) -> None:
    server.publish(AT, [row(), row(**other)])
    assert len(run(server, fetcher).sightings) == 2


def test_a_report_that_comes_again_in_a_later_file_has_the_same_name(
    server: Gdelt, fetcher: Fetcher
) -> None:
    server.publish(AT - SLOT, [row()])
    server.publish(AT, [row()])

    ran = run(server, fetcher, window=(AT - SLOT, AT + SLOT))
    assert len(ran.sightings) == 2
    assert len({seen.name for seen in ran.sightings}) == 1


@pytest.mark.parametrize(
    ("options", "days"),
    [
        ({}, {1, 2, 3}),
        ({"codes": ["05"]}, {1}),
        ({"codes": ["051", "19"]}, {1, 3}),
        ({"codes": ["052"]}, set()),
        ({"quad_classes": [2, 4]}, {2, 3}),
        ({"root_events_only": True}, {1, 3}),
        ({"root_events_only": True, "quad_classes": [4]}, {3}),
    ],
)
def test_the_definition_says_which_reports_count(
    server: Gdelt, fetcher: Fetcher, options: dict[str, Any], days: set[int]
) -> None:
    talk = row("20260301", code="051")
    aid = row("20260302", code="061", quad_class=2, root=False)
    fight = row("20260303", code="190", quad_class=4)
    server.publish(AT, [talk, aid, fight])

    assert {day.day for day in run(server, fetcher, **options).days} == days


@pytest.mark.parametrize(
    ("for_each", "scopes"),
    [
        ({"dyad": ["CHN-RUS", "IRN-RUS"]}, ["CHN-RUS", "IRN-RUS"]),
        ({"actor": ["RUS", "CHN"]}, ["CHN", "CHN", "RUS", "RUS", "RUS"]),
        ({"dyad": ["CHN-USA"]}, []),
    ],
)
def test_a_report_belongs_to_its_pair_or_to_its_actors(
    server: Gdelt, fetcher: Fetcher, for_each: dict[str, Any], scopes: list[str]
) -> None:
    reports = [
        row(),
        row(one="RUS", other="IRN"),
        row(one="CHN", other=""),
        row(one="", other="RUS"),
    ]
    server.publish(AT, reports)
    assert run(server, fetcher, for_each=for_each).scopes == scopes


def test_a_place_code_is_no_actor(server: Gdelt, fetcher: Fetcher) -> None:
    server.publish(AT, [row(one="USA", other="GBR", place="RS")])  # FIPS: RS is Russia
    assert run(server, fetcher, for_each={"actor": ["RUS"]}).sightings == []


def test_an_act_keeps_its_own_day_however_late_it_is_reported(
    server: Gdelt, fetcher: Fetcher
) -> None:
    server.publish(AT, [row("20250302")])
    assert run(server, fetcher).days == {date(2025, 3, 2)}


@pytest.mark.parametrize(
    "bad", ["20260305", "20260230", "2026", "", "today", "2,026,030", "20 60302"]
)
def test_a_day_that_cannot_be_is_left_out(server: Gdelt, fetcher: Fetcher, bad: str) -> None:
    server.publish(AT, [row(bad), row()])
    assert run(server, fetcher).days == {date(2026, 3, 2)}


def test_a_row_of_another_shape_is_left_out(server: Gdelt, fetcher: Fetcher) -> None:
    server.publish(AT, [row(), "short\trow"])
    ran = run(server, fetcher)
    assert (len(ran.sightings), ran.error) == (1, None)


def test_bytes_that_are_no_utf_8_do_no_harm(server: Gdelt, fetcher: Fetcher) -> None:
    bad = row(url="https://example.org/@").encode().replace(b"@", b"\xff\xfe")
    odd = row(one="CH@", code="0@").encode().replace(b"@", b"\xff")
    server.publish(AT, bad + b"\r\n" + odd + b"\n\n" + csv([row()]))

    ran = run(server, fetcher, codes=["05"])
    assert (len(ran.sightings), ran.error) == (2, None)


def test_quotes_are_ordinary_characters(server: Gdelt, fetcher: Fetcher) -> None:
    server.publish(AT, [row(url='https://example.org/"a'), row(url="https://example.org/b")])
    assert len(run(server, fetcher).sightings) == 2


def test_an_empty_file_was_seen(server: Gdelt, fetcher: Fetcher) -> None:
    server.publish(AT, [])
    ran = run(server, fetcher)
    assert (list(ran.slots.values()), ran.sightings) == ([True], [])


def test_a_report_can_weigh_what_goldstein_gives_it(server: Gdelt, fetcher: Fetcher) -> None:
    scores = ["3.4", "-10", "", "nan", "much", "inf", "1,000", "11"]
    rows = [row(url=f"u{number}", goldstein=score) for number, score in enumerate(scores)]
    server.publish(AT, rows)

    weighed = run(server, fetcher, measure="net_goldstein").sightings
    assert [seen.weight for seen in weighed] == [3.4, -10.0]


@pytest.mark.parametrize(
    "options",
    [
        {"codes": ["5"]},
        {"codes": [5]},
        {"codes": ["21"]},
        {"codes": ["00"]},
        {"codes": ["05111"]},
        {"quad_classes": [5]},
        {"feeds": []},
        {"feeds": ["french"]},
        {"count": "events"},
        {"measure": "share"},
        {"feeds": ["daily"]},
        {"daily_url": "ftp://example.org"},
        {"min_share": 0},
        {"min_share": 1.5},
        {"base_url": "file:///etc"},
        {"base_url": "http://example.org/gdelt/"},
        {"code": ["05"]},
    ],
)
def test_options_that_mean_nothing_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        GdeltEventsOptions.model_validate(options)
