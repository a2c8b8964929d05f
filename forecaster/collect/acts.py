"""Which reports are of one act: reports are not events."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from forecaster.collect.gdelt import Row
from forecaster.domain.observation import Sighting

Node = tuple[object, ...]

_LONGEST = 200
_TELLING = 5  # words: a shorter part of an address is a section's name, not a headline
_WORD = re.compile(r"[^\W\d_]{2,}")
_ENDING = re.compile(r"\.[a-z]{1,5}$")
_SECOND_LEVEL = frozenset(
    ("ac", "co", "com", "edu", "gob", "gouv", "gov", "govt", "go", "mil", "ne", "net", "or", "org")
)


def name(row: Row) -> str:
    """Name a report: every mirrored or repeated row of it in one article has this name.

    The day, the unordered pair, the root code, the place and the article.
    """
    pair = b"-".join(sorted((row.one, row.other)))
    report = b"\x1f".join((row.day, pair, row.root, row.place, row.url))
    return hashlib.sha256(report).hexdigest()[:32]


def label(row: Row) -> str:
    """Say by what a report is joined to others: `pair|root code|article|place`."""
    pair = "-".join(sorted((_text(row.one, 12), _text(row.other, 12))))
    article = hashlib.sha256(headline(row.url).encode()).hexdigest()[:16]
    return f"{pair}|{_text(row.root, 4)}|{article}|{_text(row.place, 60)}"


def outlet(url: bytes) -> str:
    """Name the site that reports, as it is registered: `bbc.co.uk` of `https://m.bbc.co.uk/x`."""
    text = _text(url, _LONGEST)
    host = (_split(text).hostname or text).casefold()
    labels = host.rstrip(".").split(".")
    country = len(labels[-1]) == len("uk") and len(labels) > 1 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:] if country else labels[-2:]) if " " not in host else host


def headline(url: bytes) -> str:
    """Return what near-duplicates of an article share: the words of its headline in the address.

    The part of the path with the most words, without numbers and case, if it has five or more: a
    syndicated article bears it on every site. Else the address itself, without its scheme.
    """
    text = _text(url, len(url))
    address = _split(text)
    parts = unquote(address.path).casefold().split("/")
    words = max((_WORD.findall(_ENDING.sub("", part)) for part in parts), key=len)
    if len(words) >= _TELLING:
        return "-".join(words)
    host = (address.hostname or "").removeprefix("www.")
    return f"{host}{address.path.rstrip('/')}?{address.query}" if host else text


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


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:  # such as an unfinished IPv6 address: then it is a text like any other
        return SplitResult("", "", url, "", "")


def _text(cell: bytes, longest: int) -> str:
    """Make text of bytes that may be no UTF-8, less the one character that no database keeps."""
    return cell.decode(errors="replace").replace("\0", "")[:longest]
