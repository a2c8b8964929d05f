"""Items of feeds → what is sighted of them; sightings of a period → what is counted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Self

from forecaster.collect.feeds import patterns
from forecaster.collect.feeds.dates import read_date
from forecaster.collect.feeds.identity import name_of
from forecaster.collect.feeds.options import UNDATED, FeedOptions
from forecaster.collect.feeds.patterns import Pattern, Words
from forecaster.collect.feeds.stories import count_stories, signature
from forecaster.collect.feeds.syndication import Item
from forecaster.domain.observation import Sighting

_AHEAD = timedelta(days=1)  # clocks and zones differ; what is dated later bears no date to trust
_STORY = "#"  # begins the signature of a headline, among the words of a label


@dataclass(frozen=True)
class Sieve:
    """The patterns of a definition, filled in for one scope."""

    include: tuple[Pattern, ...]
    exclude: tuple[Pattern, ...]
    patterns: Mapping[str, Pattern]

    @classmethod
    def of(cls, options: FeedOptions, scope: str, words: Words) -> Self:
        """Fill the patterns in for a scope; `SourceChanged` if nothing tells of its actors."""

        def filled(text: str) -> Pattern:
            return patterns.filled(text, scope, words, whole_words=options.whole_words)

        return cls(
            include=tuple(map(filled, options.include)),
            exclude=tuple(map(filled, options.exclude)),
            patterns={name: filled(text) for name, text in options.patterns.items()},
        )

    def matched(self, text: str) -> tuple[str, ...] | None:
        """Name the patterns that a text matches; none if it is not to be counted."""
        if not all(pattern.matches(text) for pattern in self.include):
            return None
        if any(pattern.matches(text) for pattern in self.exclude):
            return None
        names = tuple(name for name, pattern in self.patterns.items() if pattern.matches(text))
        return names if names or not self.patterns else None


@dataclass(frozen=True)
class Headline:
    """An item that has a name and a day."""

    name: str
    day: date
    text: str
    marks: tuple[str, ...]

    def sighted(self, scope: str, sieve: Sieve, outlet: str) -> Sighting:
        """Say what it is to a scope; without weight, it is of the base of a share alone."""
        matched = sieve.matched(self.text)
        return Sighting(
            scope=scope,
            name=self.name,
            day=self.day,
            weight=0 if matched is None else 1,
            outlet=outlet,
            label=" ".join((*(matched or ()), *self.marks)),
        )


def headlines(
    items: Iterable[Item], options: FeedOptions, *, zone: tzinfo, now: datetime
) -> Iterator[Headline | None]:
    """Give each item its name and day; none stands for one that lies in the future or has no name.

    An item without a date that can be read is of the day on which it was first seen, and marked.
    """
    for item in items:
        dated = read_date(item.date, zone)
        name = name_of(item)
        day = dated.day if dated else now.date()
        if name is None or (dated and (dated.moment or _noon(day, now)) > now + _AHEAD):
            yield None
            continue
        marks = () if dated else (UNDATED,)
        if options.count == "stories":
            marks = (*marks, _STORY + signature(item.title))
        if options.updates == "count" and dated:
            name = f"{name}@{day}"
        texts = {"title": item.title, "summary": item.summary}
        text = patterns.searchable("\n".join(texts[where] for where in options.search))
        yield Headline(name, min(day, now.date()), text, marks)


@dataclass(frozen=True)
class Tally:
    """What the sightings of one scope and period come to."""

    counted: int
    of: int
    undated: int
    details: Mapping[str, float]


def tally(sightings: Sequence[Sighting], options: FeedOptions, outlets: Iterable[str]) -> Tally:
    """Count what was sighted: in all, by pattern and by feed, and of how many items."""
    once = {seen.name: seen for seen in sightings}.values()
    counted = [seen for seen in once if seen.weight]

    def amount(chosen: Iterable[Sighting]) -> int:
        if options.count == "items":
            return sum(1 for _ in chosen)
        return count_stories((_signature(seen), seen.day) for seen in chosen)

    words = {seen.name: seen.label.split() for seen in counted}
    by_pattern = {
        f"pattern:{name}": amount(seen for seen in counted if name in words[seen.name])
        for name in options.patterns
    }
    by_feed = {
        f"feed:{outlet}": amount(seen for seen in counted if seen.outlet == outlet)
        for outlet in outlets
    }
    undated = sum(UNDATED in label for label in words.values())
    marked = {UNDATED: undated} if undated else {}
    return Tally(amount(counted), amount(once), undated, {**by_pattern, **by_feed, **marked})


def _noon(day: date, now: datetime) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=now.tzinfo)


def _signature(seen: Sighting) -> str:
    found = (word for word in seen.label.split() if word.startswith(_STORY))
    return next(found, _STORY).removeprefix(_STORY)
