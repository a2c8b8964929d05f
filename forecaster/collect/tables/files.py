"""The way to files: beside the definitions and nowhere else, or an object in a store."""

from functools import partial
from http import HTTPStatus
from pathlib import Path
from stat import S_ISREG
from typing import Any

import fsspec

from forecaster.collect.asking.archive import Remembered
from forecaster.collect.asking.fetch import Fetched, Fetcher
from forecaster.collect.source import Errand
from forecaster.domain.errors import SourceChanged, SourceUnavailable, UnknownName
from forecaster.domain.observation import Document

_VERSIONS = ("ETag", "etag", "md5", "created", "mtime")
"""Under which names stores tell the version of an object."""


def fetched(errand: Errand, path: str) -> Fetched:
    """Return a file's bytes, archived, and what is noted of them.

    Raises:
        SourceUnavailable: The store does not answer.
        SourceChanged: There is no such file, it is too big, or it may not be read.
    """
    if "://" in path:
        return errand.fetch.file(path, partial(_object, errand.fetch, path))
    return errand.fetch.file(f"file:{path}", partial(_local, errand, path))


def _local(errand: Errand, path: str) -> bytes:
    """Read a file below a root of definitions; what a later root has goes before."""
    roots = [root.resolve() for root in dict.fromkeys(errand.roots)]
    for root in reversed(roots):
        real = (root / path).resolve()
        if not real.is_relative_to(root):
            raise SourceChanged(f"{path} leads out of {root}; that is not followed")
        if real.exists():
            return _bytes_of(real, path, errand.fetch.limits.max_bytes)
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


def _object(fetch: Fetcher, url: str) -> bytes:
    """Read an object, from the archive if the store says that it is still the same."""
    try:
        store, path = fsspec.core.url_to_fs(url)
        store.invalidate_cache()
        info: dict[str, Any] = store.info(path)
        version = next((str(info[key]) for key in _VERSIONS if info.get(key)), None)
        kept = _kept(fetch, url, version)
        if kept is not None:
            return kept
        _check_size(int(info.get("size") or 0), url, fetch.limits.max_bytes)
        with store.open(path, "rb") as file:
            body: bytes = file.read(fetch.limits.max_bytes + 1)
    except SourceChanged:
        raise
    except ImportError as error:
        raise SourceChanged(f"{url}: install what opens such addresses: {error}") from error
    except (FileNotFoundError, PermissionError) as error:
        raise SourceChanged(f"{url} is not there, or not for us: {error}") from error
    except Exception as error:  # stores are plug-ins, each with errors of its own
        raise SourceUnavailable(f"{url}: {type(error).__name__}: {error}") from error
    _check_size(len(body), url, fetch.limits.max_bytes)
    _remember(fetch, url, body, version)
    return body


def _kept(fetch: Fetcher, url: str, version: str | None) -> bytes | None:
    """Find the version that the store says it has in the archive."""
    noted = fetch.archive.remembered(url)
    if noted is None or version is None or noted.etag != version:
        return None
    try:
        return fetch.archive.get(noted.document.digest)
    except UnknownName:
        return None


def _remember(fetch: Fetcher, url: str, body: bytes, version: str | None) -> None:
    document = Document(
        digest=fetch.archive.put(body),
        url=url,
        fetched_at=fetch.now(),
        status=HTTPStatus.OK,
        size=len(body),
    )
    fetch.archive.remember(Remembered(document=document, etag=version))


def _check_size(size: int, name: str, limit: int) -> None:
    if size > limit:
        raise SourceChanged(f"{name} is bigger than the {limit:,} bytes that were agreed")
