"""Which reports are of one act: reports are not events."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from forecaster.collect.gdelt.articles import headline, text_of
from forecaster.collect.gdelt.export import Row
from forecaster.domain.observation import Sighting

Node = tuple[object, ...]


def name(row: Row) -> str:
    """Name a report: every mirrored or repeated row of it in one article has this name.

    The day, the unordered pair, the root code, the place and the article.
    """
    pair = b"-".join(sorted((row.one, row.other)))
    report = b"\x1f".join((row.day, pair, row.root, row.place, row.url))
    return hashlib.sha256(report).hexdigest()[:32]


def label(row: Row) -> str:
    """Say by what a report is joined to others: `pair|root code|article|place`."""
    pair = "-".join(sorted((text_of(row.one, 12), text_of(row.other, 12))))
    article = hashlib.sha256(headline(text_of(row.url)).encode()).hexdigest()[:16]
    return f"{pair}|{text_of(row.root, 4)}|{article}|{text_of(row.place, 60)}"


def acts(sightings: Iterable[Sighting]) -> list[list[Sighting]]:
    """Part reports into the acts that they report.

    Of one day, one unordered pair of actors and one root code, reports from the same place are of
    one act, and so are those of one article or of its near-duplicates on other sites, whatever
    their places: an act is a connected component of reports, places and articles. A place that is
    not told counts as one place. A report whose label does not say all this is an act of its own.
    """
    placed = [(seen, _nodes(seen)) for seen in sightings]
    joined = _Joined()
    for _, nodes in placed:
        for node in nodes[1:]:
            joined.join(nodes[0], node)

    found: defaultdict[Node, list[Sighting]] = defaultdict(list)
    for seen, nodes in placed:
        found[joined.root(nodes[0])].append(seen)
    return list(found.values())


def _nodes(seen: Sighting) -> Sequence[Node]:
    pair, root, article, place = [*seen.label.split("|", 3), "", "", ""][:4]
    if not article:
        return [(seen.name,)]
    return [(seen.day, pair, root, "at", place), (seen.day, pair, root, "in", article)]


@dataclass(frozen=True)
class _Joined:
    """Disjoint sets, each known by one of its members."""

    above: dict[Node, Node] = field(default_factory=dict)

    def root(self, node: Node) -> Node:
        while (up := self.above.get(node, node)) != node:
            self.above[node] = self.above.get(up, up)
            node = up
        return node

    def join(self, one: Node, other: Node) -> None:
        self.above[self.root(one)] = self.root(other)
