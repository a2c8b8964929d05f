"""How much, in what tone, and in which articles the news write of something: GDELT's DOC 2.0."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import ClassVar

import structlog

from forecaster.collect.asking.fetch import Fetched
from forecaster.collect.gdelt import doc as wire
from forecaster.collect.gdelt.articles import address, outlet, title_words
from forecaster.collect.gdelt.doc import by_day, tone, volume
from forecaster.collect.gdelt.query import GdeltDocOptions
from forecaster.collect.source import Batch, Errand
from forecaster.domain.base import midnight
from forecaster.domain.coverage import Grade, grade_of
from forecaster.domain.errors import CollectError, DocumentAbsent, SourceChanged
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Missing, Reading, Sighting, Slot
from forecaster.domain.period import Period

_DAY = timedelta(days=1)
_SETTLES = timedelta(hours=3)  # articles of a day may be indexed a little after it
_CATCH_UP = 6  # days; a run remembers a week of what it has visited
_PERIODS = 3  # that a run asks for again, so that a late value still counts
_SHORTEST = 8  # days; in shorter spans the service gives hours, not days
_GIVE_UP = 3  # failures: then it is not the scope, it is the source

log = structlog.get_logger()


@dataclass(frozen=True)
class GdeltDoc:
    """Asks DOC 2.0 for each scope, one request in five seconds, whoever else asks it.

    timelinevolraw: articles that match, as a share of all articles of the period or as a count;
    n is the number of all. timelinetone: the mean tone of the days, each weighted by its articles,
    for which it asks a second time; n is their number, and without any there is no tone. artlist:
    articles, day by day, repetitions within a period counted once; an answer that is full makes
    the value a lower bound.
    """

    Options: ClassVar = GdeltDocOptions
    shipped: ClassVar = False
    options: GdeltDocOptions

    def collect(self, errand: Errand) -> Iterator[Batch]:
        """Give the values of closed periods, scope by scope, or the articles of closed days."""
        scopes, periods = errand.definition.scopes, _periods(errand)
        if self.options.mode == "artlist":
            days = [(scope, day) for day in _days(errand) for scope in scopes]
            asked = [each for each in days if _slot(*each) not in errand.visited]
            yield from _each([partial(self._articles, errand, *each) for each in asked])
        elif periods:
            yield from _each([partial(self._timeline, errand, each, periods) for each in scopes])

    def tally(
        self,
        definition: Definition,
        scope: str,
        period: Period,
        sightings: Sequence[Sighting],
        slots: Sequence[Slot],
    ) -> Reading | None:
        """Count the articles of a closed period, if each of its days was asked for."""
        days = [period.start + number * _DAY for number in range(_length(period))]
        names = {_slot(scope, day) for day in days}
        own = [slot for slot in slots if slot.name in names]
        grade = _grade(definition, period)
        if not own or grade is None:
            return None
        if len(own) < len(days):
            return Reading(scope=scope, period=period, missing=Missing.INCOMPLETE, grade=grade)
        seen = {each.name: each for each in sightings if each.scope == scope}.values()
        full = any((slot.size or 0) >= wire.MOST_ARTICLES for slot in own)
        by_url = self.options.deduplicate == "url"
        details = {"articles": len(seen), "outlets": len({each.outlet for each in seen})}
        return Reading(
            scope=scope,
            period=period,
            value=len(seen) if by_url else len({each.label for each in seen}),
            grade=Grade.PARTIAL if full else grade,
            details=details | ({"outlet_share": details["outlets"] / len(seen)} if seen else {}),
        )

    def _ask(self, errand: Errand, url: str) -> Fetched:
        pace = timedelta(seconds=self.options.pace_seconds)
        try:
            return errand.fetch.get(url, pace=pace, verify=wire.verify)
        except DocumentAbsent as error:
            raise SourceChanged(f"{error}; the service has moved") from error

    def _articles(self, errand: Errand, scope: str, day: date) -> Batch:
        """Ask for the articles of one day; what is not yet known of it would lie in the future."""
        span = _span(day, day) | {"maxrecords": wire.MOST_ARTICLES, "sort": "datedesc"}
        url = wire.address(self.options.base_url, self.options.filled(scope), "artlist", **span)
        fetched = self._ask(errand, url)
        articles, fields = wire.articles(fetched.body, url)
        known = [article for article in articles if article.seendate <= errand.now]
        if len(known) < len(articles):
            log.warning("rows_left_out", url=url, in_the_future=len(articles) - len(known))
        return Batch(
            sightings=tuple(
                {each.name: each for each in (_sighting(scope, a) for a in known)}.values()
            ),
            slots=(Slot(name=_slot(scope, day), at=midnight(day), seen=True, size=len(articles)),),
            document=fetched.document,
            rows=len(articles),
            fields=fields or None,
        )

    def _timeline(self, errand: Errand, scope: str, periods: Sequence[Period]) -> Batch:
        """Ask for a timeline, and for the volume that weighs a tone; sum up by periods."""
        query, span = self.options.filled(scope), _asked(errand, periods)
        url = wire.address(self.options.base_url, query, self.options.mode, **span)
        fetched = self._ask(errand, url)
        points, fields = wire.timeline(fetched.body, url)
        days = by_day(points)
        if self.options.mode == "timelinetone":
            url = wire.address(self.options.base_url, query, "timelinevolraw", **span)
            volumes = by_day(wire.timeline(self._ask(errand, url).body, url).entries)
            value = partial(tone, days, volumes)
        else:
            whole = None if self.options.measure == "count" else errand.definition.whole
            value = partial(volume, days, whole)
        graded = [(period, _grade(errand.definition, period)) for period in periods]
        return Batch(
            readings=tuple(
                Reading(scope=scope, period=period, grade=grade, **value(period)._asdict())
                for period, grade in graded
                if grade
            ),
            document=fetched.document,
            rows=len(points),
            fields=fields or None,
        )


def _each(steps: Sequence[Callable[[], Batch]]) -> Iterator[Batch]:
    """Take step after step, noting failures; a service that asks for a wait gets it."""
    failed: list[CollectError] = []
    for done, step in enumerate(steps, start=1):
        try:
            batch = step()
        except CollectError as error:
            failed.append(error)
            if getattr(error, "retry_after", None) or len(failed) == _GIVE_UP:
                break
        else:
            yield replace(batch, done=done, total=len(steps))
    if failed:
        raise next((each for each in failed if isinstance(each, SourceChanged)), failed[0])


def _periods(errand: Errand) -> list[Period]:
    """List the closed periods that are asked for: those of a window, or the newest."""
    definition, now = errand.definition, errand.now
    since, until = errand.window or (now, now)
    first = Period.containing(max(since, wire.FIRST_DAY).date(), definition.frequency)
    last = Period.containing(until.date(), definition.frequency)
    return [
        period
        for period in first.shift(0 if errand.window else -_PERIODS).through(last)
        if max(definition.known_at(period), period.ends_at) <= now
        and midnight(period.start) >= wire.FIRST_DAY
    ]


def _asked(errand: Errand, periods: Sequence[Period]) -> dict[str, str | int]:
    """Say for which span a timeline is asked: a window's, or so many days back from now."""
    if errand.window:
        return _span(periods[0].start, periods[-1].last_day)
    days = (errand.now.date() - periods[0].start).days + 1
    return {"timespan": f"{max(days, _SHORTEST)}d"}


def _days(errand: Errand) -> list[date]:
    """List the days that are over and whose articles are asked for."""
    settled = (errand.now - _SETTLES).date()
    since, until = errand.window or (midnight(settled - _CATCH_UP * _DAY), errand.now)
    first = max(since, wire.FIRST_DAY).date()
    last = min(settled, (until + _DAY - timedelta.resolution).date())
    return [first + number * _DAY for number in range((last - first).days)]


def _span(first: date, last: date) -> dict[str, str | int]:
    return {"startdatetime": f"{first:%Y%m%d}000000", "enddatetime": f"{last:%Y%m%d}235959"}


def _grade(definition: Definition, period: Period) -> Grade | None:
    return grade_of(period, definition.coverage) if definition.coverage else Grade.FULL


def _length(period: Period) -> int:
    return (period.last_day - period.start).days + 1


def _slot(scope: str, day: date) -> str:
    return f"{scope}/{day}"


def _sighting(scope: str, article: wire.Article) -> Sighting:
    where = address(article.url)
    words = title_words(article.title, article.url)
    return Sighting(
        scope=scope,
        name=hashlib.sha256(where.encode()).hexdigest()[:32],
        day=article.seendate.date(),
        outlet=outlet(article.url),
        label=hashlib.sha256(words.encode()).hexdigest()[:32],
    )
