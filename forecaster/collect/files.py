"""The way to files: beside the definitions and nowhere else, or an object in a store."""

from pathlib import Path
from stat import S_ISREG
from typing import Any

import fsspec

from forecaster.collect.archive import Remembered
from forecaster.collect.source import Errand
from forecaster.domain.errors import SourceChanged, SourceUnavailable, UnknownName
from forecaster.domain.observation import Document

_OK = 200


def fetched(errand: Errand, path: str) -> tuple[Document, bytes]:
    """Return a file's bytes, already archived, and what is noted of them.

    Raises:
        SourceUnavailable: The store does not answer.
        SourceChanged: There is no such file, it is too big, or it may not be read.
    """
    document, body = _object(errand, path) if "://" in path else _local(errand, path)
    errand.fetch.taken(document)
    return document, body


def _local(errand: Errand, path: str) -> tuple[Document, bytes]:
    """Read a file below a root of definitions; what a later root has goes before."""
    roots = [root.resolve() for root in dict.fromkeys(errand.roots)]
    for root in reversed(roots):
        real = (root / path).resolve()
        if not real.is_relative_to(root):
            raise SourceChanged(f"{path} leads out of {root}; that is not followed")
        if real.exists():
            body = _bytes_of(real, path, errand.fetch.limits.max_bytes)
            return _kept(errand, f"file:{path}", body), body
    raise SourceChanged(f"there is no file {path} in {', '.join(map(str, roots))}")


def _bytes_of(real: Path, path: str, limit: int) -> bytes:
    try:
        if not S_ISREG(real.stat().st_mode):
            raise SourceChanged(f"{path} is not a file")
        with real.open("rb") as file:
            body = file.read(limit + 1)
    except OSError as error:
        raise SourceChanged(f"{path} cannot be read: {error.strerror}") from error
    _check_size(len(body), path, limit)
    return body


def _object(errand: Errand, url: str) -> tuple[Document, bytes]:
    """Read an object, unless the archive has what the store says it still is."""
    archive, limit = errand.fetch.archive, errand.fetch.limits.max_bytes
    noted = archive.remembered(url)
    try:
        store, path = fsspec.core.url_to_fs(url)
        store.invalidate_cache()
        info: dict[str, Any] = store.info(path)
        version = next((str(info[key]) for key in ("ETag", "etag", "md5") if info.get(key)), None)
        if noted is not None and version is not None and noted.etag == version:
            try:
                return noted.document, archive.get(noted.document.digest)
            except UnknownName:
                pass
        _check_size(int(info.get("size") or 0), url, limit)
        with store.open(path, "rb") as file:
            body: bytes = file.read(limit + 1)
    except (SourceChanged, SourceUnavailable):
        raise
    except ImportError as error:
        raise SourceChanged(f"{url}: install what opens such addresses: {error}") from error
    except (FileNotFoundError, PermissionError) as error:
        raise SourceChanged(f"{url} is not there, or not for us: {error}") from error
    except Exception as error:  # stores are plug-ins, each with errors of its own
        raise SourceUnavailable(f"{url}: {type(error).__name__}: {error}") from error
    _check_size(len(body), url, limit)
    document = _kept(errand, url, body)
    archive.remember(Remembered(document=document, etag=version))
    return document, body


def _kept(errand: Errand, url: str, body: bytes) -> Document:
    return Document(
        digest=errand.fetch.archive.put(body),
        url=url,
        fetched_at=errand.now,
        status=_OK,
        size=len(body),
    )


def _check_size(size: int, name: str, limit: int) -> None:
    if size > limit:
        raise SourceChanged(f"{name} is bigger than the {limit:,} bytes that were agreed")
