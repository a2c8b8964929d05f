"""Headlines that tell the same story in nearly the same words, found from short signatures.

A signature holds, for each of 15 hash functions, the smallest hash of a headline's words (MinHash:
Broder 1997, "On the resemblance and containment of documents"): the share of places in which two
signatures agree estimates the share of words that two headlines have in common.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from forecaster.domain.lookups import folded

_PLACES = 15
_DIGITS = 4  # hexadecimal digits of each place
_BAND = 3  # so many neighbouring places agree, before two signatures are compared at all
_ALIKE = 10  # of 15 places: about two thirds of all words, four fifths of each headline's
_APART = timedelta(days=3)  # what is told again later is told of something new
_OUTLET = re.compile(r"\s+[-|\N{EN DASH}\N{EM DASH}]\s+[^-|\N{EN DASH}\N{EM DASH}]{1,40}$")
_WORD = re.compile(r"\w+")
_SMALL = frozenset(
    [
        *("a", "an", "and", "as", "at", "by", "for", "from", "in", "into"),
        *("is", "of", "on", "or", "over", "s", "the", "to", "with"),
    ]
)

Signed = tuple[str, date]


def signature(title: str) -> str:
    """Return what stays nearly the same while a headline does, as 60 hexadecimal digits."""
    words = set(_WORD.findall(_OUTLET.sub("", folded(title))))
    telling = words - _SMALL or words or {""}
    smallest = (min(column) for column in zip(*map(_hashes, sorted(telling)), strict=True))
    return "".join(f"{number:0{_DIGITS}x}" for number in smallest)


def count_stories(headlines: Iterable[Signed]) -> int:
    """Count the stories that some headlines tell, each given by its signature and day."""
    signed = sorted(set(headlines), key=lambda each: (each[1], each[0]))
    leaders = list(range(len(signed)))

    def leader(of: int) -> int:
        while leaders[of] != of:
            leaders[of] = leaders[leaders[of]]
            of = leaders[of]
        return of

    for one, other in _candidates(signed):
        if _alike(signed[one], signed[other]):
            leaders[leader(other)] = leader(one)
    return len({leader(each) for each in range(len(signed))})


def _candidates(signed: Sequence[Signed]) -> Iterator[tuple[int, int]]:
    """Walk through neighbours among those that agree in a whole band."""
    bands: dict[Hashable, list[int]] = defaultdict(list)
    width = _BAND * _DIGITS
    for at, (text, _) in enumerate(signed):
        for start in range(0, _PLACES * _DIGITS, width):
            bands[start, text[start : start + width]].append(at)
    for together in bands.values():
        yield from pairwise(together)


def _alike(one: Signed, other: Signed) -> bool:
    (left, early), (right, late) = one, other
    starts = range(0, _PLACES * _DIGITS, _DIGITS)
    same = sum(left[at : at + _DIGITS] == right[at : at + _DIGITS] for at in starts)
    return same >= _ALIKE and abs(late - early) <= _APART


def _hashes(word: str) -> tuple[int, ...]:
    digest = hashlib.blake2b(word.encode(), digest_size=_PLACES * _DIGITS // 2).digest()
    return tuple(int.from_bytes(digest[at : at + 2]) for at in range(0, len(digest), 2))
