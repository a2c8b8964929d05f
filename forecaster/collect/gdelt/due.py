"""Which of GDELT's files are to be visited: the new ones, or those of a window."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from forecaster.collect.gdelt.export import Feed, File, listed
from forecaster.collect.source import Errand
from forecaster.domain.base import midnight
from forecaster.domain.errors import DocumentAbsent, SourceChanged


class Stream(NamedTuple):
    """A feed, and the address under which its files lie."""

    feed: Feed
    base: str

    def url(self, name: str) -> str:
        """Return the address of a file or of a list."""
        return f"{self.base}/{name}"


class Due(NamedTuple):
    """A file that is to be visited."""

    file: File
    stream: Stream


def due(errand: Errand, stream: Stream) -> list[Due]:
    """List the files of a feed that no earlier run has settled."""
    files = _backlog(errand, stream, *errand.window) if errand.window else _missed(errand, stream)
    return [Due(file, stream) for file in files if file.name not in errand.visited]


def _backlog(errand: Errand, stream: Stream, since: datetime, until: datetime) -> Sequence[File]:
    """List the files of a backfill's window, as the source lists them or as the days go."""
    feed = stream.feed
    if feed.all is None:
        return _by_calendar(feed, since, min(until, errand.now - feed.every))
    url = stream.url(feed.all)

    def pick(line: str) -> File | None:
        file = listed(line, feed)
        return file if file and since <= file.at < until else None

    files = errand.fetch.scan(url, pick)
    if not files:
        raise SourceChanged(f"{url} lists no file from {since} to {until}")
    return files


def _by_calendar(feed: Feed, since: datetime, until: datetime) -> list[File]:
    """List the files whose span starts in a window."""
    at, files = midnight(since.date()), []
    while at < until:
        if at >= since:
            files.append(File(at, feed.name(at)))
        at += feed.every
    return files


def _missed(errand: Errand, stream: Stream) -> Iterator[File]:
    """List the newest file and the slots before it, back to the first ever visited."""
    feed = stream.feed
    newest = _newest(errand, stream)
    yield newest
    visited = [at for name in errand.visited if (at := feed.moment(name))]
    first = min(visited, default=newest.at)
    for back in range(1, feed.catch_up):
        at = newest.at - back * feed.every
        if at >= first:
            yield File(at, feed.name(at))


def _newest(errand: Errand, stream: Stream) -> File:
    feed = stream.feed
    if feed.newest is None:
        at = midnight((errand.now - feed.every).date())
        return File(at, feed.name(at))
    url = stream.url(feed.newest)
    try:
        text = errand.fetch.get(url).body.decode(errors="replace")
    except DocumentAbsent as error:
        raise SourceChanged(str(error)) from error
    for line in text.splitlines():
        if file := listed(line, feed):
            return file
    raise SourceChanged(f"{url} names no file of events; it begins {text[:60]!r}")
