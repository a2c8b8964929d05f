"""The pool outlives its processes, and they do not outlive it."""

import signal
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool

import pytest

from forecaster.cycle.pool import FittingPool

PARENT = """
import os, time
from forecaster.cycle.pool import FittingPool
if __name__ == "__main__":
    print(FittingPool(1).submit(os.getpid).result(), flush=True)
    time.sleep(60)
"""


def test_a_pool_goes_on_after_one_of_its_processes_died() -> None:
    pool = FittingPool(1)
    with pytest.raises(BrokenProcessPool):
        pool.submit(signal.raise_signal, signal.SIGKILL).result()
    assert pool.submit(abs, -4).result() == 4
    pool.shutdown()


def test_its_processes_end_when_their_parent_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()

    end = time.monotonic() + 20
    while alive(child):
        assert time.monotonic() < end, "the child lives on"
        time.sleep(0.1)


def alive(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat") as stat:  # noqa: PTH123  (gone between two looks, maybe)
            return stat.read().split()[2] != "Z"
    except FileNotFoundError:
        return False
