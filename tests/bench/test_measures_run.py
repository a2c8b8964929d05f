"""The benchmarks of accuracy, calibration and speed run on two tiny series, without peers."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"
MADE = ("--simulated", "1", "--origins", "1")


@pytest.fixture
def two_series(tmp_path: Path) -> Path:
    lines = ["series,period,value"]
    for name, factor in (("one", 1.0), ("other", 2.5)):
        for month in range(48):
            day = date(2020 + month // 12, month % 12 + 1, 1)
            lines.append(f"{name},{day},{factor * (100 + month % 12 + (month * 7) % 5)}")
    (tmp_path / "tiny.csv").write_text("\n".join(lines) + "\n")
    return tmp_path


def run(script: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, BENCH / script, *options],
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )


@pytest.mark.parametrize(
    ("script", "options", "said"),
    [
        (
            "accuracy.py",
            ("--only", "tiny", "weekly-sparse", *MADE),
            ["tiny (real)", "weekly-sparse (made)", "MASE", "Brier / climatology's", "Targets"],
        ),
        (
            "left_out.py",
            ("--only", "tiny", "--origins", "1"),
            ["tiny (real, continuous)", "arima alone", "the two + ETSModel", "failed", "warned"],
        ),
        (
            "pools.py",
            ("--only", "tiny", "monthly-conflict", "--simulated", "1"),
            ["monthly-conflict: scores over the last year's", "all but hurdle", "ties spread"],
        ),
        (
            "calibration.py",
            ("--only", "tiny", *MADE),
            ["Coverage by horizon (real series)", "PIT of positive"],
        ),
        (
            "speed.py",
            ("--only", "tiny", "--series", "2", "--shared", "2", "--repeat", "1"),
            ["One new observation", "The service's day", "processes", "Memory", "Targets"],
        ),
    ],
)
def test_a_measurement_prints_its_tables(
    two_series: Path, script: str, options: tuple[str, ...], said: list[str]
) -> None:
    ran = run(script, "--csv", str(two_series), *options)

    assert ran.returncode == 0, ran.stderr
    assert [words for words in said if words not in ran.stdout] == []


def test_a_csv_without_its_columns_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("series,when,value\na,2020-01-01,1\n")

    ran = run("accuracy.py", "--csv", str(tmp_path))

    assert ran.returncode == 1
    assert "bad.csv:1: the header lacks period" in ran.stderr


def test_a_data_set_that_does_not_exist_is_refused_by_name() -> None:
    ran = run("accuracy.py", "--only", "nothing")

    assert ran.returncode == 1
    assert "no data set is called nothing; there are shipped, ledger, statsmodels" in ran.stderr
