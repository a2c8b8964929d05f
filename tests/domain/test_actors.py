"""Actors, dyads and scopes have one spelling each."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecaster.domain.actors import (
    CORE_ACTORS,
    CORE_DYADS,
    WORLD,
    actors_of,
    check_actor,
    check_dyad,
    check_scope,
    dyad,
)

codes = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3)


def test_the_core_dyads_are_all_pairs_of_the_core_actors() -> None:
    pairs = {dyad(one, other) for one, other in permutations(CORE_ACTORS, 2)}

    assert sorted(pairs) == list(CORE_DYADS)
    assert len(CORE_DYADS) == 6


@given(codes, codes)
def test_a_dyad_has_one_name_whoever_is_named_first(one: str, other: str) -> None:
    assert dyad(one, other) == dyad(other, one)


@given(codes, codes)
def test_a_dyads_name_passes_and_gives_its_actors_back(one: str, other: str) -> None:
    if one == other:
        with pytest.raises(ValueError, match="is not a dyad"):
            check_dyad(dyad(one, other))
    else:
        assert set(actors_of(check_dyad(dyad(one, other)))) == {one, other}


def test_a_scope_is_a_dyad_an_actor_or_the_world() -> None:
    assert [check_scope(name) for name in ("CHN-RUS", "CHN", WORLD)] == ["CHN-RUS", "CHN", WORLD]
    assert [actors_of(name) for name in ("CHN-RUS", "CHN", WORLD)] == [
        ("CHN", "RUS"),
        ("CHN",),
        (),
    ]


@pytest.mark.parametrize("code", ["", "CH", "CHNA", "chn", "C1N", "CHN ", "\u0421HN", "CHN\n"])
def test_what_is_no_country_code_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="is not a country code of three capital letters"):
        check_actor(code)


def test_a_dyad_out_of_order_is_refused_with_its_right_name() -> None:
    with pytest.raises(ValueError, match="stand in alphabetical order: CHN-RUS"):
        check_dyad("RUS-CHN")
