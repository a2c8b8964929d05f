"""Raw documents as they were fetched, by content hash; only this file knows where they lie."""

import hashlib
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import zstandard
from pydantic import ValidationError

from forecaster.domain.base import Frozen
from forecaster.domain.errors import UnknownName
from forecaster.domain.observation import Document

_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")


class Remembered(Frozen):
    """What an address answered last, and the validators with which to ask for changes."""

    document: Document
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True)
class Archive:
    """A directory of documents, compressed with zstd and named by the SHA-256 of their bytes.

    A file appears whole or not at all, and the note that an address leads to it is written after
    it, so that a crash at any moment leaves at worst a document that no address leads to. Notes
    are not forced onto the disk: one that a power cut takes is asked for again.
    """

    root: Path

    def put(self, body: bytes) -> str:
        """Keep a document and return its digest, `sha256:…`; keeping it twice changes nothing."""
        name = hashlib.sha256(body).hexdigest()
        _write_whole(self._document(name), zstandard.ZstdCompressor().compress(body))
        return f"sha256:{name}"

    def get(self, digest: str) -> bytes:
        """Return a document's bytes; `UnknownName` if it is not here, or damaged."""
        named = _DIGEST.fullmatch(digest)
        body = None if named is None else self._read(named[1])
        if body is None:
            raise UnknownName("archived document", digest, ())
        return body

    def remember(self, answer: Remembered, headers: Mapping[str, str] | None = None) -> None:
        """Note what an address answered to those who send such headers, instead of the last."""
        path = self._answer(answer.document.url, headers)
        _write_whole(path, answer.model_dump_json().encode(), durable=False)

    def remembered(self, url: str, headers: Mapping[str, str] | None = None) -> Remembered | None:
        """Return what an address answered last to such headers, if that was noted."""
        try:
            return Remembered.model_validate_json(self._answer(url, headers).read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def _read(self, name: str) -> bytes | None:
        try:
            body = zstandard.ZstdDecompressor().decompress(self._document(name).read_bytes())
        except (FileNotFoundError, zstandard.ZstdError):
            return None
        return body if hashlib.sha256(body).hexdigest() == name else None

    def _document(self, name: str) -> Path:
        return self.root / "documents" / name[:2] / f"{name}.zst"

    def _answer(self, url: str, headers: Mapping[str, str] | None) -> Path:
        sent = sorted(f"\n{name.lower()}: {value}" for name, value in (headers or {}).items())
        name = hashlib.sha256("".join([url, *sent]).encode()).hexdigest()
        return self.root / "answers" / name[:2] / f"{name}.json"


def _write_whole(path: Path, content: bytes, *, durable: bool = True) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".draft-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    if durable:
        _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
