"""Undo the compression in which an answer travels, a bounded piece at a time."""

import zlib
from collections.abc import Iterable, Iterator

from forecaster.domain.errors import SourceChanged, SourceUnavailable

ACCEPTED = "gzip"
"""What we ask for: the one encoding that can be undone piece by piece without a surprise."""

_PLAIN = {"", "identity"}
_GZIP = {"gzip", "x-gzip"}
_GZIP_WINDOW = zlib.MAX_WBITS | 16
_PIECE = 1 << 16


def decoded(chunks: Iterable[bytes], encoding: str, name: str) -> Iterator[bytes]:
    """Give what an answer holds, in pieces that no trick can make big.

    Raises:
        SourceUnavailable: It is truncated or damaged.
        SourceChanged: It comes in an encoding for which nobody asked.
    """
    encoding = encoding.strip().lower()
    if encoding in _PLAIN:
        yield from chunks
    elif encoding in _GZIP:
        try:
            yield from _gunzipped(chunks, name)
        except zlib.error as error:
            raise SourceUnavailable(f"{name} is damaged: {error}") from error
    else:
        raise SourceChanged(
            f"{name} is encoded as {encoding!r}, for which nobody asked; expected {ACCEPTED!r}"
        )


def _gunzipped(chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """Unpack one member after the other; behind each of them zeros may pad."""
    member, padding = zlib.decompressobj(_GZIP_WINDOW), b""
    begun = False
    for chunk in chunks:
        rest = chunk
        while rest := rest if begun else rest.lstrip(padding):
            begun = True
            yield member.decompress(rest, _PIECE)
            rest = member.unconsumed_tail
            if member.eof:
                rest, begun = member.unused_data, False
                member, padding = zlib.decompressobj(_GZIP_WINDOW), b"\0"
    if begun:
        raise SourceUnavailable(f"{name} is truncated: its compression has no end")
