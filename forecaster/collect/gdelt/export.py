"""The wire format of GDELT's event files: their names, their lists, and their rows."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from forecaster.collect.asking import unzip
from forecaster.collect.asking.answer import lines
from forecaster.domain.errors import SourceChanged, SourceUnavailable


@dataclass(frozen=True)
class Feed:
    """One stream of files.

    Attributes:
        every: How long the span is that one file reports.
        stamp: How the start of that span is written in a file's name.
        suffix: What follows it there.
        columns: How many a row has.
        late: How long after its span a file may still come; after this it never will.
        catch_up: How many files of downtime come by themselves; more is a backfill.
        newest: The list that names the newest file; none: names follow from the calendar.
        all: The list that names every file.
    """

    every: timedelta
    stamp: str
    suffix: str
    columns: int
    late: timedelta
    catch_up: int
    newest: str | None = None
    all: str | None = None

    def name(self, at: datetime) -> str:
        """Name the file of a moment."""
        return f"{at:{self.stamp}}{self.suffix}"

    def moment(self, name: str) -> datetime | None:
        """Return the moment of a file of this feed; none for any other name."""
        stamp, found, rest = name.partition(self.suffix)
        if not found or rest or not re.fullmatch(r"[0-9]+", stamp):
            return None
        try:
            at = datetime.strptime(stamp, self.stamp).replace(tzinfo=UTC)
        except ValueError:
            return None
        return at if self.name(at) == name else None


_QUARTER = timedelta(minutes=15)
_DAY = timedelta(days=1)
FEEDS = MappingProxyType(
    {
        "english": Feed(
            every=_QUARTER,
            stamp="%Y%m%d%H%M%S",
            suffix=".export.CSV.zip",
            columns=61,
            late=timedelta(hours=6),
            catch_up=96,
            newest="lastupdate.txt",
            all="masterfilelist.txt",
        ),
        "translingual": Feed(
            every=_QUARTER,
            stamp="%Y%m%d%H%M%S",
            suffix=".translation.export.CSV.zip",
            columns=61,
            late=timedelta(hours=6),
            catch_up=96,
            newest="lastupdate-translation.txt",
            all="masterfilelist-translation.txt",
        ),
        "daily_v1": Feed(
            every=_DAY,
            stamp="%Y%m%d",
            suffix=".export.CSV.zip",
            columns=58,
            late=timedelta(days=3),
            catch_up=7,
        ),
    }
)
"""Feed → how it comes. Twice a quarter of an hour in GDELT 2.0; a day, the day after, in 1.0."""


class File(NamedTuple):
    """A file of a feed; size and MD5 where a list told them."""

    at: datetime
    name: str
    size: int | None = None
    md5: str | None = None

    def verify(self, body: bytes) -> None:
        """Raise unless these bytes are the whole file that the list promised."""
        if self.size is not None and len(body) != self.size:
            raise SourceUnavailable(f"{self.name} has {len(body)} bytes; {self.size} were listed")
        found = hashlib.md5(body, usedforsecurity=False).hexdigest()
        if self.md5 is not None and found != self.md5:
            raise SourceUnavailable(f"{self.name} has the MD5 {found}; {self.md5} was listed")
        for _ in unzip.chunks(body, self.name):
            pass


def listed(line: str, feed: Feed) -> File | None:
    """Read one line of a list, `size md5 address`; none if it names no file of the feed."""
    found = re.fullmatch(r"([0-9]+) ([0-9a-f]{32}) \S*/([^/\s]+)\s*", line)
    at = feed.moment(found[3]) if found else None
    return File(at, found[3], int(found[1]), found[2]) if found and at else None


class Row(NamedTuple):
    """The columns that matter of one report, as the bytes that they are."""

    day: bytes  # SQLDATE
    one: bytes  # Actor1CountryCode: CAMEO, three letters (the codes of places are FIPS)
    other: bytes  # Actor2CountryCode
    is_root: bytes
    code: bytes
    root: bytes
    quad_class: bytes
    goldstein: bytes
    place: bytes  # ActionGeo_FeatureID
    url: bytes

    def date(self) -> date:
        """Return the day on which it happened; `ValueError` if that cannot be read."""
        if len(self.day) != len("20260302") or not self.day.isdigit():
            raise ValueError(f"{self.day!r} is no day")
        return date(int(self.day[:4]), int(self.day[4:6]), int(self.day[6:]))

    def mass(self) -> float:
        """Return the Goldstein score; `ValueError` if that cannot be read."""
        score = float(self.goldstein)
        if not -10 <= score <= 10:  # noqa: PLR2004  (the scale's ends; what is no number fails, too)
            raise ValueError(f"{score} is no Goldstein score")
        return score


class Content(NamedTuple):
    """What a file holds: the rows that concern somebody, and counts of all of them."""

    rows: tuple[Row, ...]
    total: int  # rows of any shape
    odd: int  # those of another shape, left out
    roots: int  # root events of any actors: different days, pairs, root codes or places


def read(body: bytes, name: str, columns: int, actors: frozenset[bytes] | None) -> Content:
    """Read a file's rows in which one of the actors acts, or all; count those of everybody.

    Lines are cut at tabs and nothing is quoted. Bytes stay bytes: some are no UTF-8. Only as many
    columns as are needed are cut: three of four rows concern nobody, and are only counted.
    """
    found: list[Row] = []
    roots: set[tuple[bytes, ...]] = set()
    total = odd = 0
    for line in lines(unzip.chunks(body, name), name):
        if line.count(b"\t") != columns - 1:
            blank = not line.strip()
            total, odd = total + (not blank), odd + (not blank)
            continue
        total += 1
        cells = line.split(b"\t", 31)
        one, other = cells[7], cells[17]
        concerns = actors is None or one in actors or other in actors
        if not concerns and cells[25] != b"1":
            continue
        _, place, _, url = line.rsplit(b"\t", 3)
        if cells[25] == b"1":
            pair = (one, other) if one <= other else (other, one)
            roots.add((cells[1], *pair, cells[28], place))
        if concerns:
            is_root, code, _, root, quad_class, goldstein = cells[25:31]
            kind = (is_root, code, root, quad_class, goldstein)
            found.append(Row(cells[1], one, other, *kind, place, url.rstrip(b"\r")))
    if odd > total - odd:
        raise SourceChanged(f"{name}: {odd} of {total} rows have not {columns} columns")
    return Content(tuple(found), total, odd, len(roots))
