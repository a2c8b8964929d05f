"""What may stand under `collect:` of the source `feed`."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, model_validator

from forecaster.collect.feeds import patterns
from forecaster.domain.base import Frozen
from forecaster.domain.faults import Fault, refuse

UNDATED = "undated"
"""The mark of an item without a date; no pattern bears this name."""

_ADDRESS = r"^https?://[^\s/]+\S*$"
_NAME = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_PatternName = Annotated[str, Field(pattern=_NAME, max_length=20)]
_Pattern = Annotated[str, Field(min_length=1)]


class NamedFeed(Frozen):
    """One feed: a name from lookups/feeds.yml, or any name and an address."""

    name: str = Field(pattern=_NAME, max_length=60, description="one of lookups/feeds.yml")
    url: str | None = Field(
        default=None, pattern=_ADDRESS, description="its address, unless the lookup has it"
    )
    zone: str = Field(
        default="UTC", description="zone of its times that name none, such as 'Asia/Kolkata'"
    )


class FeedOptions(Frozen):
    """Which items of which feeds are counted, and how."""

    feeds: tuple[str | NamedFeed, ...] = Field(
        min_length=1,
        max_length=50,
        description="names from lookups/feeds.yml, addresses, or {name: …, url: …, zone: …}",
    )
    patterns: Mapping[_PatternName, _Pattern] = Field(
        default={},
        max_length=6,
        description="name: regular expression (RE2); an item counts if any matches, and each is "
        "told apart; {a} {b} {actor} stand for any word that tells of that actor",
    )
    include: tuple[_Pattern, ...] = Field(
        default=(), max_length=20, description="patterns of which every one must match"
    )
    exclude: tuple[_Pattern, ...] = Field(
        default=(), max_length=20, description="patterns of which none may match"
    )
    search: tuple[Literal["title", "summary"], ...] = Field(
        default=("title",), min_length=1, description="where patterns are looked for"
    )
    whole_words: bool = Field(
        default=True, description="false for scripts that put no space between words"
    )
    actors: Literal["words", "names"] = Field(
        default="words",
        description="what tells of an actor: names alone, or also people, capital, leaders",
    )
    count: Literal["items", "stories"] = Field(
        default="items", description="stories: headlines in nearly the same words count once"
    )
    measure: Literal["count", "share"] = Field(
        default="count", description="share: of all items of the feeds, in the unit of 'whole'"
    )
    updates: Literal["ignore", "count"] = Field(
        default="ignore", description="whether an item that comes again with another date is new"
    )
    min_share: float = Field(
        default=0.8,
        gt=0,
        le=1,
        description="share of a period's days on which each feed must have been read",
    )

    @model_validator(mode="after")
    def _can_be_used(self) -> Self:
        refuse(*self._wrong_feeds(), *self._wrong_patterns())
        return self

    @cached_property
    def named(self) -> tuple[NamedFeed, ...]:
        """List the feeds, each with a name: that of its host, if it has no other."""
        return tuple(feed if isinstance(feed, NamedFeed) else _named(feed) for feed in self.feeds)

    def _wrong_feeds(self) -> Iterator[Fault]:
        names: set[str] = set()
        for at, feed in enumerate(self.feeds):
            if isinstance(feed, str) and _wrong_name(feed):
                yield Fault(
                    f"{feed[:60]!r} is neither the name of a feed nor an address", ("feeds", at)
                )
                continue
            named = feed if isinstance(feed, NamedFeed) else _named(feed)
            if named.name in names:
                message = f"another feed is named {named.name!r}; give each a name of its own"
                yield Fault(message, ("feeds", at))
            names.add(named.name)
            if not _known_zone(named.zone):
                message = f"no time zone is named {named.zone[:60]!r}, such as 'Asia/Kolkata'"
                yield Fault(message, ("feeds", at, "zone"))

    def _wrong_patterns(self) -> Iterator[Fault]:
        written: list[tuple[tuple[str | int, ...], str]] = [
            *((("patterns", name), text) for name, text in self.patterns.items()),
            *((("include", at), text) for at, text in enumerate(self.include)),
            *((("exclude", at), text) for at, text in enumerate(self.exclude)),
        ]
        if not self.patterns and not self.include:
            yield Fault("without 'patterns' or 'include' every item of the feeds would count")
        if UNDATED in self.patterns:
            yield Fault(f"{UNDATED!r} marks items without a date", ("patterns", UNDATED))
        for place, text in written:
            wrong = patterns.check(text, whole_words=self.whole_words)
            if wrong is not None:
                yield Fault(wrong, place)


def _named(text: str) -> NamedFeed:
    """Give a feed that is only an address the name of its host."""
    if "://" not in text:
        return NamedFeed(name=text)
    host = (urlsplit(text).hostname or "").removeprefix("www.")
    words = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in host)
    return NamedFeed(name="-".join(words.lower().split())[:60].strip("-"), url=text)


def _wrong_name(text: str) -> bool:
    try:
        _named(text)
    except ValueError:  # pydantic's, or of an address that cannot be taken apart
        return True
    return False


def _known_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
