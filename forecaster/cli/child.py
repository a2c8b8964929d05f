"""The worker as a child of the server: started again if it dies, stopped when we stop."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)

READY = "ready"
LONG_LIFE_SECONDS = 60
LONGEST_WAIT_SECONDS = 60
PATIENCE_SECONDS = 10


class Child:
    """A worker process; its input is its lifeline: where that ends, it ends."""

    def __init__(self, environment: dict[str, str], ready: Callable[[], None]) -> None:
        """Start it; `ready` is called once, when its first day is over."""
        self.environment = {**os.environ, **environment}
        self.ready, self.was_ready = ready, False
        self.stopping = threading.Event()
        self.process: subprocess.Popen[str] | None = None
        threading.Thread(target=self._keep_alive, daemon=True).start()

    def stop(self) -> None:
        """Ask it to end by closing its input; insist when patience ends."""
        self.stopping.set()
        process = self.process
        if process is None or process.stdin is None:
            return
        process.stdin.close()
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()

    def _keep_alive(self) -> None:
        wait = 1.0
        while not self.stopping.is_set():
            began = time.monotonic()
            self.process = subprocess.Popen(
                [sys.executable, "-m", "forecaster", "work", "--child"],
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            self._listen(self.process)
            code = self.process.wait()
            if self.stopping.is_set():
                return
            lived_long = time.monotonic() - began > LONG_LIFE_SECONDS
            wait = 1.0 if lived_long else min(wait * 2, LONGEST_WAIT_SECONDS)
            log.error("worker_died", exit_code=code, starts_again_in_seconds=wait)
            self.stopping.wait(wait)

    def _listen(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            if line.strip() == READY and not self.was_ready:
                self.was_ready = True
                self.ready()
