"""A house with one indicator, whose clock stands still until a test sets it."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from forecaster.working import Working
from tests.house import INDICATOR, NOW, house, quiet_weeks, write_patrols


class Clock:
    """Says the time that it was set to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands still until it is set."""
    return Clock()


@pytest.fixture
def working(tmp_path: Path, database_url: str, clock: Clock) -> Iterator[Working]:
    """Open a house with 40 quiet weeks of one indicator, nothing collected yet."""
    write_patrols(tmp_path / "indicators", quiet_weeks(40))
    (tmp_path / "indicators" / "patrols.yml").write_text(INDICATOR)
    with house(tmp_path, database_url, clock=clock) as working:
        yield working
