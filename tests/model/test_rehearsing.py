"""The report of a backtest, for people to read."""

from forecaster.domain.indicator import Family
from forecaster.model.method import roster
from forecaster.model.rehearsing import report
from tests.model.series import definition, inputs, random

NOISE = random(1).normal(size=60)
DECLARED = definition(family=Family.REAL, above=1.0, within=2, horizon=3)


def test_the_backtest_reports_every_candidate_at_every_step() -> None:
    found = report(inputs(NOISE, DECLARED))

    assert [one.method for one in found[::3]] == [*sorted(roster(Family.REAL, ())), "pool"]
    assert [one.step for one in found[:3]] == [1, 2, 3]
    assert all(one.crps > 0 and one.pinball > 0 and 0 <= one.coverage_80 <= 1 for one in found)
    assert [one.skill for one in found if one.method == "climatology"] == [0.0] * 3
    assert all(one.dm_p is None for one in found if one.method == "climatology")
    assert all(one.skill < 1 and 0 <= (one.dm_p or 0) <= 1 for one in found)
    assert [one.brier is None for one in found[:3]] == [True, False, True]


def test_the_backtest_of_a_series_without_origins_is_empty() -> None:
    assert report(inputs(NOISE[:9], DECLARED)) == ()
