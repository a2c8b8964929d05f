"""The archive keeps documents whole, by their content, and nothing else."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from forecaster.collect.asking.archive import Archive, Remembered
from forecaster.domain.errors import UnknownName
from forecaster.domain.observation import Document

URL = "http://example.org/list.txt"
NOTHING = "sha256:" + "0" * 64


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def note(digest: str, etag: str | None = None) -> Remembered:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    document = Document(digest=digest, url=URL, fetched_at=at, status=200, size=3)
    return Remembered(document=document, etag=etag)


def files(archive: Archive) -> list[Path]:
    return sorted(path for path in archive.root.rglob("*") if path.is_file())


def test_a_document_comes_back_as_it_was(archive: Archive) -> None:
    assert archive.get(archive.put(b"raw\x00bytes")) == b"raw\x00bytes"


@given(body=st.binary())
def test_any_document_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, body: bytes
) -> None:
    archive = Archive(tmp_path_factory.mktemp("archive"))
    assert archive.get(archive.put(body)) == body


def test_the_digest_is_the_sha_256_of_the_bytes(archive: Archive) -> None:
    expected = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert archive.put(b"abc") == expected


def test_keeping_a_document_twice_keeps_one_file(archive: Archive) -> None:
    assert archive.put(b"abc") == archive.put(b"abc")
    assert len(files(archive)) == 1


def test_documents_are_compressed_with_zstd(archive: Archive) -> None:
    archive.put(b"a" * 10_000)

    [file] = files(archive)
    assert file.stat().st_size < 1_000
    assert zstandard.ZstdDecompressor().decompress(file.read_bytes()) == b"a" * 10_000


@pytest.mark.parametrize(
    "digest", [NOTHING, "", "abc", "sha256:../../../../etc/passwd", "sha256:" + "../" * 22 + "aa"]
)
def test_only_a_digest_that_is_here_leads_to_a_document(archive: Archive, digest: str) -> None:
    with pytest.raises(UnknownName, match="archived document"):
        archive.get(digest)


@pytest.mark.parametrize(
    "damage", [b"", b"no zstd", zstandard.ZstdCompressor().compress(b"another")]
)
def test_a_damaged_document_is_not_returned_and_can_be_kept_again(
    archive: Archive, damage: bytes
) -> None:
    digest = archive.put(b"abc")
    files(archive)[0].write_bytes(damage)

    with pytest.raises(UnknownName):
        archive.get(digest)
    assert archive.get(archive.put(b"abc")) == b"abc"


def test_what_an_address_answered_last_is_remembered(archive: Archive) -> None:
    archive.remember(note(NOTHING, etag='"old"'))
    archive.remember(note(NOTHING, etag='"new"'))

    remembered = archive.remembered(URL)
    assert remembered == note(NOTHING, etag='"new"')


def test_an_address_that_was_never_asked_is_not_remembered(archive: Archive) -> None:
    assert archive.remembered(URL) is None


def test_a_damaged_note_is_as_good_as_none(archive: Archive) -> None:
    archive.remember(note(NOTHING))
    files(archive)[0].write_text('{"document": ')

    assert archive.remembered(URL) is None


def test_an_address_cannot_lead_out_of_the_archive(archive: Archive) -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    url = "http://example.org/../../../../tmp/x"
    archive.remember(
        Remembered(document=Document(digest=NOTHING, url=url, fetched_at=at, status=200, size=0))
    )

    assert [path.suffix for path in files(archive)] == [".json"]


def test_a_draft_that_a_crash_left_behind_harms_nobody(archive: Archive) -> None:
    digest = archive.put(b"abc")
    files(archive)[0].with_name(".draft-x").write_bytes(b"half a docu")

    assert archive.get(digest) == b"abc"
    assert archive.put(b"abc") == digest


def test_a_write_that_fails_leaves_no_draft(archive: Archive) -> None:
    archive.put(b"abc")
    [file] = files(archive)
    file.unlink()
    file.mkdir()  # the last step, taking the name, will fail

    with pytest.raises(OSError, match=r"\S"):
        archive.put(b"abc")
    assert files(archive) == []
