"""Step 0: notice that a file of definitions or of data came, changed or went."""

from pathlib import Path

from forecaster.cycle.attempt import attempting

_PATTERNS = ("*.yml", "*.yaml", "lookups/*.yml", "ledger/*.csv", "history/*.csv", "tables/*")


def fingerprint(roots: tuple[Path, ...]) -> frozenset[tuple[str, int, int]]:
    """Name every definition and data file with its size and time of change."""
    found = set()
    for root in roots:
        for pattern in _PATTERNS:
            for path in root.glob(pattern):
                with attempting("look at a file", path=str(path)):
                    fact = path.stat()
                    found.add((str(path), fact.st_size, fact.st_mtime_ns))
    return frozenset(found)
