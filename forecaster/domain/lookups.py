"""Names that sources use → what they stand for; looked up as declared, never guessed."""

import unicodedata
from collections.abc import Mapping

from forecaster.domain.base import Frozen
from forecaster.domain.errors import UnknownName


def folded(name: str) -> str:
    """Return a name as it is compared.

    Case, width, runs of space, the shape of an apostrophe and a Turkish dot do not count.
    """
    plain = unicodedata.normalize("NFKC", name).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    undotted = plain.casefold().replace("i\N{COMBINING DOT ABOVE}", "i")
    return " ".join(undotted.split())


class Lookups(Frozen):
    """The declared names of actors and of feeds; keys are folded.

    `words` tell in running text that it speaks of an actor, and are no names of it: the people
    of a country, its capital, its leaders. `actor` does not know them.
    """

    actors: Mapping[str, str] = {}
    words: Mapping[str, str] = {}
    feeds: Mapping[str, str] = {}

    def actor(self, name: str) -> str:
        """Return the country code of a name; `UnknownName` if nobody declared it."""
        return _found("actor", name, self.actors)

    def feed(self, name: str) -> str:
        """Return the address of a feed; `UnknownName` if nobody declared it."""
        return _found("feed", name, self.feeds)

    def names_of(self, code: str) -> tuple[str, ...]:
        """List the folded names that stand for a country, for use in a search."""
        return tuple(name for name, actor in self.actors.items() if actor == code)

    def words_of(self, code: str) -> tuple[str, ...]:
        """List the folded names of a country and the words that tell of it."""
        told = (word for word, actor in self.words.items() if actor == code)
        return tuple(dict.fromkeys((*self.names_of(code), *told)))


def _found(kind: str, name: str, known: Mapping[str, str]) -> str:
    try:
        return known[folded(name)]
    except KeyError:
        raise UnknownName(kind, name, known) from None
