"""The wire format of GDELT 2.0: lists of files, fifteen-minute slots, rows of 61 columns."""

import hashlib
import math
import operator
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from forecaster.collect import unzip
from forecaster.collect.answer import lines
from forecaster.domain.errors import SourceChanged, SourceUnavailable

EVERY = timedelta(minutes=15)
_COLUMNS = 61
_OF_A_ROW = operator.itemgetter(1, 7, 17, 25, 26, 28, 29, 30, 58, 60)


@dataclass(frozen=True)
class Feed:
    """One of the twin streams of files: where its lists lie, and how its files are named."""

    newest: str
    all: str
    suffix: str

    def name(self, at: datetime) -> str:
        """Name the file of a moment."""
        return f"{at:%Y%m%d%H%M%S}{self.suffix}"

    def moment(self, name: str) -> datetime | None:
        """Return the moment of a file of this feed; none for any other name."""
        stamp, found, rest = name.partition(self.suffix)
        if not found or rest or not re.fullmatch(r"[0-9]{14}", stamp):
            return None
        try:
            return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            return None


FEEDS = {
    "english": Feed("lastupdate.txt", "masterfilelist.txt", ".export.CSV.zip"),
    "translingual": Feed(
        "lastupdate-translation.txt",
        "masterfilelist-translation.txt",
        ".translation.export.CSV.zip",
    ),
}


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
        return date(int(self.day[:4]), int(self.day[4:6]), int(self.day[6:]))

    def mass(self) -> float:
        """Return the Goldstein score; `ValueError` if that cannot be read."""
        score = float(self.goldstein)
        if not math.isfinite(score):
            raise ValueError(f"{score} is no Goldstein score")
        return score

    def digest(self) -> str:
        """Name the act: every mirrored or repeated report of it in one article has this name.

        The day, the unordered pair, the root code, the place and the article.
        """
        pair = b"-".join(sorted((self.one, self.other)))
        act = b"\x1f".join((self.day, pair, self.root, self.place, self.url))
        return hashlib.sha256(act).hexdigest()[:32]


def rows(body: bytes, name: str) -> Iterator[Row | None]:
    """Walk through a file's rows, none for one of another shape; most of them is an error.

    Lines are cut at tabs and nothing is quoted. Bytes stay bytes: some are no UTF-8.
    """
    whole = odd = 0
    for line in lines(unzip.chunks(body, name), name):
        fields = line.rstrip(b"\r").split(b"\t")
        if len(fields) == _COLUMNS:
            whole += 1
            yield Row(*_OF_A_ROW(fields))
        elif line:
            odd += 1
            yield None
    if odd > whole:
        raise SourceChanged(f"{name}: {odd} of {whole + odd} rows have not {_COLUMNS} columns")
