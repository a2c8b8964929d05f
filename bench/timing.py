"""Take the time of several ways in turn: what else the machine does falls on all alike."""

import statistics
import time
from collections.abc import Callable

Work = Callable[[], object]


def medians(repeat: int, *ways: Work) -> list[float]:
    """Return each way's median seconds of the processor, after one run that is not counted."""
    for way in ways:
        way()
    spent: list[list[float]] = [[] for _ in ways]
    for _ in range(repeat):
        for way, kept in zip(ways, spent, strict=True):
            kept.append(seconds(way, time.process_time))
    return [statistics.median(kept) for kept in spent]


def seconds(way: Work, clock: Callable[[], float] = time.perf_counter) -> float:
    """Return how long one run takes by a clock, without another one the wall's."""
    began = clock()
    way()
    return clock() - began
