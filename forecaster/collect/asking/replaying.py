"""Answer a source from the archive, as the world answered it once: no network is touched."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from forecaster.collect.asking.fetch import Fetched, Fetcher
from forecaster.domain.errors import SourceUnavailable, UnknownName
from forecaster.domain.observation import Document

T = TypeVar("T")


@dataclass(frozen=True)
class Replayer(Fetcher):
    """Gives the documents of one earlier run, each address its own, in their order."""

    answers: Mapping[str, list[Document]] = field(default_factory=dict)

    @classmethod
    def of(cls, fetcher: Fetcher, documents: Sequence[Document]) -> "Replayer":
        """Answer as one run was answered, out of the archive of a fetcher."""
        answers: dict[str, list[Document]] = {}
        for document in documents:
            answers.setdefault(document.url, []).append(document)
        return cls(fetcher.client, fetcher.archive, fetcher.now, fetcher.limits, answers=answers)

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,  # noqa: ARG002  (as the network's)
        pace: timedelta = timedelta(0),  # noqa: ARG002  (nobody is asked)
        immutable: bool = False,  # noqa: ARG002  (nothing changes here)
        max_bytes: int | None = None,  # noqa: ARG002  (it was small enough then)
        verify: Callable[[bytes], None] | None = None,
    ) -> Fetched:
        """Return what the address answered then; the last answer serves for good."""
        document, body = self._next(url)
        if verify is not None:
            verify(body)
        self.taken(document)
        return Fetched(document, body, unchanged=False)

    def scan(self, url: str, pick: Callable[[str], T | None]) -> tuple[T, ...]:
        """Read the lines again that were kept of a long list."""
        document, body = self._next(url)
        self.taken(document)
        picked = (pick(line) for line in body.decode(errors="replace").splitlines())
        return tuple(found for found in picked if found is not None)

    def file(self, url: str, read: Callable[[], bytes]) -> Fetched:  # noqa: ARG002  (as then)
        """Return what the file held then."""
        document, body = self._next(url)
        self.taken(document)
        return Fetched(document, body, unchanged=False)

    def _next(self, url: str) -> tuple[Document, bytes]:
        known = self.answers.get(url)
        if not known:
            raise SourceUnavailable(f"{url} is not among the answers that were archived then")
        document = known.pop(0) if len(known) > 1 else known[0]
        try:
            return document, self.archive.get(document.digest)
        except UnknownName as error:
            raise SourceUnavailable(f"{url}: its answer is no longer in the archive") from error
