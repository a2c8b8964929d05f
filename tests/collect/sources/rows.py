"""Rows of an operator's own ledger, for tests."""

from pathlib import Path

EVENTS = (
    "id,start,end,date_precision,actors,others,kind,category,summary,intensity,confidence,"
    "source_url_1,source_url_2,source_date"
)
CLAIMS = "scope,kind,category,from,to,grade,by,note"


def event(
    name: str,
    *,
    end: str = "",
    actors: str = "CHN;RUS",
    kind: str = "display",
    category: str = "summit",
    intensity: str = "3",
    confidence: str = "high",
    sources: tuple[str, str] = ("https://example.org/a", ""),
) -> str:
    """Write an event that starts on the day that its name begins with."""
    start = name[:10]
    cells = [name, start, end or start, "day", actors, "", kind, category, "They met."]
    return ",".join([*cells, intensity, confidence, *sources, ""])


def claim(
    *,
    scope: str = "*",
    kind: str = "*",
    category: str = "*",
    since: str = "2025-01-01",
    until: str = "2025-12-31",
    grade: str = "partial",
    by: str = "tests",
) -> str:
    """Write a claim of coverage."""
    return f"{scope},{kind},{category},{since},{until},{grade},{by},"


def own(folder: Path, events: list[str], claims: list[str]) -> Path:
    """Write an operator's ledger and return its root."""
    ledger = folder / "own" / "ledger"
    ledger.mkdir(parents=True, exist_ok=True)
    (ledger / "mine.csv").write_text("\n".join([EVENTS, *events]) + "\n")
    (ledger / "coverage.csv").write_text("\n".join([CLAIMS, *claims]) + "\n")
    return folder / "own"
