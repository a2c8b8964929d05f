"""What came after events against what came before: exactly so many days, once they are over."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from forecaster.domain.observation import Missing, Observation
from forecaster.domain.period import Frequency, Period
from forecaster.model.composed import Series, compose
from tests.model.test_composed import made

Days = Mapping[str, float]

SAID = {"after_events": {"of": "acts", "events": ["here", "there"], "within": 3}}
JANUARY, LAST = date(2024, 1, 1), date(2024, 2, 10)


def daily(name: str, days: Days, *, first: date = date(2023, 12, 20), last: date = LAST) -> Series:
    """Observe zero on every day but those that are named by month and day."""
    named = {date.fromisoformat(f"2024-{day}"): value for day, value in days.items()}
    periods = Period(frequency=Frequency.DAY, start=first).through(
        Period(frequency=Frequency.DAY, start=last)
    )
    rows = [
        Observation(
            id=number,
            indicator=name,
            scope="WORLD",
            period=period,
            value=named.get(period.start, 0.0),
            known_at=period.ends_at,
            recorded_at=period.ends_at,
            definition="sha256:0",
        )
        for number, period in enumerate(periods, start=1)
    ]
    return Series(Frequency.DAY, is_count=True, versions=rows)


def january(
    acts: Series, here: Series, there: Series | None = None, how: str = "ratio"
) -> Observation:
    said = {"after_events": SAID["after_events"] | {"how": how}}
    there = there or daily("there", {})
    told = compose(made(said), "WORLD", [acts, here, there])
    return [one for one in told if one.period.start == JANUARY][-1]


@pytest.mark.parametrize(
    ("day", "after", "before"),
    [("01-06", 0, 0), ("01-07", 0, 1), ("01-09", 0, 1), ("01-10", 0, 0), ("01-11", 1, 0),
     ("01-13", 1, 0), ("01-14", 0, 0)],
)  # fmt: skip
def test_the_window_is_so_many_days_and_not_the_events_own(
    day: str, after: float, before: float
) -> None:
    one = january(daily("acts", {day: 1}), daily("here", {"01-10": 1}), how="difference")

    assert one.details == {"after": after, "before": before, "events": 1}
    assert one.value == after - before


def test_the_ratio_is_after_by_before_and_its_base_the_events() -> None:
    acts = daily("acts", {"01-09": 2, "01-11": 1, "01-22": 2})

    one = january(acts, daily("here", {"01-10": 1}), daily("there", {"01-20": 2}))

    assert (one.value, one.base) == (1.5, 2)


def test_one_day_is_one_event_whoever_tells_it() -> None:
    acts = daily("acts", {"01-09": 2, "01-11": 1})
    event = {"01-10": 1.0}

    assert january(acts, daily("here", event), daily("there", event)).base == 1


def test_nothing_before_is_no_measure() -> None:
    one = january(daily("acts", {"01-11": 1}), daily("here", {"01-10": 1}))

    assert one.missing is Missing.UNDEFINED


def test_a_period_without_an_event_tests_nothing() -> None:
    one = january(daily("acts", {"01-11": 1}), daily("here", {}))

    assert one.missing is Missing.NOT_REPORTED


def test_nothing_is_told_before_the_period_is_over() -> None:
    short = daily("here", {"01-10": 1}, last=date(2024, 1, 30))
    acts = daily("acts", {"01-09": 1})

    told = compose(made(SAID), "WORLD", [acts, short, daily("there", {})])

    assert JANUARY not in {one.period.start for one in told}


def test_a_value_is_known_once_the_last_window_is_over() -> None:
    acts = daily("acts", {"01-30": 1, "02-01": 1})
    told = compose(made(SAID), "WORLD", [acts, daily("here", {"01-31": 1}), daily("there", {})])
    of_january = [one for one in told if one.period.start == JANUARY]

    assert [one.missing or one.value for one in of_january] == [Missing.INCOMPLETE, 1]
    assert of_january[-1].known_at.date() == date(2024, 1, 31) + timedelta(days=3 + 1)


def test_a_day_that_nobody_saw_leaves_its_period_incomplete() -> None:
    late = daily("acts", {}, first=date(2024, 1, 9))
    partly = daily("here", {"01-10": 1}, first=date(2024, 1, 2))

    assert january(late, daily("here", {"01-10": 1})).missing is Missing.INCOMPLETE
    assert january(daily("acts", {}), partly).missing is Missing.INCOMPLETE


def test_the_inputs_may_have_our_own_periods() -> None:
    said = {"after_events": {"of": "acts", "events": "here", "within": 2, "how": "difference"}}
    acts, here = daily("acts", {"01-12": 5, "01-09": 2}), daily("here", {"01-10": 1})

    told = compose(made(said, frequency="day"), "WORLD", [acts, here])

    (one,) = [one for one in told if one.value is not None]
    assert (str(one.period), one.value) == ("2024-01-10", 3)
