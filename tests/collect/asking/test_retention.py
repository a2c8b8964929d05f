"""The archive keeps what it may, and lets the oldest go first."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forecaster.collect.asking.archive import Archive
from forecaster.collect.asking.retention import Retention, prune
from forecaster.domain.errors import UnknownName

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def archived(folder: Path, ages: list[int]) -> tuple[Archive, list[str]]:
    """Archive a document for each age in days; return their digests."""
    archive = Archive(folder)
    digests = []
    for age in ages:
        digests.append(archive.put(os.urandom(1_000)))
        newest = max(folder.rglob("*.zst"), key=lambda path: path.stat().st_mtime_ns)
        moment = (NOW - age * DAY).timestamp()
        os.utime(newest, (moment, moment))
    return archive, digests


def kept(archive: Archive, digests: list[str]) -> list[bool]:
    found = []
    for digest in digests:
        try:
            archive.get(digest)
        except UnknownName:
            found.append(False)
        else:
            found.append(True)
    return found


def test_without_a_bound_all_is_kept(tmp_path: Path) -> None:
    archive, digests = archived(tmp_path, [1, 900])
    assert prune(tmp_path, Retention(), now=NOW) == 0
    assert kept(archive, digests) == [True, True]


def test_what_is_older_than_its_time_goes(tmp_path: Path) -> None:
    archive, digests = archived(tmp_path, [1, 30, 31])
    assert prune(tmp_path, Retention(max_age=30 * DAY), now=NOW) > 1_000
    assert kept(archive, digests) == [True, True, False]


@pytest.mark.parametrize(
    ("room", "left"), [(3_500, [True, True, True]), (2_500, [True, True, False])]
)
def test_of_too_much_the_oldest_goes(tmp_path: Path, room: int, left: list[bool]) -> None:
    archive, digests = archived(tmp_path, [1, 2, 3])
    prune(tmp_path, Retention(max_bytes=room), now=NOW)
    assert kept(archive, digests) == left


def test_an_archive_that_never_was_holds_nothing(tmp_path: Path) -> None:
    assert prune(tmp_path / "none", Retention(max_bytes=0), now=NOW) == 0
