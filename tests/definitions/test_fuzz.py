"""Whatever the text: a definition, or a refusal that says where; never anything else."""

from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from forecaster.definitions.load import read_file
from forecaster.domain.errors import DefinitionsRefused
from forecaster.domain.indicator import Definition

_GOOD = {
    "title": "Joint statements",
    "role": "display",
    "unit": "reports",
    "frequency": "week",
    "collect": "{source: history, series: gpr-index}",
    "coverage": "{from: 2018-01-01}",
    "attribution": "Nobody",
    "license": "{name: CC0, redistribution: 'no'}",
    "thresholds": "[{id: surge, above: 10, within: 4}]",
    "alerts": "[{id: likely, probability: surge, above: 0.6}]",
}
_PIECES = st.sampled_from([
    *("title", "role", "collect", "source", "thresholds", "for", "<<", "display", "history"),
    *(": ", ":\n  ", "\n", "- ", "[", "]", "{", "}", ", ", "'", '"', "&a ", "*a", "!t ", "|\n"),
    *("#", "? ", "\t", "%", "@", "---\n", "010", ".inf", "~", "yes", "{a}", "\ufeff", "\0"),
])  # fmt: skip
_VALUES = st.recursive(
    st.one_of(
        st.text(alphabet=st.characters(codec="utf-8"), max_size=8).map(repr),
        st.sampled_from(["", "~", "0", "-1", "1e400", "010", "yes", "true", "all", "week", "{a}"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(st.sampled_from(["id", "above", "source", "x"]), inner, max_size=3).map(
            lambda each: "{" + ", ".join(f"{key}: {value}" for key, value in each.items()) + "}"
        ),
    ),
    max_leaves=6,
)


@settings(deadline=None)  # the first text pays for the imports of the sources
@given(st.text())
@example("a: !!python/name:os.system")
@example("\r\n\r")
def test_any_text(text: str) -> None:
    _read(text)


@settings(deadline=None)
@given(st.lists(_PIECES, max_size=30).map("".join))
def test_any_pieces_of_yaml(text: str) -> None:
    _read(text)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*_GOOD, "for_each", "lag", "license"]), _VALUES))
def test_any_values_in_a_good_definition(wrong: dict[str, str]) -> None:
    _read("".join(f"{name}: {value}\n" for name, value in {**_GOOD, **wrong}.items()))


@settings(deadline=None)
@given(st.integers(0, 300), st.characters())
def test_any_character_more(place: int, character: str) -> None:
    text = "".join(f"{key}: {value}\n" for key, value in _GOOD.items())
    _read(text[:place] + character + text[place:])


def _read(text: str) -> None:
    problems: tuple[object, ...] = ()
    try:
        assert isinstance(read_file(Path("any.yml"), text), Definition)
    except DefinitionsRefused as error:
        problems = error.problems
        assert problems
    lines = text.count("\n") + text.count("\r") + 1
    for problem in problems:
        file, line, _ = str(problem).split(":", 2)
        assert file == "any.yml"
        assert 1 <= int(line) <= lines + 1
