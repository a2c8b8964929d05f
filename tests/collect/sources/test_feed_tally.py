"""How sightings of headlines are counted once their period is over."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from forecaster.collect.feeds.stories import signature
from forecaster.collect.source import CountingSource
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Missing, Reading, Sighting, Slot
from forecaster.domain.period import Frequency, Period
from tests.collect.errands import open_source
from tests.collect.headlined import feed_definition

MONDAY = date(2026, 2, 23)
WEEK = Period(frequency=Frequency.WEEK, start=MONDAY)


def watched(*feeds: str, days: int = 7) -> list[Slot]:
    noon = datetime(MONDAY.year, MONDAY.month, MONDAY.day, 12, tzinfo=UTC)
    moments = [noon + timedelta(days=day) for day in range(days)]
    return [
        Slot(name=f"{feed}@{at.date()}", at=at, seen=True, size=9)
        for feed in feeds
        for at in moments
    ]


def seen(name: str, label: str = "visit", **changes: Any) -> Sighting:
    given = {"scope": "CHN-RUS", "name": name, "day": MONDAY, "outlet": "one", "label": label}
    return Sighting.model_validate(given | changes)


def told(title: str, days: int = 0) -> Sighting:
    day = MONDAY + timedelta(days=days)
    return seen(f"{title}{days}", f"visit #{signature(title)}", day=day)


def tally(
    sightings: Sequence[Sighting], slots: Sequence[Slot], whole: float = 1, **options: Any
) -> Reading | None:
    plain: Definition = feed_definition(**options)
    definition = plain.model_copy(update={"whole": whole})
    source = open_source(definition)
    assert isinstance(source, CountingSource)
    return source.tally(definition, "CHN-RUS", WEEK, sightings, slots)


def test_a_watched_week_counts_its_items_and_says_what_they_are_made_of() -> None:
    found = [seen("a"), seen("b", "visit drill"), seen("c", outlet="two")]
    reading = tally(found, watched("one", "two"), feeds=["one", "two"])
    assert reading is not None
    assert (reading.value, reading.base, reading.doubtful) == (3, None, None)
    assert reading.details == {
        "pattern:visit": 3, "pattern:drill": 1, "feed:one": 2, "feed:two": 1
    }  # fmt: skip


def test_a_watched_week_without_items_is_a_zero() -> None:
    reading = tally([], watched("one"))
    assert reading is not None
    assert reading.value == 0


def test_a_week_of_which_too_few_days_were_watched_is_missing_not_zero() -> None:
    six, five = tally([], watched("one", days=6)), tally([], watched("one", days=5))
    assert six is not None
    assert six.value == 0
    assert five is not None
    assert five.missing is Missing.INCOMPLETE


def test_every_feed_must_have_been_watched() -> None:
    reading = tally([seen("a")], watched("one"), feeds=["one", "two"])
    assert reading is not None
    assert reading.missing is Missing.INCOMPLETE


def test_a_week_that_nobody_watched_is_none() -> None:
    assert tally([seen("a")], []) is None
    assert tally([seen("a")], watched("another")) is None


def test_a_week_outside_the_declared_coverage_is_none() -> None:
    definition = Definition.model_validate(
        feed_definition().model_dump() | {"coverage": [{"from": "2026-03-02"}]}
    )
    source = open_source(definition)
    assert isinstance(source, CountingSource)
    assert source.tally(definition, "CHN-RUS", WEEK, [seen("a")], watched("one")) is None


def test_the_same_item_counts_once_and_other_scopes_not_at_all() -> None:
    reading = tally([seen("a"), seen("a"), seen("b", scope="CHN-IRN")], watched("one"))
    assert reading is not None
    assert reading.value == 1


def test_a_share_is_of_all_items_and_bears_their_number() -> None:
    others = [seen(str(number), "", weight=0) for number in range(7)]
    reading = tally([seen("a"), *others], watched("one"), whole=1000, measure="share")
    assert reading is not None
    assert (reading.value, reading.base) == (125, 8)


def test_of_no_items_there_is_no_share() -> None:
    reading = tally([], watched("one"), measure="share")
    assert reading is not None
    assert (reading.missing, reading.base) == (Missing.NOT_REPORTED, 0)


def test_items_without_a_date_make_the_value_doubtful() -> None:
    reading = tally([seen("a"), seen("b", "visit undated")], watched("one"))
    assert reading is not None
    assert reading.value == 2
    assert (reading.details or {})["undated"] == 1
    assert (reading.doubtful or "").startswith("1 of 2 items bore no date")


def test_headlines_in_nearly_the_same_words_are_one_story() -> None:
    found = [
        told("Putin arrives in Beijing for talks with Xi on energy and trade - TASS"),
        told("Putin arrives at Beijing for talks with Xi on energy, trade", 1),
        told("PUTIN ARRIVES IN BEIJING FOR TALKS WITH XI ON ENERGY AND TRADE | RT"),
        told("Russian and Chinese warships begin a joint patrol in the Pacific"),
    ]
    as_items, as_stories = (
        tally(found, watched("one"), count=count) for count in ("items", "stories")
    )
    assert as_items is not None
    assert as_stories is not None
    assert (as_items.value, as_stories.value) == (4, 2)
    assert (as_stories.details or {})["pattern:visit"] == 2


def test_the_same_headline_much_later_is_another_story() -> None:
    reading = tally([told("Putin in Beijing"), told("Putin in Beijing", 5)], watched("one"),
                    count="stories")  # fmt: skip
    assert reading is not None
    assert reading.value == 2
