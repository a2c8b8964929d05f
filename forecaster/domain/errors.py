"""The errors of the service; each type answers what its caller should do.

::

    ForecasterError
    ├── DefinitionsRefused       a YAML is wrong: mend the file at the line it names
    ├── UnknownName              no such indicator, series, plug-in: one of the known names
    ├── CollectError
    │   ├── SourceUnavailable    again later (not before `retry_after`)
    │   ├── DocumentAbsent       the source has no such document (404): go on without it
    │   ├── KeyMissing           set the key that the source wants, then again
    │   └── SourceChanged        a person must look: the shape or the size is not what was agreed
    ├── AddressError             (each stage says in its own words what it means to it)
    │   ├── AddressUnknown       again later: the name leads nowhere now
    │   └── AddressForbidden     stop: it leads to where nothing may be called from here
    ├── NothingToCollect         it is composed of others: collect those
    ├── StoreUnavailable         again later: the database does not answer
    ├── CannotForecast           the series cannot carry a forecast; says why
    ├── WrongSecretsKey          stop: give the key with which the secrets were sealed
    └── DeliveryError
        ├── DeliveryRefused      again later (not before `retry_after`)
        ├── ReceiverForbidden    stop: the address may not be called from here
        └── SubscriberGone       stop: the receiver said 410
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from difflib import get_close_matches


class ForecasterError(Exception):
    """Anything that this service refuses or fails at knowingly."""


class UnknownName(ForecasterError):
    """A name that nobody knows; lists the nearest and the known ones."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        """Say which name of which kind was not found among the known ones."""
        self.kind, self.name, self.known = kind, name, tuple(sorted(known))
        super().__init__(f"no {kind} named {name!r}{did_you_mean(name, self.known)}")


class DefinitionsRefused(ForecasterError):
    """One or more definitions are wrong; `problems` says where and what was expected."""

    def __init__(self, problems: Sequence[object]) -> None:
        """Keep the problems in the order of their places."""
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


class CollectError(ForecasterError):
    """A source could not be read."""


class SourceUnavailable(CollectError):
    """The source does not answer properly now; try again later."""

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        """Keep the wait that the source itself asked for."""
        self.retry_after = retry_after
        super().__init__(message)


class DocumentAbsent(CollectError):
    """The source says that it has no such document."""


class KeyMissing(CollectError):
    """The source wants a key that this installation does not have; a person must set it."""


class SourceChanged(CollectError):
    """The source answers, but not in the agreed shape or size; a person must look."""


class AddressError(ForecasterError):
    """There is no way to an address."""


class AddressUnknown(AddressError):
    """A name leads to no address now."""


class AddressForbidden(AddressError):
    """A name leads to an address that may not be called from here."""

    def __init__(self, message: str, *, private: bool) -> None:
        """Keep whether it is a private one, which a setting may allow."""
        self.private = private
        super().__init__(message)


class NothingToCollect(ForecasterError):
    """An indicator whose values no source gives: they are composed of others."""

    def __init__(self, name: str, inputs: Sequence[str]) -> None:
        """Say of which others."""
        super().__init__(f"{name} is composed of {' and '.join(inputs)}: collect those")


class StoreUnavailable(ForecasterError):
    """The database does not answer, or not in time."""


class CannotForecast(ForecasterError):
    """A series from which no forecast can be made; the message says why."""


class WrongSecretsKey(ForecasterError):
    """The key is no key, or not the one with which the webhook secrets were sealed."""


class DeliveryError(ForecasterError):
    """A message did not reach its receiver."""


class DeliveryRefused(DeliveryError):
    """The receiver did not take the message; try again later."""

    def __init__(
        self, message: str, *, status: int | None = None, retry_after: timedelta | None = None
    ) -> None:
        """Keep the HTTP status and the wait that the receiver asked for."""
        self.status, self.retry_after = status, retry_after
        super().__init__(message)


class ReceiverForbidden(DeliveryError):
    """The receiver's address may not be called from here."""


class SubscriberGone(DeliveryError):
    """The receiver wants no further message (HTTP 410)."""


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """Say the nearest known name, else all known ones, as the tail of a sentence."""
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; known: {', '.join(known)}" if known else ""
