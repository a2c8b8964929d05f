"""Open zip files that somebody else made: streamed, within limits, one member only."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from forecaster.domain.errors import SourceChanged, SourceUnavailable

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Expansion:
    """How much a zip file may unpack to, in bytes and as a multiple of its own size."""

    max_bytes: int = 256_000_000
    max_ratio: int = 100


def chunks(body: bytes, name: str, limit: Expansion | None = None) -> Iterator[bytes]:
    """Unpack the only member of a zip file, chunk by chunk, its checksum verified at the end.

    Raises:
        SourceUnavailable: It is truncated or damaged, or no zip file: a later copy may be whole.
        SourceChanged: It is encrypted, holds other than one member, or unpacks to more than the
            limit.
    """
    limit = limit or Expansion()
    most = min(limit.max_bytes, limit.max_ratio * len(body))
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            members = packed.namelist()
            if len(members) != 1:
                raise SourceChanged(f"{name} holds {len(members)} files instead of one")
            yield from _unpacked(packed, members[0], name, most)
    except (zipfile.BadZipFile, EOFError, zlib.error) as error:
        raise SourceUnavailable(f"{name} is truncated or damaged: {error}") from error
    except (NotImplementedError, RuntimeError) as error:
        raise SourceChanged(f"{name} is no plain zip file: {error}") from error


def _unpacked(packed: zipfile.ZipFile, member: str, name: str, most: int) -> Iterator[bytes]:
    size = 0
    with packed.open(member) as file:
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            if size > most:
                raise SourceChanged(f"{name} unpacks to more than {most:,} bytes")
            yield chunk
