"""What a command loads before it can do its work: counted, since time is the machine's."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import INDICATOR, quiet_weeks, write_patrols

STATISTICS = {"statsmodels", "pandas", "scipy", "scoringrules", "altair"}
PROGRAM = f"""
import contextlib, io, sys
from forecaster.cli.main import main
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
    main()
print(len(sys.modules), *sorted({STATISTICS} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    ("words", "most"),
    [
        (["--help"], 450),
        (["status"], 700),
        (["collect"], 1100),
        (["check"], 1100),
        (["catalogue"], 1100),
    ],
)
def test_a_command_that_fits_nothing_starts_light(
    words: list[str], most: int, tmp_path: Path
) -> None:
    write_patrols(tmp_path / "indicators", quiet_weeks(20))
    (tmp_path / "indicators" / "patrols.yml").write_text(INDICATOR)
    if words == ["status"]:
        loaded(["collect"], tmp_path)

    number, *statistics = loaded(words, tmp_path)

    assert statistics == []
    assert int(number) < most


def test_a_worker_leaves_the_statistics_to_the_processes_that_fit() -> None:
    program = f"import sys, forecaster.worker; print({STATISTICS} & set(sys.modules))"

    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout

    assert output.strip() == "set()"


def loaded(words: list[str], folder: Path) -> list[str]:
    """Run a command; return how many modules it loaded, and which of the statistics."""
    output = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env={**os.environ, "FORECASTER_SHIPPED": "false", "FORECASTER_WORKERS": "1"},
    ).stdout
    return output.split()
