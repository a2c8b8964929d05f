"""Hold a benchmark to one thread: what is compared must not differ in how many cores it takes."""

import os
import sys

_LIBRARIES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def keep_to_one() -> None:
    """Start this script again with one thread a library: they read that when they are loaded."""
    if any(os.environ.get(name) != "1" for name in _LIBRARIES):
        os.environ.update(dict.fromkeys(_LIBRARIES, "1"))
        os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606  (this very script)
