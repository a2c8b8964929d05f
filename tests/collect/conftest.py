"""A GDELT server on loopback, and a fetcher that soon loses patience."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from forecaster.collect.asking.archive import Archive
from forecaster.collect.asking.client import new_client
from forecaster.collect.asking.fetch import Fetcher
from forecaster.collect.asking.hosts import Hosts
from tests.collect.errands import BRISK, NOW, QUICK
from tests.servers.gdelt import Gdelt, gdelt


@pytest.fixture
def server() -> Iterator[Gdelt]:
    with gdelt() as running:
        yield running


@pytest.fixture
def fetcher(tmp_path: Path) -> Iterator[Fetcher]:
    with new_client("tests@example.org", QUICK, allow_private=True) as client:
        yield Fetcher(client, Archive(tmp_path / "archive"), lambda: NOW, QUICK, Hosts(BRISK))
