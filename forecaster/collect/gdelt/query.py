"""A query to GDELT's DOC 2.0 as a definition writes it, and as each scope fills it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from forecaster.collect.gdelt.doc import LONGEST_QUERY
from forecaster.domain.actors import Actor, actors_of
from forecaster.domain.base import Frozen
from forecaster.domain.errors import SourceChanged
from forecaster.domain.faults import Fault, refuse

Words = Annotated[
    tuple[Annotated[str, Field(min_length=2, max_length=60)], ...], Field(min_length=1)
]


Name = Annotated[str, Field(min_length=2, max_length=60)]
Names = Annotated[tuple[Name, ...], Field(min_length=1)]


class GdeltDocOptions(Frozen):
    """What is asked, and what is made of the answer."""

    query: str = Field(
        min_length=3,
        max_length=LONGEST_QUERY,
        description="in the service's own syntax; {a} {b} {actor} stand for the names of a scope",
    )
    names: Mapping[Actor, Names] = Field(
        default={}, description="country → how articles name it, such as CHN: [China, Chinese]"
    )
    mode: Literal["timelinevolraw", "timelinetone", "artlist"] = Field(
        default="timelinevolraw",
        description="the volume of articles, their mean tone, or the articles themselves",
    )
    measure: Literal["share", "count"] | None = Field(
        default=None,
        description="of timelinevolraw: the share of all articles (as in 'whole'), or their count",
    )
    deduplicate: Literal["title", "url"] | None = Field(
        default=None,
        description="of artlist: articles with the same words in the title count once, or each "
        "address counts",
    )
    base_url: str = Field(
        default="https://api.gdeltproject.org/api/v2/doc/doc", pattern=r"^https?://\S*[^/?\s]$"
    )
    pace_seconds: float = Field(
        default=5, ge=0, le=600, description="between two requests; the service asks for five"
    )

    @model_validator(mode="after")
    def _means_something(self) -> Self:
        refuse(
            self._idle("measure", "timelinevolraw"),
            self._idle("deduplicate", "artlist"),
            *self._unnamed(),
            *self._misspelt(),
        )
        return self

    def filled(self, scope: str) -> str:
        """Return the query for a scope; `SourceChanged` if an actor of it has no name."""
        actors = actors_of(scope)
        text = self.query
        for placeholder, actor in zip(("{a}", "{b}"), actors, strict=False):
            text = self._put(text, placeholder, actor)
        return self._put(text, "{actor}", scope)

    def _put(self, text: str, placeholder: str, actor: str) -> str:
        if placeholder not in text:
            return text
        if actor not in self.names:
            raise SourceChanged(f"{actor} has no name for {placeholder} under 'collect.names'")
        return text.replace(placeholder, _any_of(self.names[actor]))

    def _idle(self, option: str, mode: str) -> Fault | None:
        if getattr(self, option) is None or self.mode == mode:
            return None
        return Fault(f"{option!r} says something of mode {mode} only", (option,))

    def _unnamed(self) -> Iterator[Fault]:
        if re.search(r"\{(a|b|actor)\}", self.query) and not self.names:
            yield Fault(
                "the query holds a placeholder; say under 'names' what fills it", ("query",)
            )
        if unknown := re.findall(r"\{(?!(?:a|b|actor)\})[^}]*\}", self.query):
            yield Fault(f"{unknown[0]} is not a placeholder of a query", ("query",))

    def _misspelt(self) -> Iterator[Fault]:
        """Find queries that the service would refuse: too long, or with OR outside parentheses."""
        scopes = ["-".join(pair) for pair in combinations(sorted(self.names), 2)] + [*self.names]
        fits = [scope for scope in scopes if ("-" in scope) != ("{actor}" in self.query)]
        longest = max((self.filled(scope) for scope in fits), key=len, default=self.query)
        if len(longest) > LONGEST_QUERY:
            yield Fault(
                f"filled, the query has {len(longest)} characters, and the service takes "
                f"{LONGEST_QUERY}: {longest}",
                ("query",),
            )
        if re.search(r"\bOR\b", re.sub(r"\([^()]*\)|\"[^\"]*\"", "", longest)):
            yield Fault("OR stands only within parentheses: (drill OR exercise)", ("query",))


def _any_of(words: Sequence[str]) -> str:
    quoted = [f'"{word}"' if " " in word else word for word in words]
    return quoted[0] if len(quoted) == 1 else f"({' OR '.join(quoted)})"
