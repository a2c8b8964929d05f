"""The peers: statsforecast's automatic models, asked in an interpreter of their own.

statsforecast pins pandas below 3 and so cannot live beside this project. Make its environment
once, anywhere, and name its interpreter with `--peers`:

    python3 -m venv PEERS && PEERS/bin/pip install -r bench/peers.txt
    python bench/accuracy.py --peers PEERS/bin/python

A benchmark starts this file there and asks over pipes, a line of JSON each way. Importing and a
first fit of each model and season are done before anything is timed; only the call of the model
is, inside the child, in seconds of the processor. A gap is filled by a straight line: none of the
models takes one.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

PEERS = ("AutoETS", "AutoARIMA", "AutoTheta", "SeasonalNaive")

_WARM = 40  # values of the series that warms a model up


class Said(NamedTuple):
    """What was forecast: quantiles (steps, levels), and how many seconds it took."""

    quantiles: NDArray[np.float64]
    seconds: float


class Peers:
    """The child process; to be used as a context."""

    def __init__(self, python: str, levels: Sequence[float]) -> None:
        """Start the interpreter and ask it to warm up."""
        self._child = subprocess.Popen(  # noqa: S603  (the interpreter that the caller names)
            [python, "-W", "ignore", str(Path(__file__).resolve())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._tell({"levels": list(levels)})

    def __enter__(self) -> Self:
        """Hand out the child."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close its input, at which it ends."""
        self._child.communicate()

    def ask(self, model: str, past: NDArray[np.float64], season: int, steps: int) -> Said | None:
        """Return a model's forecast; nothing where it failed."""
        self._tell({"model": model, "past": _filled(past), "season": season, "steps": steps})
        heard = json.loads(self._line())
        if "failed" in heard:
            return None
        return Said(np.array(heard["quantiles"], dtype=np.float64), heard["seconds"])

    def megabytes(self) -> float:
        """Return the most memory that the interpreter has held."""
        self._tell({"model": None})
        return float(json.loads(self._line()))

    def _tell(self, what: Mapping[str, Any]) -> None:
        if self._child.stdin is None:
            raise RuntimeError("the child has no input")
        self._child.stdin.write(json.dumps(what) + "\n")
        self._child.stdin.flush()

    def _line(self) -> str:
        line = self._child.stdout.readline() if self._child.stdout else ""
        if not line:
            raise SystemExit("the peers' interpreter ended; is statsforecast installed there?")
        return line


def _filled(past: NDArray[np.float64]) -> list[float]:
    at, held = np.arange(past.size), np.isfinite(past)
    return [float(one) for one in np.interp(at, at[held], past[held])]


def serve() -> None:
    """Answer questions from the input until it ends: the part that runs in the child."""
    from statsforecast import models  # noqa: PLC0415  (the child alone has it)

    levels = json.loads(sys.stdin.readline())["levels"]
    warm: set[tuple[str, int]] = set()
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["model"] is None:
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, flush=True)
            continue
        make = getattr(models, asked["model"])
        kind = (asked["model"], asked["season"])
        if kind not in warm:
            wave = 100 + np.sin(np.arange(max(_WARM, 4 * asked["season"])))
            _say(make, wave, {**asked, "steps": 2}, levels)
            warm.add(kind)
        print(json.dumps(_say(make, np.array(asked["past"]), asked, levels)), flush=True)


def _say(
    make: Any, past: NDArray[np.float64], asked: Mapping[str, Any], levels: Iterable[float]
) -> dict[str, Any]:
    # A level of 98 is the central interval of 98 %: its ends are the quantiles .01 and .99.
    sides = [("lo" if one <= 0.5 else "hi", round(abs(200 * one - 100), 6)) for one in levels]  # noqa: PLR2004  (the median)
    widths = sorted({width for _, width in sides})
    model = make(season_length=asked["season"])
    began = time.process_time()
    try:
        said = model.forecast(past, asked["steps"], level=widths)
    except Exception as problem:  # noqa: BLE001  (whatever a peer dies of, the table goes on)
        return {"failed": str(problem)}
    seconds = time.process_time() - began
    columns = [np.asarray(said[f"{side}-{width}"], dtype=float) for side, width in sides]
    quantiles = np.stack(columns, axis=1)
    if not np.isfinite(quantiles).all():
        return {"failed": "not finite"}
    return {"quantiles": quantiles.tolist(), "seconds": seconds}


if __name__ == "__main__":
    serve()
