"""What is composed is what its inputs said at the same moment; what is missing stays missing."""

import math
import statistics
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecaster.domain.coverage import Grade
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Missing, Observation
from forecaster.domain.period import Frequency, Period
from forecaster.model.composed import Series, compose

FIRST = Period(frequency=Frequency.MONTH, start=date(2024, 1, 1))
START = datetime(2024, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
SAYINGS = (
    {"ratio": ["a", "b"]},
    {"difference": ["a", "b"]},
    {"share": ["a", "b"]},
    {"ratio": [{"indicator": "a", "over": 2}, "b"]},
    {"zscore": {"of": "a", "window": 4, "at_least": 3}},
    {"rolling": {"of": "a", "window": 3, "how": "mean"}},
    {"after_events": {"of": "a", "events": "b", "within": 2}},
)


def made(said: dict[str, object], **changes: object) -> Definition:
    return Definition.model_validate(
        {
            "id": "made",
            "title": "Made",
            "role": "context",
            "unit": "units",
            "frequency": "month",
            "compose": said,
            "attribution": "Nobody",
            "license": {"name": "CC0", "redistribution": "derived"},
        }
        | changes
    )


def seen(
    place: int,
    value: float | None,
    *,
    name: str = "a",
    number: int = 1,
    hour: int | None = None,
    **said: object,
) -> Observation:
    """Observe a month; each was known at an hour of its own, as a rule that of its place."""
    known_at = START + (place if hour is None else hour) * HOUR
    fields: dict[str, object] = {
        "id": number,
        "indicator": name,
        "scope": "WORLD",
        "period": FIRST.shift(place),
        "value": value,
        "missing": Missing.NOT_REPORTED if value is None else None,
        "known_at": known_at,
        "recorded_at": known_at,
        "definition": "sha256:0",
    }
    return Observation.model_validate(fields | said)


def line(*values: float | None, name: str = "a", **said: object) -> Series:
    rows = [seen(place, value, name=name, **said) for place, value in enumerate(values)]
    return Series(Frequency.MONTH, is_count=True, versions=rows)


def composed(said: dict[str, object], *inputs: Series, **changes: object) -> list[Observation]:
    return list(compose(made(said, **changes), "WORLD", inputs))


def values(said: dict[str, object], *inputs: Series, **changes: object) -> list[object]:
    """Return the last value, or why there is none, of every period."""
    last = {one.period: one for one in composed(said, *inputs, **changes)}
    return [one.missing if one.value is None else one.value for one in last.values()]


def test_the_arithmetic_of_two_series() -> None:
    inputs = line(6, 1), line(3, 4, name="b")

    assert values({"ratio": ["a", "b"]}, *inputs) == [2, 0.25]
    assert values({"difference": ["a", "b"]}, *inputs) == [3, -3]
    assert values({"share": ["a", "b"]}, *inputs, whole=100) == [pytest.approx(200 / 3), 20]


def test_a_division_by_zero_is_coded_and_never_infinite() -> None:
    nothing = line(0, name="b")

    assert values({"ratio": ["a", "b"]}, line(1), nothing) == [Missing.UNDEFINED]
    assert values({"ratio": ["a", "b"]}, line(1e308), line(1e-308, name="b")) == [
        Missing.UNDEFINED
    ]
    assert values({"share": ["a", "b"]}, line(0), nothing) == [Missing.UNDEFINED]
    assert values({"share": ["a", "b"]}, line(-1), line(3, name="b")) == [Missing.UNDEFINED]


def test_of_counts_the_base_is_what_is_divided_by() -> None:
    (share,) = composed({"share": ["a", "b"]}, line(6), line(3, name="b"))
    (ratio,) = composed({"ratio": ["a", "b"]}, line(6), line(3, name="b")._replace(is_count=False))

    assert (share.base, share.details) == (9, {"a": 6, "b": 3})
    assert ratio.base is None


def test_a_period_has_a_version_once_every_input_says_something_of_it() -> None:
    assert composed({"ratio": ["a", "b"]}, line(6, 1), line(name="b")) == []
    assert len(composed({"ratio": ["a", "b"]}, line(6, 1), line(3, name="b"))) == 1


def test_a_score_compares_with_the_periods_before_and_never_with_itself() -> None:
    before = [1.0, 2.0, 4.0]
    said = {"zscore": {"of": "a", "window": 3}}

    last = composed(said, line(*before, 9.0, 5.0))[3]

    expected = (9 - statistics.mean(before)) / statistics.stdev(before)
    assert last.value == pytest.approx(expected)
    assert last.base == 3


def test_a_score_against_what_never_moved_is_undefined() -> None:
    said = {"zscore": {"of": "a", "window": 3}}

    assert values(said, line(2, 2, 2, 9)) == [*[Missing.INCOMPLETE] * 3, Missing.UNDEFINED]


def test_a_score_asks_for_as_many_periods_as_it_says() -> None:
    said = {"zscore": {"of": "a", "window": 4, "at_least": 3}}

    assert values(said, line(1, None, 2, 3, 9))[4] == pytest.approx(7)
    assert values(said, line(1, None, 2, None, 9))[4] is Missing.INCOMPLETE


@pytest.mark.parametrize(("how", "expected"), [("sum", 12), ("mean", 4), ("min", 1), ("max", 8)])
def test_a_rolling_window_ends_with_the_period_itself(how: str, expected: float) -> None:
    said = {"rolling": {"of": "a", "window": 3, "how": how}}

    assert values(said, line(5, 3, 8, 1))[-1] == expected
    assert values(said, line(5, 3, None, 1))[-1] is Missing.NOT_REPORTED
    assert values(said, line(5, 3))[-1] is Missing.INCOMPLETE


def test_shorter_periods_make_a_longer_one_only_when_all_are_known() -> None:
    joined = {"indicator": "a", "aggregate": "sum"}
    said = {"difference": [joined, {"indicator": "b", "aggregate": "last"}]}
    year = line(*range(1, 6)), line(*[1] * 6, name="b")

    assert values(said, *year, frequency="quarter") == [6 - 1, Missing.INCOMPLETE]
    assert (
        values({"rolling": {"of": joined, "window": 2}}, line(*[2] * 6), frequency="quarter")[-1]
        == 12
    )


def test_an_input_may_be_summed_over_its_last_periods() -> None:
    said = {"ratio": [{"indicator": "a", "over": 2}, "b"]}

    assert values(said, line(1, 3, 5), line(1, 2, 4, name="b")) == [Missing.INCOMPLETE, 2, 2]


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (("not_reported", "undefined"), "undefined"),
        (("undefined", "incomplete"), "incomplete"),
        (("incomplete", "withdrawn"), "withdrawn"),
        (("not_reported", "not_reported"), "not_reported"),
    ],
)
def test_of_several_reasons_the_one_that_claims_least_stands(
    codes: tuple[str, str], expected: str
) -> None:
    one, other = (
        line(None, name=name, missing=code) for name, code in zip("ab", codes, strict=True)
    )

    assert values({"ratio": ["a", "b"]}, one, other) == [expected]


def test_the_worst_grade_the_doubts_and_what_was_inferred_are_carried() -> None:
    doubted = line(6, doubtful="outside its bounds", number=7)
    inferred = line(3, name="b", grade=Grade.PARTIAL, pseudo=True, hour=5)

    (one,) = composed({"ratio": ["a", "b"]}, doubted, inferred)

    assert (one.grade, one.pseudo) == (Grade.PARTIAL, True)
    assert one.doubtful == "a: outside its bounds"
    assert (one.id, one.known_at) == (7, START + 5 * HOUR)


def test_a_revision_of_an_input_is_a_version_and_what_changes_nothing_is_none() -> None:
    versions = [
        seen(0, 6, hour=1, number=1),
        seen(0, 8, hour=3, number=3),
        seen(0, 8, hour=4, number=4, pseudo=True),
    ]
    told = composed(
        {"ratio": ["a", "b"]},
        Series(Frequency.MONTH, is_count=True, versions=versions),
        line(2, name="b", hour=2, number=2),
    )

    assert [(one.value, one.id, one.known_at) for one in told] == [
        (3, 2, START + 2 * HOUR),
        (4, 3, START + 3 * HOUR),
    ]


def test_rows_of_another_frequency_are_left_aside() -> None:
    assert composed({"ratio": ["a", "a"]}, *[line(6)._replace(frequency=Frequency.WEEK)] * 2) == []


vintages = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.integers(0, 7),
        st.none() | st.integers(0, 3).map(float),
        st.integers(0, 12),
    ),
    max_size=40,
)


def given_series(rows: Sequence[tuple[str, int, float | None, int]]) -> tuple[Series, Series]:
    numbered = [
        seen(place, value, name=name, number=number, hour=hour)
        for number, (name, place, value, hour) in enumerate(rows, start=1)
    ]
    one, other = ([row for row in numbered if row.indicator == name] for name in "ab")
    return (
        Series(Frequency.MONTH, is_count=True, versions=one),
        Series(Frequency.MONTH, is_count=True, versions=other),
    )


@pytest.mark.parametrize("said", SAYINGS, ids=str)
@given(rows=vintages, hour=st.integers(-1, 13))
def test_composing_what_was_known_is_knowing_what_was_composed(
    said: dict[str, object], rows: list[tuple[str, int, float | None, int]], hour: int
) -> None:
    definition, moment = made(said), START + hour * HOUR
    inputs = given_series(rows)[: len(definition.compose.references if definition.compose else ())]
    known = [
        one._replace(versions=[row for row in one.versions if row.known_at <= moment])
        for one in inputs
    ]

    early = compose(definition, "WORLD", known)
    whole = compose(definition, "WORLD", inputs)

    assert early == tuple(one for one in whole if one.known_at <= moment)
    assert all(one.value is None or math.isfinite(one.value) for one in whole)
    assert all(one.id in {row.id for each in inputs for row in each.versions} for one in whole)


@given(rows=vintages)
def test_the_last_version_is_what_the_last_versions_make(
    rows: list[tuple[str, int, float | None, int]],
) -> None:
    inputs = given_series(rows)
    last = [
        {row.period: row for row in sorted(one.versions, key=lambda row: (row.known_at, row.id))}
        for one in inputs
    ]
    told = {one.period: one for one in compose(made({"ratio": ["a", "b"]}), "WORLD", inputs)}

    assert told.keys() == last[0].keys() & last[1].keys()
    for period, one in told.items():
        top, below = last[0][period].value, last[1][period].value
        whole = top is not None and below
        assert one.value == (top / below if top is not None and whole and below else None)
