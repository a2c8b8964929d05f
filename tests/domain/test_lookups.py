"""Names of others are looked up as declared; none is guessed."""

import pytest

from forecaster.domain.errors import UnknownName
from forecaster.domain.lookups import Lookups, folded

LOOKUPS = Lookups(
    actors={folded(name): "IRN" for name in ("Iran (Islamic Republic of)", "Iran")},
    feeds={"tass": "https://tass.example/rss.xml"},
)


@pytest.mark.parametrize("name", ["Iran", "IRAN", " iran ", "Iran  (Islamic\nRepublic of)"])
def test_case_and_space_do_not_count(name: str) -> None:
    assert LOOKUPS.actor(name) == "IRN"


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="no actor named 'irann'; did you mean 'iran'"):
        LOOKUPS.actor("irann")


def test_a_feed_has_an_address() -> None:
    assert LOOKUPS.feed("TASS") == "https://tass.example/rss.xml"


def test_the_names_of_a_country_are_listed() -> None:
    assert LOOKUPS.names_of("IRN") == ("iran (islamic republic of)", "iran")
