"""A YAML that wants to do harm, or that readers would take in different ways, is refused."""

from time import process_time

import pytest
import yaml

from forecaster.definitions.document import read_document
from tests.definitions.conftest import Said

_ROLES = "display, operational, crack, hedging, posture, context"
_BOMB = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [*{before}, *{before}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize("loader", [yaml.SafeLoader, yaml.CSafeLoader])
@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a: !!python/object/apply:os.system [x]", (1, 4), "only plain YAML is read"),
        ("a: !!str 1", (1, 4), "'tag:yaml.org,2002:str' is a tag"),
        ("a: !local 1", (1, 4), "'!local' is a tag"),
        ("a: ! 1", (1, 4), "'!' is a tag"),
        ("a: !x!y 1", (1, 4), "not valid YAML: found undefined tag handle"),
        ("a: &x 1", (1, 4), "'x' is an anchor"),
        ("a: *x", (1, 4), "'x' is an alias; write the value out"),
        ("a: {<<: {b: 1}}", (1, 5), "merge keys are not understood"),
        ("a: 1\nb: 2\na: 3", (3, 1), "'a' stands twice; first on line 1"),
        ("a: {b: 1, b: 2}", (1, 11), "'b' stands twice; first on line 1"),
        ("1: a", (1, 1), "the name of a field is text"),
        ("[a, b]: c", (1, 1), "the name of a field is text"),
        ("~: a", (1, 1), "the name of a field is text"),
        ("a: 1\n---\nb: 2", (2, 1), "a file holds one definition"),
        ("a: 1\n...\n---\nb: 2", (3, 1), "a file holds one definition"),
        ("", (1, 1), "the file is empty; a definition begins with 'title:'"),
        ("# nothing but this\n", (1, 1), "the file is empty"),
        ("a:\n\tb: 1", (2, 1), "indent with spaces, not tabs"),
        ("a: b: c", (1, 5), "is this line indented like its neighbours"),
        ("a: @x", (1, 4), "put text that begins with @, ` or % in quotes"),
        ("a: 'x", (1, 4), "a quote is opened and never closed"),
        ("\na: [1, 2", (2, 4), "'[' is opened and not closed"),
        ("a: {b: 1", (1, 4), "'{' is opened and not closed"),
        ("%YAML 3.0\n---\na: 1", (1, 1), "not valid YAML: found incompatible YAML document"),
        ("a: x\0", (1, 5), "U+0000 (control character) may not stand in a definition"),
        ('a: "\\0"', (1, 4), "U+0000 (control character) may not stand"),
        ('a: "\\e[31m"', (1, 4), "U+001B (control character) may not stand"),
        ("a: x\ny: \x1b[31m", (2, 4), "U+001B (control character) may not stand"),
        ("a: x\x85b: 2", (1, 5), "U+0085 (control character) may not stand"),
        ("a: x\u2028b: 2", (1, 5), "U+2028 (line separator) may not stand"),
        ("a: \u202egnp", (1, 4), "U+202E (right-to-left override) may not stand"),
        ("a: x\ufeff", (1, 5), "U+FEFF (zero width no-break space) may not stand"),
        ("a: \ud800", (1, 4), "U+D800 (control character) may not stand"),
        ("a: 010", (1, 4), "010 is ambiguous; write 10, or '010' in quotes if it is text"),
        ("a: -08", (1, 4), "-08 is ambiguous; write -8, or '-08' in quotes if it is text"),
        ("a: 0o17", (1, 4), "0o17: write the number in decimal, or text in quotes"),
        ("a: 0xFF", (1, 4), "0xFF: write the number in decimal, or text in quotes"),
        ("a: .inf", (1, 4), ".inf is not a finite number"),
        ("a: -.INF", (1, 4), "-.INF is not a finite number"),
        ("a: .nan", (1, 4), ".nan is not a finite number"),
        ("a: 1e999", (1, 4), "1e999 is too large a number"),
        ("a: 9223372036854775808", (1, 4), "9223372036854775808 is too large a number"),
        ("a: " + "9" * 5000, (1, 4), "a number of 5000 characters; at most 40 are read"),
        ("a: " + "[" * 21 + "]" * 21, (1, 24), "more than 20 levels deep"),
        ("a: " + "{b: " * 21 + "}" * 21, (1, 81), "more than 20 levels deep"),
    ],
)
def test_what_is_refused_is_told_where_it_stands(
    loader: type, text: str, place: tuple[int, int], message: str
) -> None:
    mistake = read_document(text, loader).mistakes[0]

    assert mistake.place == place
    assert message in mistake.message


@pytest.mark.parametrize("loader", [yaml.SafeLoader, yaml.CSafeLoader])
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("y", "y"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("10", 10),
        ("+10", 10),
        ("-0", 0),
        ("0", 0),
        ("9223372036854775807", 9223372036854775807),
        ("0.5", 0.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("007.5", 7.5),
        ("1_000", "1_000"),
        ("12:30:00", "12:30:00"),
        ("2024-01-01", "2024-01-01"),
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
        ("'10'", "10"),
        ('"true"', "true"),
        ("0b11", "0b11"),
        ("\uff11\uff10", "\uff11\uff10"),  # digits of another script
        ("=", "="),
        ("infinity", "infinity"),
        ("nan", "nan"),
        ('"\\t a\\n"', "\t a\n"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),  # Persian needs its joiner
    ],
)
def test_plain_values_mean_what_the_core_schema_of_yaml_1_2_says(
    loader: type, text: str, value: object
) -> None:
    document = read_document(f"a: {text}", loader)

    assert document.mistakes == ()
    assert document.value == {"a": value}
    assert document.value is not None
    assert type(document.at(("a",))) is type(value)


def test_norway_is_a_country_and_not_a_falsehood(good: str, said: Said) -> None:
    text = good.replace("{a} and {b}", "{actor}").replace("{dyad: all}", "{actor: [NOR, NO]}")

    assert said(text) == ["6:25: 'NO' is not a country code of three capital letters, such as CHN"]


def test_an_alias_bomb_is_refused_without_going_off(said: Said) -> None:
    began = process_time()

    messages = said(_BOMB)

    assert any("is an alias" in message for message in messages)
    assert process_time() - began < 5


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 400_000,
        "[" * 900_000,
        "- " * 400_000,
        "? " * 400_000,
        "a: [" + "[]," * 300_000 + "]",
        "a: [" + "*x," * 300_000 + "]",
        "".join(f"field{number}: 1\n" for number in range(60_000)),
        "role: " + "x" * 900_000,
        "x" * 900_000 + ": 1",
        "x: 1\n" * 150_000,
        "collect: {source: history, " + "a: {" * 1000 + "}" * 1001,
        "methods: [" + "n," * 300_000 + "]",
        "thresholds: [" + "{}," * 300_000 + "]",
        "title: '" + "{a}" * 300_000 + "'",
    ],
)
def test_a_large_hostile_text_is_refused_soon(said: Said, text: str) -> None:
    began = process_time()

    messages = said(text)

    assert 0 < len(messages) <= 100
    assert max(map(len, messages)) < 400
    assert process_time() - began < 5


def test_a_text_of_more_than_a_megabyte_is_not_read(said: Said) -> None:
    too_large = ["1:1: larger than 1,000,000 bytes; a definition is short"]

    assert said("#" * 1_000_001) == too_large
    assert said("#" + "\u20ac" * 333_334) == too_large


def test_a_long_name_is_shown_short(good: str, said: Said) -> None:
    (message,) = said(good.replace("role: display", f"role: {'x' * 1000}"))

    assert message == f"2:7: expected one of {_ROLES}, found '{'x' * 57}...'"


def test_reading_goes_on_after_what_was_refused(good: str, said: Said) -> None:
    text = good.replace("week", "&w week").replace("1 day", "!!str 1 day").replace("real", "reel")

    assert [message.split(":")[0] for message in said(text)] == ["4", "7", "9"]


def test_what_could_not_be_read_is_not_called_wrong_as_well(good: str, said: Said) -> None:
    assert said(good.replace("within: 4", "within: 04")) == [
        "10:45: 04 is ambiguous; write 4, or '04' in quotes if it is text"
    ]
