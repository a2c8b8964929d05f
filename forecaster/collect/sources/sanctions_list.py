"""Counts of names that come onto a sanctions list, or go: each day's list against the last one."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal

import structlog
from pydantic import Field

from forecaster.collect.lists import programmes, sanctions
from forecaster.collect.lists.sanctions import Entry, Listed
from forecaster.collect.source import Batch, Errand
from forecaster.domain.actors import actors_of
from forecaster.domain.base import Frozen
from forecaster.domain.coverage import Grade, grade_of
from forecaster.domain.errors import CollectError, SourceChanged, UnknownName
from forecaster.domain.indicator import Definition
from forecaster.domain.lookups import folded
from forecaster.domain.observation import Document, Missing, Reading, Sighting, Slot
from forecaster.domain.period import Period

_ADDRESSES = MappingProxyType(
    {
        "ofac_sdn": "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports",
        "un_consolidated": "https://scsanctions.un.org/resources/xml/en",
        "eu_journal": "https://raw.githubusercontent.com/opensanctions/opensanctions/main/datasets"
        "/eu/journal_sanctions/data/consolidated",
    }
)
_SHORTEST_WORD = 3  # letters: on a list "Xi" is a numeral, too

Act = Literal["listing", "extension", "delisting"]

log = structlog.get_logger()


class SanctionsListOptions(Frozen):
    """Which list, which changes of it count, and where an entry may name an actor."""

    list: Literal["ofac_sdn", "un_consolidated", "eu_journal"]
    acts: tuple[Annotated[str, Field(pattern=r"^3[0-9]{4}[A-Z][0-9]{4}$")], ...] = Field(
        default=("32014R0269", "32014R0833"),
        min_length=1,
        description="of eu_journal: the CELEX numbers of the acts whose annexes are read",
    )
    counts: tuple[Act, ...] = Field(
        default=("listing", "extension"),
        min_length=1,
        description="listing: a new entry names the scope's actors; extension: an old one does "
        "from now on; delisting: one that did is gone",
    )
    searched: tuple[Literal["programme", "place", "text"], ...] = Field(
        default=("programme", "place", "text"),
        min_length=1,
        description="where an entry may name an actor: by its programme, in its addresses and "
        "nationalities, in all other words",
    )
    max_shrink: float = Field(
        default=0.5, gt=0, le=1, description="a larger share of entries gone is no delisting"
    )
    min_share: float = Field(
        default=0.8, gt=0, le=1, description="share of a period's days whose list must be known"
    )
    pace_seconds: float = Field(default=2, ge=0, le=60, description="between two requests")
    base_url: str | None = Field(
        default=None, pattern=r"^https?://\S*[^/\s]$", description="where the files lie instead"
    )

    @property
    def addresses(self) -> tuple[str, ...]:
        """List the addresses of the list's files, in the order in which they are read."""
        names = {
            "ofac_sdn": [name for name, _ in sanctions.OFAC_FILES],
            "un_consolidated": ["consolidated.xml"],
            "eu_journal": [f"{act}.csv" for act in dict.fromkeys(self.acts)],
        }
        base = self.base_url or _ADDRESSES[self.list]
        return tuple(f"{base}/{name}" for name in names[self.list])


@dataclass(frozen=True)
class SanctionsList:
    """Compares the list of each day with the one that was settled last.

    The first list is compared with nothing, and nothing in it is counted. Which list was settled
    is said by a slot, stored together with what was found in it, so that a run that is cut short
    is done again from the same list. An entry is the same as long as the list's own id, or every
    word of it, is: order, doubles and new numbers change nothing. Both lists are read by the rules
    of today, so that a new rule or name makes no listing.
    """

    Options: ClassVar = SanctionsListOptions
    shipped: ClassVar = False
    options: SanctionsListOptions

    def collect(self, errand: Errand) -> Iterator[Batch]:
        """Give what changed since the last list, dated to the day of this one."""
        kind, addresses = self.options.list, self.options.addresses
        naming = _Naming.of(errand, self.options.searched)
        pace = timedelta(seconds=self.options.pace_seconds)
        fetched = [
            errand.fetch.get(url, pace=pace, verify=partial(sanctions.check, kind, part))
            for part, url in enumerate(addresses)
        ]
        before = self._before(errand)
        after = sanctions.read(kind, [one.body for one in fetched])
        if before is not None:
            self._check_shrinkage(before, after)
        unknown = programmes.unknown(after.programmes)
        if fresh := unknown - programmes.unknown(before.programmes if before else ()):
            log.warning("programmes_unknown", list=kind, programmes=sorted(fresh))

        total = len(fetched) + 1
        for done, one in enumerate(fetched, start=1):
            yield Batch(document=one.document, done=done, total=total)
        comparison = self._comparison(errand, [one.document.digest for one in fetched])
        slot = Slot(
            name=f"{errand.now:%Y-%m-%dT%H:%M:%S}Z {comparison.digest}",
            at=errand.now,
            seen=before is not None,
            size=len(after.entries),
        )
        yield Batch(
            sightings=tuple(_changes(errand, naming, before, after)) if before else (),
            slots=(slot,),
            document=comparison,
            rows=after.rows,
            fields=after.columns | {f"programme {name}" for name in unknown},
            done=total,
            total=total,
        )

    def tally(
        self,
        definition: Definition,
        scope: str,
        period: Period,
        sightings: Sequence[Sighting],
        slots: Sequence[Slot],
    ) -> Reading | None:
        """Count a period's changes, unless the list of too few of its days is known."""
        grade = grade_of(period, definition.coverage) if definition.coverage else Grade.FULL
        if not slots or grade is None:
            return None
        days = {slot.at.date() for slot in slots if slot.seen}
        length = (period.last_day - period.start).days + 1
        if len(days) < self.options.min_share * length:
            return Reading(scope=scope, period=period, missing=Missing.INCOMPLETE, grade=grade)
        found = Counter(seen.label for seen in sightings if seen.scope == scope)
        return Reading(
            scope=scope,
            period=period,
            value=sum(found[act] for act in dict.fromkeys(self.options.counts)),
            grade=grade,
            details={**found, "days_seen": len(days)},
        )

    def _before(self, errand: Errand) -> Listed | None:
        """Read the list that was settled last; none if there is none, or no more."""
        if errand.last_slot is None:
            return None
        archive = errand.fetch.archive
        try:
            compared = json.loads(archive.get(errand.last_slot.name.rpartition(" ")[2]))
            files = [archive.get(digest) for digest in compared["after"]]
            return sanctions.read(self.options.list, files)
        except (UnknownName, CollectError) as error:
            log.warning("last_list_lost", indicator=errand.definition.id, why=str(error))
            return None

    def _comparison(self, errand: Errand, digests: Sequence[str]) -> Document:
        """Archive what was compared with what: a change belongs to two lists, not to one."""
        last = errand.last_slot.name if errand.last_slot else None
        body = json.dumps({"before": last, "after": digests}).encode()
        return Document(
            digest=errand.fetch.archive.put(body),
            url=f"comparison:{self.options.addresses[0]}",
            fetched_at=errand.now,
            status=HTTPStatus.OK,
            size=len(body),
        )

    def _check_shrinkage(self, before: Listed, after: Listed) -> None:
        gone = before.entries.keys() - after.entries.keys() - before.renumbered(after)
        if len(gone) > self.options.max_shrink * len(before.entries):
            raise SourceChanged(
                f"{self.options.addresses[0]}: {len(gone)} of {len(before.entries)} entries are "
                f"gone, more than max_shrink, {self.options.max_shrink:g}: a broken list?"
            )


@dataclass(frozen=True)
class _Naming:
    """How the actors of a definition are found in an entry."""

    searched: frozenset[str]
    patterns: tuple[tuple[str, re.Pattern[str]], ...]

    @classmethod
    def of(cls, errand: Errand, searched: Sequence[str]) -> "_Naming":
        """Take the declared names of every scope's actors, and the words that tell of them."""
        scopes = errand.definition.scopes
        actors = sorted({actor for scope in scopes for actor in actors_of(scope)})
        if not {"place", "text"} & set(searched):
            return cls(frozenset(searched), ())
        patterns = []
        for actor in actors:
            told = errand.lookups.words_of(actor)
            names = [word for word in told if len(word) >= _SHORTEST_WORD]
            if not names:
                raise SourceChanged(f"no name of {actor} is declared: add it to the lookups")
            words = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
            patterns.append((actor, re.compile(rf"(?<!\w)(?:{words})(?!\w)")))
        return cls(frozenset(searched), tuple(patterns))

    def actors(self, entry: Entry | None) -> frozenset[str]:
        """List the actors that an entry names."""
        if entry is None:
            return frozenset()
        said = {"place": entry.places, "text": entry.texts}
        searched = [words for kind, words in said.items() if kind in self.searched]
        words = folded(" \N{BULLET} ".join(sorted(frozenset().union(*searched))))
        named = frozenset(actor for actor, name in self.patterns if name.search(words))
        by_programme = "programme" in self.searched
        return named | programmes.actors_of(entry.programmes) if by_programme else named


def _changes(errand: Errand, naming: _Naming, before: Listed, after: Listed) -> Iterator[Sighting]:
    """Walk through the entries that came, changed or went, but for those with new numbers."""
    moved = before.renumbered(after) | after.renumbered(before)
    for number in sorted((before.entries.keys() | after.entries.keys()) - moved):
        was, now = before.entries.get(number), after.entries.get(number)
        if was == now:
            continue
        named, names = naming.actors(was), naming.actors(now)
        for scope in errand.definition.scopes:
            act = _act(frozenset(actors_of(scope)), was, now, named, names)
            if act is not None:
                kind = "gone" if act == "delisting" else "named"
                yield Sighting(
                    scope=scope,
                    name=f"{kind} {number}"[:200],
                    day=errand.now.date(),
                    label=act,
                )


def _act(
    wanted: frozenset[str],
    was: Entry | None,
    now: Entry | None,
    named: frozenset[str],
    names: frozenset[str],
) -> Act | None:
    """Say what the change of an entry is to a scope of these actors; none: nothing."""
    if now is None:
        return "delisting" if wanted <= named else None
    if not wanted <= names:
        return None
    if was is None:
        return "listing"
    return None if wanted <= named else "extension"
