"""The shipped catalogue: it loads, covers every role and dyad, and says what it is."""

import csv
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from forecaster.cycle.trying import failures
from forecaster.definitions.load import Loaded, load_catalogue, read_file
from forecaster.definitions.shipped import shipped_root
from forecaster.domain.actors import CORE_DYADS
from forecaster.domain.for_each import fill
from forecaster.domain.indicator import Definition, Family, Role
from forecaster.domain.period import Period


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load_catalogue([shipped_root()])


@pytest.fixture(scope="module")
def catalogue(loaded: Loaded) -> tuple[Definition, ...]:
    return loaded.catalogue


def of_source(catalogue: tuple[Definition, ...], source: str) -> list[Definition]:
    return [each for each in catalogue if each.collect and each.collect.source == source]


def test_every_file_loads(loaded: Loaded) -> None:
    assert loaded.problems == ()
    assert len(loaded.catalogue) == len(list(shipped_root().glob("*.yml")))
    assert len(loaded.catalogue) >= 16


def test_every_role_is_covered(catalogue: tuple[Definition, ...]) -> None:
    assert {definition.role for definition in catalogue} == set(Role)


@pytest.mark.parametrize("role", [Role.DISPLAY, Role.OPERATIONAL, Role.CRACK])
def test_the_core_dyads_are_covered(catalogue: tuple[Definition, ...], role: Role) -> None:
    covered = {scope for each in catalogue if each.role is role for scope in each.scopes}

    unseen = {"IRN-PRK"} if role is Role.CRACK else set()  # the ledger holds no crack of theirs
    assert covered >= set(CORE_DYADS) - unseen


def test_every_definition_says_what_it_is_and_whose(catalogue: tuple[Definition, ...]) -> None:
    for definition in catalogue:
        assert len(definition.proves) > 20, definition.id
        assert len(definition.cannot_say) > 20, definition.id
        assert definition.family is not Family.AUTO, definition.id
        assert definition.lag >= timedelta(days=1), definition.id


@pytest.mark.parametrize("path", sorted(shipped_root().glob("*.yml")), ids=lambda path: path.stem)
def test_every_definition_carries_tests_and_keeps_them(path: Path) -> None:
    definition = read_file(path)

    assert definition.tests
    assert [fault for test in definition.tests for fault in failures(definition, test)] == []


def test_titles_tell_scopes_apart(catalogue: tuple[Definition, ...]) -> None:
    titles = Counter(
        definition.title_for(scope) for definition in catalogue for scope in definition.scopes
    )

    assert max(titles.values()) == 1
    assert not any("{" in title for title in titles)


def test_every_series_of_history_lies_in_the_file_by_that_frequency(
    catalogue: tuple[Definition, ...],
) -> None:
    with (shipped_root() / "history" / "series.csv").open() as file:
        held = {(row["series"], row["scope"], row["frequency"]) for row in csv.DictReader(file)}

    for definition in of_source(catalogue, "history"):
        for scope in definition.scopes:
            series = fill(str(definition.collect.options["series"]), scope)
            assert (series, scope, definition.frequency) in held, definition.id


def test_coverage_of_history_ends_with_the_data(catalogue: tuple[Definition, ...]) -> None:
    with (shipped_root() / "history" / "series.csv").open() as file:
        rows = list(csv.DictReader(file))

    for definition in of_source(catalogue, "history"):
        series = definition.collect.options["series"]
        starts = [
            row["period_start"]
            for row in rows
            if row["series"] == series and row["scope"] in definition.scopes
        ]
        (coverage,) = definition.coverage
        assert coverage.until, definition.id
        last = Period.containing(coverage.until, definition.frequency)
        assert coverage.until == last.last_day, definition.id
        assert str(last) <= max(starts), definition.id
        assert str(last.shift(1)) >= max(starts), definition.id  # of the last a part may be seen


def test_shares_stay_within_their_whole(catalogue: tuple[Definition, ...]) -> None:
    with (shipped_root() / "history" / "series.csv").open() as file:
        rows = list(csv.DictReader(file))

    for definition in of_source(catalogue, "history"):
        if definition.family is Family.SHARE:
            values = [
                float(row["value"])
                for row in rows
                if row["series"] == definition.collect.options["series"]
            ]
            assert 0 <= min(values) <= max(values) <= definition.whole, definition.id
            assert max(values) > definition.whole / 1000, definition.id


def test_live_sources_are_asked_every_quarter_of_an_hour(
    catalogue: tuple[Definition, ...],
) -> None:
    fed = of_source(catalogue, "gdelt_events")
    live = [each for each in fed if each.collect.options.get("feeds") != ["daily_v1"]]

    assert live
    assert {definition.collect.schedule for definition in live} == {"*/15 * * * *"}
    assert all(not definition.coverage for definition in live)
