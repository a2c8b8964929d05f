"""Ask the system where a name leads, for no longer than one can wait."""

from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Thread

from forecaster.network.addresses import Resolve, look_up
from forecaster.network.deadline import left

_AT_ONCE = 32


@dataclass(frozen=True)
class Resolver:
    """Looks names up in threads that may be left behind, for nothing can stop a look-up.

    Those that hang are bounded in number, and do not keep the process from ending.
    """

    look_up: Resolve = look_up
    longest_seconds: float = 20
    free: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(_AT_ONCE), repr=False)

    def __call__(self, host: str, port: int) -> tuple[str, ...]:
        """Return the addresses of a name.

        Raises:
            OSError: There are none, or the time was up before they were known.
        """
        if not self.free.acquire(timeout=left(self.longest_seconds)):
            raise TimeoutError("too many names are being looked up")
        found: Future[tuple[str, ...]] = Future()
        Thread(target=self._find, args=(found, host, port), daemon=True).start()
        try:
            return found.result(left(self.longest_seconds))
        except TimeoutError as error:
            raise TimeoutError("the resolver did not answer in time") from error

    def _find(self, found: Future[tuple[str, ...]], host: str, port: int) -> None:
        try:
            found.set_result(self.look_up(host, port))
        except (OSError, UnicodeError) as error:
            found.set_exception(error)
        finally:
            self.free.release()
