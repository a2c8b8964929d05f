"""A closed period is summed up if enough of its files were seen; silence is not a zero."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecaster.collect.source import CountingSource
from forecaster.domain.coverage import Grade
from forecaster.domain.observation import Missing, Reading, Sighting, Slot
from forecaster.domain.period import Frequency, Period
from tests.collect.errands import define, open_source
from tests.collect.runs import SLOT, name_of

DAY = Period(frequency=Frequency.DAY, start=date(2026, 3, 2))


def slots(count: int, *, seen: bool = True, since: datetime | None = None) -> list[Slot]:
    """Make so many slots of the English feed from the start of the day."""
    start = since or DAY.shift(-1).ends_at
    moments = [start + number * SLOT for number in range(count)]
    return [Slot(name=name_of(at), at=at, seen=seen) for at in moments]


def sighting(name: str, weight: float = 1.0, scope: str = "CHN-RUS") -> Sighting:
    return Sighting(scope=scope, name=name, day=DAY.start, weight=weight)


def tally(
    sightings: Sequence[Sighting],
    visited: Sequence[Slot],
    *,
    coverage: Sequence[dict[str, Any]] = (),
    **options: Any,
) -> Reading | None:
    options = {"feeds": ["english"], **options}
    definition = define("gdelt_events", options, frequency="day", coverage=coverage)
    source = open_source(definition)
    assert isinstance(source, CountingSource)
    return source.tally(definition, "CHN-RUS", DAY, sightings, visited)


def test_the_sightings_of_a_day_are_counted() -> None:
    reading = tally([sighting("a"), sighting("b")], slots(96))
    assert reading == Reading(scope="CHN-RUS", period=DAY, value=2)


def test_a_day_on_which_all_was_seen_and_nothing_found_is_a_zero() -> None:
    reading = tally([], slots(96))
    assert reading
    assert reading.value == 0


def test_the_same_sighting_counts_once_and_for_its_own_scope() -> None:
    reading = tally([sighting("a"), sighting("a"), sighting("b", scope="IRN-RUS")], slots(96))
    assert reading
    assert reading.value == 1


def test_weights_are_summed() -> None:
    reading = tally([sighting("a", 3.5), sighting("b", -10.0)], slots(96), measure="net_goldstein")
    assert reading
    assert reading.value == -6.5


@pytest.mark.parametrize(("count", "missing"), [(87, None), (86, Missing.INCOMPLETE)])
def test_nine_in_ten_files_are_enough(count: int, missing: Missing | None) -> None:
    reading = tally([sighting("a")], slots(count))
    assert reading
    assert reading.missing == missing


def test_how_many_files_are_enough_can_be_declared() -> None:
    reading = tally([], slots(48), min_share=0.5)
    assert reading
    assert reading.missing is None


def test_a_day_that_nobody_looked_at_has_no_value() -> None:
    assert tally([sighting("a")], []) is None


def test_a_day_whose_files_never_came_is_incomplete() -> None:
    reading = tally([], slots(96, seen=False))
    assert reading
    assert reading.missing is Missing.INCOMPLETE


def test_files_of_another_day_do_not_count() -> None:
    before = slots(96, since=DAY.shift(-1).ends_at - timedelta(days=1))
    after = slots(96, since=DAY.ends_at)
    assert tally([], [*before, *after]) is None


def test_each_feed_must_have_been_seen() -> None:
    reading = tally([], slots(96), feeds=["english", "translingual"])
    assert reading
    assert reading.missing is Missing.INCOMPLETE


def test_files_of_a_feed_that_is_no_longer_read_do_not_count() -> None:
    assert tally([], slots(96), feeds=["translingual"]) is None


def test_a_day_outside_the_declared_coverage_has_no_value() -> None:
    assert tally([], slots(96), coverage=[{"from": "2026-03-03"}]) is None


def test_a_day_is_as_well_covered_as_declared() -> None:
    reading = tally([], slots(96), coverage=[{"from": "2026-01-01", "grade": "partial"}])
    assert reading
    assert reading.grade is Grade.PARTIAL


@given(names=st.lists(st.sampled_from("abcdef")), seed=st.randoms())
def test_the_order_of_arrival_changes_nothing(names: list[str], seed: Any) -> None:
    sightings = [sighting(name) for name in names]
    shuffled = sightings.copy()
    seed.shuffle(shuffled)
    assert tally(sightings, slots(96)) == tally(shuffled, slots(96))
