"""The ledger's events become counts, where it claims to have seen, as they became known."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from forecaster.collect.sources.ledger import LedgerOptions
from forecaster.domain.actors import CORE_DYADS
from forecaster.domain.coverage import Grade
from forecaster.domain.errors import SourceChanged
from forecaster.domain.observation import Reading
from tests.collect.errands import NOW, collect_shipped, define
from tests.collect.sources.rows import claim, event, own

ALL_2025 = claim(since="2025-01-01", until="2025-12-31")


def collect_own(
    folder: Path, rows: list[str], claims: list[str], now: datetime = NOW, **changes: Any
) -> list[tuple[str, float | None]]:
    """Count an operator's own events in CHN-RUS and return period and value of every reading."""
    options = changes.pop("options", {"kinds": ["display"]})
    definition = define("ledger", options, **{"for_each": {"dyad": ["CHN-RUS"]}} | changes)
    root = own(folder, rows, claims)
    readings = collect_shipped(folder, definition, root, now=now, shipped=False)
    return [(str(reading.period), reading.value) for reading in readings]


def totals(readings: tuple[Reading, ...]) -> tuple[float, ...]:
    """Sum up the last value of every period, dyad by dyad, in the README's order."""
    last = {(reading.scope, reading.period): reading.value or 0 for reading in readings}
    dyads = ("CHN-RUS", "CHN-IRN", "CHN-PRK", "IRN-RUS", "PRK-RUS", "IRN-PRK")
    return tuple(
        sum(value for (scope, _), value in last.items() if scope == dyad) for dyad in dyads
    )


@pytest.mark.parametrize("frequency", ["month", "quarter"])
@pytest.mark.parametrize(
    ("options", "counts"),
    [
        ({"kinds": ["display"]}, (87, 22, 20, 59, 20, 7)),
        ({"kinds": ["display"], "leader_level": True}, (47, 17, 8, 24, 7, 3)),
        ({"kinds": ["operational"]}, (58, 13, 2, 28, 18, 1)),
        ({"kinds": ["operational"], "min_intensity": 3}, (55, 12, 2, 24, 15, 1)),
        ({"kinds": ["crack"]}, (12, 5, 11, 5, 8, 0)),
    ],
    ids=["displays", "leader-level", "operational", "operational >= 3", "cracks"],
)
def test_counts_of_each_dyad_are_those_of_the_readme(
    tmp_path: Path, options: dict[str, Any], counts: tuple[int, ...], frequency: str
) -> None:
    definition = define("ledger", options, frequency=frequency)
    assert totals(collect_shipped(tmp_path, definition)) == counts


def test_all_events_belong_to_the_world(tmp_path: Path) -> None:
    kinds = ["display", "operational", "crack", "hedging", "posture", "crisis"]
    definition = define("ledger", {"kinds": kinds}, for_each=None, frequency="quarter")
    last = {one.period: one.value or 0 for one in collect_shipped(tmp_path, definition)}

    assert sum(last.values()) == 365


def test_acts_without_scheduled_exercises_are_fewer(tmp_path: Path) -> None:
    options = {"kinds": ["operational"], "exclude": ["joint_exercise", "joint_patrol"]}
    chn_rus, *_ = totals(collect_shipped(tmp_path, define("ledger", options)))
    assert chn_rus == 58 - 45


def test_third_parties_have_series_of_their_own(tmp_path: Path) -> None:
    dyads = {"dyad": ["IND-RUS", "IND-USA", "RUS-USA"]}
    definition = define("ledger", {"kinds": ["hedging"]}, for_each=dyads, frequency="quarter")
    counted: dict[str, float] = {}
    for reading in collect_shipped(tmp_path, definition):
        counted[reading.scope] = counted.get(reading.scope, 0) + (reading.value or 0)

    # India and the US stand beside Russia in two rows, but no row is an act between them
    assert counted == {"IND-RUS": 7, "IND-USA": 0, "RUS-USA": 3}


def test_us_posture_is_counted_for_the_actor_at_which_it_aims(tmp_path: Path) -> None:
    actors = {"actor": ["CHN", "IRN", "PRK", "RUS", "USA"]}
    definition = define("ledger", {"kinds": ["posture"]}, for_each=actors, frequency="quarter")
    counted: dict[str, float] = {}
    for reading in collect_shipped(tmp_path, definition):
        counted[reading.scope] = counted.get(reading.scope, 0) + (reading.value or 0)

    assert counted == {"CHN": 6, "IRN": 8, "PRK": 3, "RUS": 8, "USA": 19}


def test_the_ledger_speaks_of_the_months_that_it_covers(tmp_path: Path) -> None:
    definition = define("ledger", {"kinds": ["display"]}, for_each={"dyad": ["IRN-PRK"]})
    periods = [reading.period for reading in collect_shipped(tmp_path, definition)]

    assert (str(periods[0]), str(periods[-1])) == ("2012-01-01", "2025-09-01")
    assert len(set(periods)) == 165


@pytest.mark.parametrize(
    ("options", "full"),
    [
        ({"kinds": ["display"], "leader_level": True}, {"CHN-RUS", "IRN-RUS"}),
        (
            {"kinds": ["display"], "categories": ["parade"], "min_intensity": 3},
            {"CHN-RUS", "IRN-RUS"},
        ),
        ({"kinds": ["display"], "categories": ["parade"]}, set()),
        ({"kinds": ["display"]}, set()),
        ({"kinds": ["operational"], "categories": ["joint_exercise"]}, {"CHN-RUS", "IRN-RUS"}),
        ({"kinds": ["operational"]}, set()),
    ],
)
def test_absence_is_a_zero_only_for_what_is_announced(
    tmp_path: Path, options: dict[str, Any], full: set[str]
) -> None:
    readings = collect_shipped(tmp_path, define("ledger", options))

    assert {one.scope for one in readings} == set(CORE_DYADS)
    graded = [one for one in readings if one.grade is Grade.FULL]
    assert {one.scope for one in graded} == full
    assert {one.period.start.year for one in graded} <= set(range(2017, 2026))


def test_the_rubric_is_kept_by_an_operators_rows_too(tmp_path: Path) -> None:
    rows = [
        event("2025-01-01-a", actors="CHN"),
        event("2025-01-02-b", intensity="9"),
        event("2025-01-03-c", category="joint_patrol"),
        event("2025-01-04-d", actors="CHN;USA"),
        event("2025-01-05-e", sources=("", "")),
        event("2025-01-06-f", end="2025-01-05"),
    ]
    with pytest.raises(SourceChanged) as caught:
        collect_own(tmp_path, rows, [ALL_2025])

    reasons = str(caught.value).splitlines()
    path = tmp_path / "own/ledger/mine.csv"
    assert [reason.split(": ")[0] for reason in reasons] == [f"{path}:{n}" for n in range(2, 8)]
    assert "a display event has two or more actors" in reasons[0]
    assert "category 'joint_patrol' is not one of display" in reasons[2]
    assert "USA belong in 'others'" in reasons[3]


def test_an_operators_event_counts_beside_the_shipped_ones(tmp_path: Path) -> None:
    definition = define("ledger", {"kinds": ["crack"]}, for_each={"dyad": ["IRN-PRK"]})
    row = event("2025-03-03-a", actors="IRN;PRK", kind="crack", category="public_criticism")
    root = own(tmp_path, [row], [])

    readings = collect_shipped(tmp_path, definition, root)
    assert [str(one.period) for one in readings if one.value] == ["2025-03-01"]


def test_an_id_stands_for_one_event(tmp_path: Path) -> None:
    rows = [event("2025-03-03-a"), event("2025-03-03-a", intensity="4")]
    with pytest.raises(
        SourceChanged, match=r"mine\.csv:3: 2025-03-03-a is the id of another event"
    ):
        collect_own(tmp_path, rows, [ALL_2025])


def test_the_same_row_twice_is_one_event(tmp_path: Path) -> None:
    rows = [event("2025-03-03-a"), event("2025-03-03-a")]
    claims = [claim(since="2025-03-01", until="2025-03-31")]
    assert collect_own(tmp_path, rows, claims) == [("2025-03-01", 1)]


def test_a_covered_month_without_events_is_a_zero_and_others_are_unknown(tmp_path: Path) -> None:
    claims = [claim(since="2025-02-15", until="2025-04-30")]
    assert collect_own(tmp_path, [event("2025-01-03-a")], claims) == [
        ("2025-03-01", 0),
        ("2025-04-01", 0),
    ]


def test_spans_that_touch_cover_the_period_between_them(tmp_path: Path) -> None:
    claims = [
        claim(since="2025-01-01", until="2025-01-20"),
        claim(since="2025-01-21", until="2025-02-28", grade="full"),
        claim(since="2025-03-02", until="2025-03-31"),
    ]
    assert collect_own(tmp_path, [], claims) == [("2025-01-01", 0), ("2025-02-01", 0)]


def test_an_open_span_covers_what_has_been_released(tmp_path: Path) -> None:
    now = datetime(2025, 3, 7, 23, tzinfo=UTC)  # seven days after February: not yet
    claims = [claim(since="2025-01-01", until="")]
    assert collect_own(tmp_path, [], claims, now=now) == [("2025-01-01", 0)]
    later = datetime(2025, 3, 8, tzinfo=UTC)
    assert len(collect_own(tmp_path, [], claims, now=later)) == 2


def test_where_nobody_looked_nothing_is_known(tmp_path: Path) -> None:
    claims = [claim(scope="IRN-RUS"), claim(kind="crack", category="*")]
    assert collect_own(tmp_path, [event("2025-01-03-a")], claims) == []


def test_a_definition_can_narrow_the_coverage(tmp_path: Path) -> None:
    coverage = [{"from": "2025-02-01", "to": "2025-02-28"}]
    assert collect_own(tmp_path, [], [ALL_2025], coverage=coverage) == [("2025-02-01", 0)]


def test_an_event_known_after_its_periods_release_revises_it(tmp_path: Path) -> None:
    rows = [event("2025-01-05-a"), event("2025-01-30-b", end="2025-02-20")]
    definition = define("ledger", {"kinds": ["display"]}, for_each={"dyad": ["CHN-RUS"]})
    root = own(tmp_path, rows, [claim(since="2025-01-01", until="2025-01-31")])

    readings = collect_shipped(tmp_path, definition, root, shipped=False)
    assert [(one.value, one.known_at) for one in readings] == [
        (1, datetime(2025, 2, 8, tzinfo=UTC)),
        (2, datetime(2025, 2, 28, tzinfo=UTC)),
    ]


def test_what_is_not_known_yet_is_not_counted(tmp_path: Path) -> None:
    rows = [event("2025-01-05-a"), event("2025-01-30-b", end="2025-02-20")]
    claims = [claim(since="2025-01-01", until="2025-01-31")]
    now = datetime(2025, 2, 27, 23, tzinfo=UTC)
    assert collect_own(tmp_path, rows, claims, now=now) == [("2025-01-01", 1)]


def test_intensities_can_be_summed(tmp_path: Path) -> None:
    rows = [event("2025-01-05-a", intensity="2"), event("2025-01-06-b", intensity="5")]
    claims = [claim(since="2025-01-01", until="2025-01-31")]
    options = {"kinds": ["display"], "measure": "intensity"}
    assert collect_own(tmp_path, rows, claims, options=options) == [("2025-01-01", 7)]


def test_poorly_sourced_events_can_be_left_out(tmp_path: Path) -> None:
    rows = [event("2025-01-05-a", confidence="low"), event("2025-01-06-b", confidence="high")]
    claims = [claim(since="2025-01-01", until="2025-01-31")]
    options = {"kinds": ["display"], "confidence": ["high", "medium"]}
    assert collect_own(tmp_path, rows, claims, options=options) == [("2025-01-01", 1)]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (claim(scope="RUS-CHN"), "stand in alphabetical order"),
        (claim(kind="operational", category="parade"), "'parade' is no category of operational"),
        (claim(kind="operational", category="leader-level"), "'leader-level' is no category"),
        (claim(kind="*", category="parade"), r"'parade' is no category of \*"),
        (claim(since="2025-02-01", until="2025-01-01"), "before it starts"),
        (claim(grade="none"), "grade: "),
        (claim(by=""), "by: "),
    ],
)
def test_a_wrong_claim_is_refused_with_its_place(tmp_path: Path, bad: str, reason: str) -> None:
    with pytest.raises(SourceChanged, match=rf"coverage\.csv:2: .*{reason}"):
        collect_own(tmp_path, [], [bad])


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"kinds": []}, "at least 1 item"),
        ({"kinds": ["displays"]}, "kinds"),
        ({"kinds": ["display"], "categories": ["parades"]}, "did you mean 'parade'"),
        ({"kinds": ["display"], "exclude": ["joint_patrol"]}, "is no category of display"),
        ({"kinds": ["crack"], "leader_level": True}, "is said of displays alone"),
        (
            {"kinds": ["display"], "categories": ["anniversary"], "leader_level": True},
            "leave no category to count",
        ),
        ({"kinds": ["display"], "min_intensity": 6}, "less than or equal to 5"),
        ({"kinds": ["display"], "confidence": []}, "at least 1 item"),
        ({"kinds": ["display"], "minimum": 3}, "Extra inputs are not permitted"),
    ],
)
def test_options_that_count_nothing_are_refused(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        LedgerOptions.model_validate(options)
