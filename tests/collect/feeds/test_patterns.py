"""Patterns: what they find, what fills them, and that they take no time."""

import time

import pytest

from forecaster.collect.feeds.patterns import Pattern, check, filled, searchable, words_of
from forecaster.definitions.lookups import load_lookups
from forecaster.definitions.shipped import shipped_root
from forecaster.domain.errors import SourceChanged
from forecaster.domain.lookups import Lookups

SHIPPED = load_lookups((shipped_root(),)).lookups
WORDS = words_of(SHIPPED, names_only=False)


def finds(pattern: str, scope: str, text: str, *, names_only: bool = False) -> bool:
    words = words_of(SHIPPED, names_only=names_only)
    return filled(pattern, scope, words, whole_words=True).matches(searchable(text))


@pytest.mark.parametrize(
    ("pattern", "scope", "text"),
    [
        ("{a}", "CHN-RUS", "Xi Jinping\N{RIGHT SINGLE QUOTATION MARK}s guests"),
        ("{b}", "CHN-RUS", "the Kremlin said"),
        ("{a}.*{b}|{b}.*{a}", "CHN-RUS", "Moscow and Beijing"),
        ("{a}-{b} (talks|drills)", "CHN-RUS", "Sino wrote: China-Russia drills"),
        ("{b}", "CHN-PRK", "N. Korea fires a missile"),
        ("{b}", "CHN-PRK", "Democratic People\N{RIGHT SINGLE QUOTATION MARK}s Republic of Korea"),
        ("{actor}", "USA", "the U.S. Treasury"),
        ("{actor} sanctions", "PRK", "DPRK SANCTIONS"),
        ("{dyad}", "IRN-RUS", "Tehran alone"),
    ],
)
def test_a_placeholder_stands_for_the_words_of_its_actor(
    pattern: str, scope: str, text: str
) -> None:
    assert finds(pattern, scope, text)


@pytest.mark.parametrize(
    ("pattern", "scope", "text"),
    [
        ("{a}", "CHN-RUS", "Indochina"),
        ("{b}", "IND-USA", "tell us more"),
        ("{b}", "CHN-PRK", "South Korea and Koreans"),
        ("{a} {b}", "CHN-RUS", "Chinatown Russian"),
        ("{b}", "CHN-RUS", "Belarusian"),
    ],
)
def test_a_placeholder_stands_for_nothing_else(pattern: str, scope: str, text: str) -> None:
    assert not finds(pattern, scope, text)


def test_names_alone_know_no_capitals() -> None:
    assert not finds("{a}", "CHN-RUS", "Beijing", names_only=True)


def test_whole_words_end_where_letters_of_any_script_do() -> None:
    assert Pattern.of("визит", whole_words=True).matches("«визит» в китай")
    assert not Pattern.of("визит", whole_words=True).matches("визитка")


def test_a_name_is_no_pattern() -> None:
    lookups = Lookups(actors={"a.b (c": "CHN", "russia": "RUS"})
    pattern = filled("{a}", "CHN-RUS", words_of(lookups, names_only=True), whole_words=True)
    assert pattern.matches("see a.b (c")
    assert not pattern.matches("see axb (c")


def test_an_actor_of_whom_nothing_tells_is_said() -> None:
    with pytest.raises(
        SourceChanged, match=r"nothing tells of ZZZ: declare .*lookups/actors\.yml"
    ):
        filled("{b}", "CHN-ZZZ", WORDS, whole_words=True)


def test_a_pattern_that_grows_too_large_when_filled_in_is_said() -> None:
    with pytest.raises(SourceChanged, match=r"filled in for CHN-RUS: .*fewer alternatives"):
        filled("({a}{b}){400}", "CHN-RUS", WORDS, whole_words=True)


def test_a_good_pattern_has_nothing_wrong_with_it() -> None:
    assert check(r"{a}|visit(s|ed)?|\bS-\d00\b", whole_words=True) is None


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(\w*\s*)*!", "(x|x|x)*y"])
def test_no_pattern_hangs(pattern: str) -> None:
    compiled = Pattern.of(pattern + "z", whole_words=False)
    started = time.monotonic()
    compiled.matches("a" * 100_000 + "x" * 100_000)
    assert time.monotonic() - started < 2
