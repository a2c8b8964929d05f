"""Zip files of others are opened within limits."""

import io
import zipfile

import pytest

from forecaster.collect.asking.unzip import Expansion, chunks
from forecaster.domain.errors import SourceChanged, SourceUnavailable
from tests.servers.gdelt import packed

NOISE = bytes(range(256)) * 40


def unpack(body: bytes, limit: Expansion | None = None) -> bytes:
    return b"".join(chunks(body, "some.zip", limit))


def with_members(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, b"content")
    return buffer.getvalue()


def with_flag(body: bytes, flag: int) -> bytes:
    """Set a flag of the member in both of the places where a zip file keeps it."""
    changed = bytearray(body)
    changed[6] |= flag
    changed[body.index(b"PK\x01\x02") + 8] |= flag
    return bytes(changed)


def with_method(body: bytes, method: int) -> bytes:
    changed = bytearray(body)
    changed[8] = method
    changed[body.index(b"PK\x01\x02") + 10] = method
    return bytes(changed)


def test_the_only_member_is_unpacked_whatever_its_name() -> None:
    assert unpack(packed("../../evil", NOISE)) == NOISE


def test_a_large_member_comes_in_chunks() -> None:
    limit = Expansion(max_ratio=10_000)
    assert len(list(chunks(packed("a", b"0" * 3_000_000), "some.zip", limit))) == 3


@pytest.mark.parametrize("names", [(), ("a", "b")])
def test_other_than_one_member_is_a_change(names: tuple[str, ...]) -> None:
    with pytest.raises(SourceChanged, match=f"some.zip holds {len(names)} files instead of one"):
        unpack(with_members(*names))


@pytest.mark.parametrize("limit", [Expansion(max_bytes=9_999), Expansion(max_ratio=10)])
def test_a_bomb_is_not_unpacked(limit: Expansion) -> None:
    with pytest.raises(SourceChanged, match="unpacks to more than"):
        unpack(packed("a", b"0" * 10_000), limit)


def test_a_bomb_that_lies_about_its_size_is_not_unpacked() -> None:
    body = packed("a", b"0" * 50_000_000)
    with pytest.raises(SourceChanged, match="unpacks to more than"):
        unpack(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Service unavailable</html>",
        packed("a", NOISE)[:-30],
        packed("a", NOISE)[: len(packed("a", NOISE)) // 2],
        packed("a", NOISE).replace(packed("a", NOISE)[60:64], b"\xff\xff\xff\xff"),
    ],
    ids=["empty", "html", "without its end", "half", "damaged"],
)
def test_a_damaged_file_may_come_whole_later(body: bytes) -> None:
    with pytest.raises(SourceUnavailable, match=r"some\.zip is truncated or damaged"):
        unpack(body)


def test_an_encrypted_file_is_a_change() -> None:
    with pytest.raises(SourceChanged, match="encrypted"):
        unpack(with_flag(packed("a", NOISE), 1))


def test_an_unknown_compression_is_a_change() -> None:
    with pytest.raises(SourceChanged, match="no plain zip file"):
        unpack(with_method(packed("a", NOISE), 97))
