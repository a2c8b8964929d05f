"""Take the time of several ways in turn, so that what else the machine does falls on all alike."""

import statistics
import time
from collections.abc import Callable

Work = Callable[[], object]


def medians(repeat: int, *ways: Work) -> list[float]:
    """Return each way's median seconds, after one run of each that is not counted."""
    for way in ways:
        way()
    spent: list[list[float]] = [[] for _ in ways]
    for _ in range(repeat):
        for way, kept in zip(ways, spent, strict=True):
            kept.append(seconds(way))
    return [statistics.median(kept) for kept in spent]


def seconds(way: Work) -> float:
    """Return how long one run takes."""
    began = time.perf_counter()
    way()
    return time.perf_counter() - began
