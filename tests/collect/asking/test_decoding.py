"""Compression is undone piece by piece, and nothing unpacks into a surprise."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecaster.collect.asking.decoding import decoded
from forecaster.domain.errors import SourceChanged, SourceUnavailable


def pieces(body: bytes, size: int) -> list[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]


def unpacked(body: bytes, size: int = 1000, encoding: str = "gzip") -> bytes:
    return b"".join(decoded(pieces(body, size), encoding, "a.txt"))


@given(bodies=st.lists(st.binary(max_size=5000), min_size=1, max_size=3), size=st.integers(1, 99))
def test_what_was_packed_comes_back_however_it_was_cut(bodies: list[bytes], size: int) -> None:
    packed = b"".join(gzip.compress(body) for body in bodies)
    assert unpacked(packed, size) == b"".join(bodies)


@pytest.mark.parametrize("encoding", ["", "identity", " Identity "])
def test_what_was_not_packed_passes(encoding: str) -> None:
    assert unpacked(b"hello", encoding=encoding) == b"hello"


def test_an_empty_answer_is_empty() -> None:
    assert unpacked(b"") == b""


def test_zeros_behind_the_end_are_padding() -> None:
    assert unpacked(gzip.compress(b"hello") + b"\0" * 3000, 100) == b"hello"


def test_no_piece_is_big_however_well_it_was_packed() -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    assert max(len(piece) for piece in decoded([bomb], "gzip", "a.txt")) <= 1 << 16


@given(cut=st.integers(1, 60))
def test_a_truncated_answer_is_unavailable(cut: int) -> None:
    whole = gzip.compress(bytes(range(200)))
    with pytest.raises(SourceUnavailable, match=r"a\.txt is truncated"):
        unpacked(whole[:-cut])


@pytest.mark.parametrize(
    "damaged",
    [b"hello", gzip.compress(b"hello")[:-4] + b"wxyz", gzip.compress(b"hello") + b"more"],
)
def test_a_damaged_answer_is_unavailable(damaged: bytes) -> None:
    with pytest.raises(SourceUnavailable, match=r"a\.txt is damaged"):
        unpacked(damaged)


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip", "compress"])
def test_an_encoding_for_which_nobody_asked_is_a_change(encoding: str) -> None:
    with pytest.raises(SourceChanged, match="nobody asked; expected 'gzip'"):
        unpacked(zlib.compress(b"hello"), encoding=encoding)
