"""How long raw documents are kept: by age and by size, the oldest go first."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path


@dataclass(frozen=True)
class Retention:
    """What the archive may hold; without a bound it keeps all."""

    max_age: timedelta | None = None
    max_bytes: int | None = None


@dataclass(frozen=True)
class _File:
    path: Path
    size: int
    written_at: float


def prune(root: Path, retention: Retention, *, now: datetime) -> int:
    """Delete the documents that are too old or too many; return how many bytes that freed.

    A document counts as old from when a source gave it last. What observations say of it stays in
    the record; only its bytes are gone, and `reparse` says so.
    """
    if retention == Retention():
        return 0
    files = sorted(_files(root), key=lambda file: file.written_at)
    held = sum(file.size for file in files)
    freed = 0
    for file in files:
        is_old = (
            retention.max_age is not None
            and file.written_at < (now - retention.max_age).timestamp()
        )
        is_much = retention.max_bytes is not None and held - freed > retention.max_bytes
        if not is_old and not is_much:
            break
        file.path.unlink(missing_ok=True)
        freed += file.size
    return freed


def _files(root: Path) -> Iterator[_File]:
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder) / name
            try:
                facts = path.stat()
            except FileNotFoundError:  # it went while we looked
                continue
            yield _File(path, facts.st_size, facts.st_mtime)
