"""The bench of many hosts runs to its end and prints what it promises; nothing is timed here."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SMALL = {"indicators": 10, "hosts": 5, "bad": 4, "interval": 1, "intervals": 1, "threads": 16}


def test_the_bench_of_many_hosts_prints_how_late_the_healthy_were() -> None:
    options = [f"--{name}={number}" for name, number in SMALL.items()]

    ran = subprocess.run(
        [sys.executable, str(ROOT / "bench/many_hosts.py"), *options],
        capture_output=True,
        text=True,
        check=True,
        timeout=200,
    )

    assert "2 indicators on healthy hosts" in ran.stdout
    assert "goal: never by more than 1" in ran.stdout
    assert ran.stderr == ""
