"""What a definition asserts of its source is held against every run, before anything is kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from forecaster.collect.source import Batch
from forecaster.cycle.harvest import MOST_READINGS, Harvest
from forecaster.cycle.rehearsing import Stage, staged
from forecaster.domain.errors import SourceChanged
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Reading
from forecaster.domain.period import Frequency, Period
from forecaster.domain.run import Run, RunStatus
from tests.collect.errands import define

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def asserting(**assertions: Any) -> Definition:
    options = {"url": "https://data.example.org/rows.csv", "date": "day", "value": "value"}
    return define(
        "http_csv",
        options,
        title="Tried",
        for_each=None,
        frequency="day",
        lag="1 day",
        assertions=assertions,
    )


@dataclass
class Source:
    """Answers with one row for each value, a day each, the last one on the second of March."""

    values: Sequence[float]
    extra: str = ""

    def __call__(self, _request: httpx.Request) -> httpx.Response:
        days = [datetime(2026, 3, 2, tzinfo=UTC) - n * 24 * HOUR for n in range(len(self.values))]
        rows = [
            f"{day:%Y-%m-%d},{value}{self.extra and ',x'}"
            for day, value in zip(reversed(days), self.values, strict=True)
        ]
        text = "\n".join([f"day,value{self.extra}", *rows]) + "\n"
        return httpx.Response(200, text=text, headers={"Content-Type": "text/csv"})


@pytest.fixture
def source() -> Source:
    return Source([1.0, 2.0, 3.0, 4.0])


@pytest.fixture
def stage(request: pytest.FixtureRequest, source: Source) -> Iterator[Stage]:
    with staged(asserting(**request.param), httpx.MockTransport(source), now=NOW) as stage:
        yield stage


def known(stage: Stage) -> list[tuple[float | None, str | None]]:
    [series] = stage.known().values()
    return [(seen.value, seen.doubtful) for seen in series]


def run(stage: Stage, hours: int = 0) -> Run:
    return stage.collect(NOW + hours * HOUR)


GOOD = [(1.0, None), (2.0, None), (3.0, None), (4.0, None)]


@pytest.mark.parametrize("stage", [{"rows": {"min": 3}}], indirect=True)
def test_too_few_rows_fail_the_run_and_what_stood_stays(stage: Stage, source: Source) -> None:
    first = run(stage)
    source.values = [9.0, 9.0]
    second = run(stage, 1)

    assert (first.status, first.rows) == (RunStatus.OK, 4)
    assert second.status is RunStatus.CHANGED
    assert "2 rows were read; assertions.rows.min is 3" in str(second.error)
    assert known(stage) == GOOD


@pytest.mark.parametrize("stage", [{"rows_change": 0.5}], indirect=True)
def test_a_source_that_shrank_fails_the_run_until_it_is_whole_again(
    stage: Stage, source: Source
) -> None:
    run(stage)
    source.values = [9.0]
    assert run(stage, 1).status is RunStatus.CHANGED
    assert run(stage, 2).status is RunStatus.CHANGED
    source.values = [1.0, 2.0, 3.0, 5.0]
    assert run(stage, 3).status is RunStatus.OK
    assert known(stage)[-1] == (5.0, None)


@pytest.mark.parametrize("stage", [{"rows_change": 0.5}], indirect=True)
def test_ten_times_more_than_usual_is_kept_and_doubtful(stage: Stage, source: Source) -> None:
    run(stage)
    source.values = [7.0] * 40
    grown = run(stage, 1)
    assert (grown.status, grown.doubtful) == (RunStatus.OK, 40)
    assert {doubt for _, doubt in known(stage)} == {
        "40 rows were read, 4 the last time (assertions.rows_change)"
    }


@pytest.mark.parametrize("stage", [{"values": {"max": 3}}], indirect=True)
def test_a_value_out_of_bounds_is_kept_and_doubtful(stage: Stage) -> None:
    assert run(stage).doubtful == 1
    assert known(stage) == [*GOOD[:3], (4.0, "4 is more than assertions.values.max, 3")]


@pytest.mark.parametrize("stage", [{"max_age": "3 days"}], indirect=True)
def test_a_source_that_stands_still_becomes_stale_and_keeps_its_values(stage: Stage) -> None:
    assert run(stage).status is RunStatus.OK
    late = run(stage, 3 * 24)
    assert late.status is RunStatus.STALE
    assert "the newest value is of the day of 2026-03-02" in str(late.error)
    assert known(stage) == GOOD


@pytest.mark.parametrize("stage", [{}], indirect=True)
def test_columns_that_came_and_went_are_named_once(stage: Stage, source: Source) -> None:
    assert run(stage).notes == ()
    source.extra = ",note"
    assert run(stage, 1).notes == ("new fields: note",)
    assert run(stage, 2).notes == ()
    source.extra = ""
    assert run(stage, 3).notes == ("fields vanished: note",)


@pytest.mark.parametrize("stage", [{}], indirect=True)
def test_a_run_of_more_values_than_anybody_wants_keeps_none(stage: Stage) -> None:
    first = Period.containing(date(2020, 1, 1), Frequency.DAY)
    reading = Reading(scope="WORLD", period=first, value=1.0)
    batch = Batch(readings=(reading,) * (MOST_READINGS // 2 + 1))
    harvest = Harvest(
        stage.tools.database, stage.definition, 1, NOW, recorded_at=NOW, inferred=False
    )
    believed = harvest.believed([batch, batch])
    with pytest.raises(SourceChanged, match="more than 500,000 values in one run"):
        next(believed)
