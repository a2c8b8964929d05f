"""The page of the catalogue is what the command makes of it."""

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from forecaster.cli.main import app
from forecaster.publish import guide
from forecaster.publish.guide import Entry, Held
from tests.publish.samples import DEFINITION

PAGE = Path(__file__).parents[2] / "docs" / "indicators.md"


def test_the_page_in_docs_is_the_one_that_the_command_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    printed = CliRunner().invoke(app, ["catalogue", "--markdown"]).stdout

    assert printed == PAGE.read_text(), f"run: {guide.COMMAND} > docs/indicators.md"


def test_an_indicator_says_what_it_proves_cannot_say_and_holds() -> None:
    told = DEFINITION.model_copy(update={"proves": "Display.", "cannot_say": "What is done."})
    held = Held(date(2018, 1, 1), date(2023, 6, 25), 1614)

    page = guide.markdown([Entry(told, held)])

    assert page.startswith("# The indicators\n")
    assert "1 indicators, 2 series." in page
    assert "### `media-cooperation`" in page
    assert "- **Proves:** Display.\n- **Cannot say:** What is done.\n" in page
    assert "- **Series:** CHN-RUS, IRN-RUS\n" in page
    assert "- **History held:** 2018-01-01 to 2023-06-25, 1,614 values\n" in page
    assert "- **License:** GDELT terms; redistribution: derived\n" in page


def test_what_has_no_past_says_so() -> None:
    page = guide.markdown([Entry(DEFINITION, None)])

    assert "- **History held:** none: it is collected from the first start on" in page
    assert "- **Proves:** not said" in page


def test_no_line_of_the_page_is_longer_than_the_page_is_wide() -> None:
    assert max(len(line) for line in PAGE.read_text().splitlines()) <= 99
