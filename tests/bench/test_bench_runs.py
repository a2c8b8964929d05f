"""Each measurement runs, at a tiny size, and prints its ratios; none of them is judged."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"
PARSE = ("--rows", "200", "--megabytes", "1", "--files", "12", "--repeat", "1")
BREAKS = ("--walks", "2", "--series", "1", "--forecast", "1")
FACTOR = ("--panels", "1", "--peers", "--only", "sparse counts", "3 quarters")
YEAR = ("--files", "6", "--kill-files", "9", "--rows", "5", "--seed", "1")


@pytest.mark.parametrize(
    ("script", "options", "said"),
    [
        ("breaks.py", BREAKS, ["99.9 % points", "false alarms", "found", "CRPS", "one look"]),
        ("drivers.py", ("--series", "1"), ["found", "lag right", "count", "binary"]),
        ("gdelt_parse.py", PARSE, ["MB/s; polars' bare read", "ratio", "memory: "]),
        ("factor.py", FACTOR, ["DynamicFactorMQ, white noise", "sparse counts", "held last"]),
        ("gdelt_year.py", YEAR, ["rows per second", "of 9 files and resumed: the same totals"]),
    ],
)
def test_a_measurement_prints_what_it_measured(
    script: str, options: tuple[str, ...], said: list[str]
) -> None:
    ran = subprocess.run(
        [sys.executable, BENCH / script, *options],
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert [words for words in said if words not in ran.stdout] == []
