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


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("People's", "People\N{RIGHT SINGLE QUOTATION MARK}s"),
        ("T\u00dcRK\u0130YE", "T\u00fcrkiye"),
        ("\uff35\uff33\uff33\uff32", "ussr"),
    ],
)
def test_shapes_of_letters_do_not_count(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_words_tell_of_a_country_beside_its_names() -> None:
    lookups = Lookups(actors={"iran": "IRN"}, words={"tehran": "IRN", "iran": "IRN"})
    assert lookups.words_of("IRN") == ("iran", "tehran")


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="no actor named 'irann'; did you mean 'iran'"):
        LOOKUPS.actor("irann")


def test_a_feed_has_an_address() -> None:
    assert LOOKUPS.feed("TASS") == "https://tass.example/rss.xml"


def test_the_names_of_a_country_are_listed() -> None:
    assert LOOKUPS.names_of("IRN") == ("iran (islamic republic of)", "iran")
