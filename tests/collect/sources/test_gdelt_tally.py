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


def slots(
    count: int, *, seen: bool = True, since: datetime | None = None, size: int | None = 10
) -> list[Slot]:
    """Make so many slots of the English feed from the start of the day."""
    start = since or DAY.shift(-1).ends_at
    moments = [start + number * SLOT for number in range(count)]
    return [Slot(name=name_of(at), at=at, seen=seen, size=size) for at in moments]


def sighting(
    name: str,
    weight: float = 1.0,
    scope: str = "CHN-RUS",
    *,
    place: str | None = None,
    outlet: str = "a.org",
) -> Sighting:
    """Make a report of an act at a place, its name if none is given."""
    label = f"CHN-RUS|05|{name}|{name if place is None else place}"
    return Sighting(
        scope=scope, name=name, day=DAY.start, weight=weight, outlet=outlet, label=label
    )


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
    details = {"reports": 2, "outlets": 1, "outlet_share": 0.5}
    assert reading == Reading(scope="CHN-RUS", period=DAY, value=2, base=960, details=details)


REPEATED = [
    sighting("a", 2.0, place="Beijing", outlet="a.org"),
    sighting("b", 4.0, place="Beijing", outlet="b.org"),
    sighting("c", 6.0, place="Moscow", outlet="b.org"),
]


@pytest.mark.parametrize(
    ("options", "value"),
    [
        ({}, 2),
        ({"count": "reports"}, 3),
        ({"measure": "net_goldstein"}, 9.0),  # the mean of the first two, and the third
        ({"measure": "net_goldstein", "count": "reports"}, 12.0),
        ({"measure": "per_million"}, 2 / 960 * 1_000_000),
        ({"measure": "per_million", "count": "reports"}, 3 / 960 * 1_000_000),
    ],
)
def test_a_definition_says_what_is_summed_up(options: dict[str, Any], value: float) -> None:
    def weighed(seen: Sighting) -> Sighting:
        net = options.get("measure") == "net_goldstein"
        return seen if net else seen.model_copy(update={"weight": 1.0})

    reading = tally([weighed(seen) for seen in REPEATED], slots(96), **options)
    assert reading
    assert reading.value == pytest.approx(value)
    assert reading.base == 960
    assert reading.details == {"reports": 3, "outlets": 2, "outlet_share": 2 / 3}


def test_a_day_without_reports_has_no_share_of_outlets() -> None:
    reading = tally([], slots(96))
    assert reading
    assert reading.details == {"reports": 0}


def test_the_exposure_is_what_the_files_that_were_seen_held() -> None:
    reading = tally([], [*slots(90, size=100), *slots(96, seen=False, size=None)[90:]])
    assert reading
    assert reading.base == 9_000


def test_of_files_that_nobody_measured_no_rate_is_given() -> None:
    unmeasured = [*slots(95), *slots(96, size=None)[95:]]
    plain = tally([sighting("a")], unmeasured)
    rate = tally([sighting("a")], unmeasured, measure="per_million")
    assert plain
    assert (plain.value, plain.base) == (1, None)
    assert rate
    assert rate.missing is Missing.INCOMPLETE


def test_files_without_a_root_event_were_not_seen() -> None:
    reading = tally([], [*slots(86), *slots(96, size=0)[86:]])
    assert reading
    assert reading.missing is Missing.INCOMPLETE


def test_one_file_of_gdelt_1_is_a_whole_day() -> None:
    day = [Slot(name="20260302.export.CSV.zip", at=slots(1)[0].at, seen=True, size=100_000)]
    reading = tally([sighting("a")], day, feeds=["daily_v1"])
    assert reading
    assert (reading.value, reading.base) == (1, 100_000)


def test_a_file_of_a_day_is_none_of_a_quarter_of_an_hour() -> None:
    assert tally([], slots(96), feeds=["daily_v1"]) is None


def test_each_feed_counts_by_the_time_that_it_covers() -> None:
    day = [Slot(name="20260302.export.CSV.zip", at=slots(1)[0].at, seen=True, size=100_000)]
    half = tally([], [*slots(72), *day], feeds=["english", "daily_v1"])
    most = tally([], [*slots(80), *day], feeds=["english", "daily_v1"])
    assert half
    assert most
    assert (half.missing, most.missing) == (Missing.INCOMPLETE, None)


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
