"""Errors of a value that name the very fields at fault, so that a file can be mended there."""

from collections.abc import Sequence
from typing import NamedTuple


class Fault(NamedTuple):
    """What is wrong, and where, relative to the value that was looked at."""

    message: str
    at: tuple[str | int, ...] = ()


class Faults(ValueError):
    """One or more faults of one value, found together."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep the faults in the order in which they were found."""
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.message for fault in faults))


def refuse(*faults: Fault | None) -> None:
    """Raise the faults that there are, together; without any, do nothing."""
    found = [fault for fault in faults if fault is not None]
    if found:
        raise Faults(found)


def repeated(names: Sequence[str], what: str) -> list[Fault]:
    """Find each name that stood before in the list."""
    return [
        Fault(f"there is another {what} {name!r}; each needs an id of its own", (place, "id"))
        for place, name in enumerate(names)
        if name in names[:place]
    ]
