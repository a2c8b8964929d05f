"""Sanctions lists as they are published → entries: who is on them, under what, and what is said.

OFAC's CSV files have no header: `-0- ` stands for nothing, and four files are joined on the first
column. The UN's list is XML, that of the EU a CSV with a header.
"""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException, ElementTree

from forecaster.domain.errors import SourceChanged, SourceUnavailable

OFAC_FILES = (("SDN.CSV", 12), ("ADD.CSV", 6), ("ALT.CSV", 5), ("SDN_COMMENTS.CSV", 2))
"""The files that are joined, and how many columns each has."""

_NOTHING, _END = "-0-", "\x1a"
_UN_ROOT, _UN_PARTS = "CONSOLIDATED_LIST", ("INDIVIDUALS", "ENTITIES")
_UN_NEEDED = ("DATAID", "UN_LIST_TYPE")
_UN_BOOKKEEPING = {
    *("DATAID", "VERSIONNUM", "UN_LIST_TYPE", "LIST_TYPE", "LISTED_ON", "LAST_DAY_UPDATED"),
    *("SORT_KEY", "SORT_KEY_LAST_MOD"),
}
_EU_PLACES = ("country", "nationality", "jurisdiction", "flag", "address", "birthPlace")
_EU_TEXTS = ("name", "alias", "reason")
_EU_NEEDED = (
    *("recordId", "programKey", "annex", "measure", *_EU_TEXTS),
    *("country", "nationality", "address"),
)


@dataclass(frozen=True)
class Entry:
    """What a list says of one name: its programmes, places, and all other words."""

    programmes: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Listed:
    """A list at one time: its entries by the list's own id, its rows, the columns it names."""

    entries: Mapping[str, Entry]
    rows: int
    columns: frozenset[str] = frozenset()

    @property
    def programmes(self) -> frozenset[str]:
        """Name every programme that an entry stands under."""
        return frozenset().union(*(entry.programmes for entry in self.entries.values()))

    def renumbered(self, other: "Listed") -> frozenset[str]:
        """List the ids that the other has not, but whose every word it has under a new id."""
        fresh = Counter(
            entry for number, entry in other.entries.items() if number not in self.entries
        )
        gone = (number for number in sorted(self.entries) if number not in other.entries)
        return frozenset(number for number in gone if _taken(fresh, self.entries[number]))


@dataclass
class _Draft:
    programmes: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)

    def entry(self) -> Entry:
        """Freeze what was gathered; nothing is said by an empty cell."""
        found = (self.programmes, self.places, self.texts)
        return Entry(*(frozenset(filter(None, words)) for words in found))


def _taken(stock: Counter[Entry], entry: Entry) -> bool:
    """Take one of these entries out of the stock, if there is one."""
    stock[entry] -= 1
    return stock[entry] >= 0


def check(kind: str, part: int, body: bytes) -> None:
    """Raise unless these bytes are a whole file of that list, whatever stands in it."""
    if kind == "ofac_sdn":
        name, width = OFAC_FILES[part]
        for _ in _ofac_rows(body, name, width):
            pass
    else:
        read(kind, (body,))


def read(kind: str, bodies: Sequence[bytes]) -> Listed:
    """Read the files of a list, in their order."""
    if kind == "ofac_sdn":
        return read_ofac(*bodies)
    return read_un(*bodies) if kind == "un_consolidated" else read_eu(*bodies)


def read_ofac(names: bytes, addresses: bytes, aliases: bytes, comments: bytes) -> Listed:
    """Join OFAC's four files; rows of an id that the first one has not are left out.

    A remark that is too long for the first file goes on in the last one.
    """
    main = list(_ofac_rows(names, "SDN.CSV", 12))
    drafts: dict[str, _Draft] = {row[0]: _Draft() for row in main}
    remarks: dict[str, str] = {row[0]: row[11] for row in main}
    for row in main:
        draft = drafts[row[0]]
        draft.programmes.update(tag.strip() for tag in row[3].split("] ["))
        draft.places.add(row[9])  # the flag of a ship
        draft.texts.update((row[1], row[4], row[10]))
    places = [(row[0], ", ".join(row[2:5])) for row in _ofac_rows(addresses, "ADD.CSV", 6)]
    texts = [(row[0], row[3]) for row in _ofac_rows(aliases, "ALT.CSV", 5)]
    for number, place in (pair for pair in places if pair[0] in drafts):
        drafts[number].places.add(place.strip(" ,"))
    for number, alias in (pair for pair in texts if pair[0] in drafts):
        drafts[number].texts.add(alias)
    more = list(_ofac_rows(comments, "SDN_COMMENTS.CSV", 2))
    for number, rest in (pair for pair in more if pair[0] in remarks):
        remarks[number] += rest
    for number, remark in remarks.items():
        drafts[number].texts.add(remark)
    return Listed(_entries(drafts), len(main) + len(places) + len(texts) + len(more))


def read_un(body: bytes) -> Listed:
    """Read the UN Security Council's consolidated list."""
    name = "the UN's list"
    _refuse_html(body, name)
    try:
        root = ElementTree.fromstring(body, forbid_dtd=True)
    except DefusedXmlException as error:
        raise SourceChanged(f"{name} declares a document type or entities: {error}") from error
    except (ParseError, ValueError, LookupError) as error:
        raise SourceUnavailable(f"{name} is truncated or no XML: {error}") from error
    if root.tag != _UN_ROOT:
        raise SourceChanged(f"{name} begins with <{root.tag[:60]}>; expected <{_UN_ROOT}>")
    drafts: dict[str, _Draft] = defaultdict(_Draft)
    count = 0
    for part in _UN_PARTS:
        found = root.find(part)
        if found is None:
            raise SourceChanged(f"{name} has no <{part}>")
        for element in found:
            absent = [tag for tag in _UN_NEEDED if not (element.findtext(tag) or "").strip()]
            if absent:
                raise SourceChanged(f"{name}: <{element.tag}> has no {', '.join(absent)}")
            _read_un_entry(element, drafts[_text(element.find("DATAID"))])
            count += 1
    return Listed(_entries(drafts), count)


def read_eu(*bodies: bytes) -> Listed:
    """Read listings of the EU's Official Journal, transcribed act by act.

    An entry is known by its act, annex, programme, measure and number there, or, where the act
    prints no number, by its name.
    """
    name = "the EU's list"
    drafts: dict[str, _Draft] = defaultdict(_Draft)
    columns: set[str] = set()
    count = 0
    for body in bodies:
        header, *rows = _rows(_decoded(body, name), name)
        act = "celex" if "celex" in header else "amendedCelex"
        absent = [column for column in (act, *_EU_NEEDED) if column not in header]
        if absent:
            raise SourceChanged(f"{name} has no column {', '.join(absent)}")
        columns.update(header)
        count += len(rows)
        for cells in rows:
            row = dict(zip(header, cells, strict=True))
            _read_eu_entry(row, drafts[_eu_key(row, act)])
    return Listed(_entries(drafts), count, frozenset(columns))


def _eu_key(row: Mapping[str, str], act: str) -> str:
    number = row["recordId"] or row["name"]
    return " ".join((row[act], row["annex"], row["programKey"], row["measure"], number))


def _read_eu_entry(row: Mapping[str, str], draft: _Draft) -> None:
    draft.programmes.add(row["programKey"])
    draft.places.update(row.get(column, "") for column in _EU_PLACES)
    draft.texts.update(row[column] for column in _EU_TEXTS)


def _entries(drafts: Mapping[str, _Draft]) -> dict[str, Entry]:
    return {number: draft.entry() for number, draft in drafts.items()}


def _ofac_rows(body: bytes, name: str, width: int) -> Iterator[Sequence[str]]:
    """Walk through the rows of a file without a header; its end may be marked by a control-Z."""
    text = _decoded(body, name).rstrip(f"{_END}\r\n ")
    for row in _rows(text, name, width):
        number, *cells = ("" if cell.strip() == _NOTHING else cell for cell in row)
        if not number.strip().isdecimal():
            raise SourceChanged(f"{name}: a row begins with {number[:60]!r}; expected a number")
        yield [number.strip(), *cells]


def _rows(text: str, name: str, width: int | None = None) -> Sequence[Sequence[str]]:
    """Return the rows, all of one width; where only the last is odd, the file was cut off."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        said = f"{name}:{reader.line_num}: {error}"
        cut_off = "unexpected end of data" in str(error)
        raise (SourceUnavailable(said) if cut_off else SourceChanged(said)) from error
    width = width or len(rows[0])
    odd = [number for number, row in enumerate(rows, start=1) if len(row) != width]
    if odd:
        found = len(rows[odd[0] - 1])
        said = f"{name}: row {odd[0]} of {len(rows)} has {found} columns; expected {width}"
        cut_off = odd == [len(rows)] and len(rows) > 1 and found < width
        raise SourceUnavailable(f"{said}; cut off?") if cut_off else SourceChanged(said)
    return rows


def _decoded(body: bytes, name: str) -> str:
    _refuse_html(body, name)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceChanged(f"{name} is not UTF-8: {error}") from error
    if not text.endswith(("\n", "\r", _END)):
        raise SourceUnavailable(f"{name} ends in the midst of a row; cut off?")
    if "\0" in text:
        raise SourceChanged(f"{name} holds null characters; expected a CSV file in UTF-8")
    return text


def _refuse_html(body: bytes, name: str) -> None:
    if not body.strip():
        raise SourceUnavailable(f"{name} is empty")
    if body.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        raise SourceChanged(f"{name} is a web page instead; it begins {body.lstrip()[:60]!r}")


def _read_un_entry(element: Element, draft: _Draft) -> None:
    """Add what the UN says of one name: countries and nationalities apart from other words."""
    draft.programmes.add(_text(element.find("UN_LIST_TYPE")))
    for part in (each for each in element if each.tag not in _UN_BOOKKEEPING):
        words = [_text(leaf) for leaf in part.iter()]
        is_place = part.tag == "NATIONALITY" or part.tag.endswith(("_ADDRESS", "_PLACE_OF_BIRTH"))
        (draft.places if is_place else draft.texts).update(words)


def _text(element: Element | None) -> str:
    return "" if element is None else " ".join((element.text or "").split())
