"""Search patterns of YAML files: regular expressions that take time in proportion to the text."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import re2

from forecaster.domain.actors import actors_of
from forecaster.domain.errors import SourceChanged
from forecaster.domain.lookups import Lookups, folded

LONGEST = 2_000
"""So many characters a pattern may have, as it is written."""

_MAX_MEMORY = 500_000  # bytes of a compiled pattern and its search; more is refused
_PLACEHOLDER = re.compile(r"\{(a|b|actor|dyad)\}")
_EDGE = r"[^\pL\pN_]"  # what may stand beside a whole word, in any script
_ADVICE = {
    "invalid perl operator": "look-around and its like are not understood, because their time "
    "has no bound; list what must not match under 'exclude'",
    "invalid escape sequence": "back-references are not understood, because their time has no "
    "bound; in double quotes YAML itself reads a backslash, so use single ones",
    "pattern too large": "write fewer alternatives, or smaller numbers of repetitions",
}
"""What the engine complains of → what a person may do."""

Words = Callable[[str], Sequence[str]]
"""Country code → the words that tell of it."""


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern; whether it is anywhere in a text is all that is asked of it."""

    compiled: Any  # the library ships no types

    @classmethod
    def of(cls, text: str, *, whole_words: bool) -> Self:
        """Compile a pattern; `ValueError` says why it cannot be."""
        bounded = rf"(?:^|{_EDGE})(?:{text})(?:$|{_EDGE})" if whole_words else text
        try:
            re2.compile(text, _options())  # alone, so that what closes too early is not hidden
            found = cls(re2.compile(bounded, _options()))
        except re2.error as error:
            raise ValueError(_reason(error)) from error
        if found.matches(""):
            raise ValueError("it matches a text without a letter, and so everything")
        return found

    def matches(self, text: str) -> bool:
        """Say whether the pattern is anywhere in a text."""
        return self.compiled.search(text) is not None


def check(text: str, *, whole_words: bool) -> str | None:
    """Say what is wrong with a pattern as it is written, whatever its placeholders stand for."""
    if len(text) > LONGEST:
        return f"a pattern of {len(text):,} characters; at most {LONGEST:,} are read"
    try:
        Pattern.of(_PLACEHOLDER.sub("name", text), whole_words=whole_words)
    except ValueError as error:
        return f"not a pattern: {error}"
    return None


def filled(text: str, scope: str, words: Words, *, whole_words: bool) -> Pattern:
    """Compile a pattern for one scope; a placeholder stands for any word that tells of an actor.

    Raises:
        SourceChanged: Nothing is declared that tells of an actor, or the whole is too large.
    """
    actors = actors_of(scope)
    codes = {"a": actors[:1], "b": actors[-1:], "actor": actors[:1], "dyad": actors}

    def alternatives(found: re.Match[str]) -> str:
        told = [word for code in codes[found[1]] for word in _told(code, words)]
        return f"(?:{'|'.join(map(_whole, told))})"

    try:
        return Pattern.of(_PLACEHOLDER.sub(alternatives, text), whole_words=whole_words)
    except ValueError as error:
        raise SourceChanged(f"the pattern {text!r}, filled in for {scope}: {error}") from error


def words_of(lookups: Lookups, *, names_only: bool) -> Words:
    """Choose what tells of an actor: its names alone, or its people, capital and leaders, too."""
    return lookups.names_of if names_only else lookups.words_of


def searchable(text: str) -> str:
    """Return a text as patterns search it: as names are folded."""
    return folded(text)


def _told(code: str, words: Words) -> Sequence[str]:
    told = words(code)
    if not told:
        raise SourceChanged(f"nothing tells of {code}: declare its names in lookups/actors.yml")
    return sorted(told, key=lambda word: (-len(word), word))


def _whole(word: str) -> str:
    """Quote a word; where it begins or ends with a plain letter, so must the match."""
    before, after = (
        r"\b" if re.match(r"\w", edge, re.ASCII) else "" for edge in (word[0], word[-1])
    )
    return f"{before}{re2.escape(word)}{after}"


def _options() -> Any:  # as above
    options = re2.Options()
    options.case_sensitive = False
    options.dot_nl = True
    options.log_errors = False
    options.max_mem = _MAX_MEMORY
    options.never_capture = True
    return options


def _reason(error: Exception) -> str:
    reason = error.args[0]
    said = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
    return next((f"{said}; {advice}" for key, advice in _ADVICE.items() if key in said), said)
