"""Step 0: notice that a file of definitions or of data came, changed or went."""

from contextlib import suppress
from pathlib import Path

from forecaster.cycle.attempt import attempting

_DATA = (".csv", ".tsv", ".parquet", ".pq")
_PATTERNS = (
    *("*.yml", "*.yaml", "lookups/*.yml", "lookups/*.yaml"),
    *(f"{folder}*{ending}" for folder in ("", "*/") for ending in _DATA),
)


def fingerprint(roots: tuple[Path, ...]) -> frozenset[tuple[str, int, int]]:
    """Name every definition and data file with its size and time of change."""
    found = set()
    for root in roots:
        for pattern in _PATTERNS:
            for path in root.glob(pattern):
                if path.name.startswith("."):
                    continue  # an editor's own
                with attempting("look at a file", path=str(path)), suppress(FileNotFoundError):
                    fact = path.stat()
                    found.add((str(path), fact.st_size, fact.st_mtime_ns))
    return frozenset(found)


def is_data(name: str) -> bool:
    """Say whether a file holds values, not definitions."""
    return name.endswith(_DATA)
