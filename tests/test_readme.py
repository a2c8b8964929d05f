"""What the README shows is true: its indicator is good, and its addresses are served."""

import re
from pathlib import Path

from forecaster.definitions.load import load_catalogue
from forecaster.definitions.shipped import shipped_root

README = (Path(__file__).parent.parent / "README.md").read_text()


def test_the_indicator_is_good_beside_the_shipped_ones(tmp_path: Path) -> None:
    (shown,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    name = re.search(r"# indicators/(\S+)\.yml", shown)
    assert name is not None
    (tmp_path / f"{name[1]}.yml").write_text(shown)

    loaded = load_catalogue([shipped_root(), tmp_path])

    assert loaded.problems == ()
    assert name[1] in {definition.id for definition in loaded.catalogue}
    assert not loaded.overridden


def test_the_indicator_has_ten_lines() -> None:
    (shown,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert len(shown.strip().splitlines()) == 10


def test_the_polled_series_are_shipped() -> None:
    loaded = load_catalogue([shipped_root()])
    series = {str(key) for definition in loaded.catalogue for key in definition.keys}
    polled = re.findall(r"/v1/forecasts/([a-z-]+/[A-Z-]+)", README)
    assert polled
    assert set(polled) <= series


def test_it_is_shorter_than_90_lines() -> None:
    assert len(README.splitlines()) < 90
