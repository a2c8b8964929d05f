"""How the changes of a sanctions list are counted once a period is over."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from forecaster.domain.coverage import Grade
from forecaster.domain.observation import Missing, Sighting, Slot
from forecaster.domain.period import Period
from tests.collect.errands import define, open_source


def tally(days: int, labels: Mapping[str, int], **options: Any) -> Any:
    """Count a February of which the lists of so many days were compared."""
    definition = define(
        "sanctions_list", {"list": "ofac_sdn", **options}, for_each={"dyad": ["IRN-RUS"]}
    )
    slots = [
        Slot(name=f"{day} {again}", at=datetime(2026, 2, day, again, tzinfo=UTC), seen=True)
        for day in range(1, days + 1)
        for again in (5, 17)
    ]
    slots.append(Slot(name="first", at=datetime(2026, 2, 28, tzinfo=UTC), seen=False))
    sightings = [
        Sighting(scope=scope, name=f"{label} {number}", day=date(2026, 2, 3), label=label)
        for label, count in labels.items()
        for number in range(count)
        for scope in ("IRN-RUS", "PRK-RUS")
    ]
    source: Any = open_source(definition)
    period = Period.containing(date(2026, 2, 1), definition.frequency)
    return source.tally(definition, "IRN-RUS", period, sightings, slots)


def test_listings_and_extensions_of_the_scope_are_counted() -> None:
    found = tally(28, {"listing": 3, "extension": 1, "delisting": 2})
    assert (found.value, found.grade) == (4, Grade.FULL)
    assert found.details == {"listing": 3, "extension": 1, "delisting": 2, "days_seen": 28}


def test_delistings_are_counted_where_they_are_asked_for() -> None:
    assert tally(28, {"listing": 3, "delisting": 2}, counts=["delisting"]).value == 2


def test_a_period_without_a_change_is_a_zero_only_if_it_was_watched() -> None:
    assert tally(23, {}).value == 0
    assert tally(22, {"listing": 3}).missing is Missing.INCOMPLETE
    assert tally(5, {}, min_share=0.1).value == 0
