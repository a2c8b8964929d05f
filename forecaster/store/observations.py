"""What was seen of every series: recorded once, read as it was known at any moment."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, Subquery, func, insert, or_, select, update
from sqlmodel import col

from forecaster.domain.errors import UnknownName
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Observation, Reading, SeriesKey
from forecaster.domain.period import Frequency, Period
from forecaster.store.database import Session, insert_unless_there
from forecaster.store.tables import ObservationRow, SeriesRow
from forecaster.store.vintages import Content, Past, Slip, Version

_id, _known = col(ObservationRow.id), col(ObservationRow.known_at)
_start, _series = col(ObservationRow.period_start), col(ObservationRow.series_id)
_CONTENT = [col(getattr(ObservationRow, name)) for name in Content._fields]
_COLUMNS = [
    *(_id, col(ObservationRow.frequency), _start, *_CONTENT, _known),
    *(col(ObservationRow.recorded_at), col(ObservationRow.pseudo)),
    *(col(ObservationRow.definition), col(ObservationRow.document), col(ObservationRow.run)),
]


class Recorded(NamedTuple):
    """How many versions were recorded: of periods never seen, of others, and doubtful ones."""

    new: int
    revised: int
    doubtful: int


class Newest(NamedTuple):
    """The newest version that was recorded of a series, and its last known value."""

    record_cut: int
    last: Observation | None


def record(
    session: Session,
    definition: Definition,
    readings: Sequence[Reading],
    *,
    now: datetime,
    inferred: bool,
    recorded_at: datetime | None = None,
    whole: bool = False,
    document: str | None = None,
    run: int | None = None,
) -> Recorded:
    """Record what the readings say that was not known; the rest is confirmed.

    `inferred`: a reading that bears no publication time was known a lag after its period, not
    now; so it is in any case where the series is still empty. `whole`: these readings are all
    that the source holds, so that what is absent from them, or was known later, was taken back.
    `recorded_at`: when it is written, where that is later than `now`, the moment of reading.
    """
    _check_belong(definition, readings)
    concerned = definition.scopes if whole else {reading.scope for reading in readings}
    series = _held(session, definition.id, sorted(concerned))
    past = _past(session, series, None if whole else readings)
    empty = _empty(session, series)
    releases = {
        scope: definition.release if inferred or scope in empty else None for scope in series
    }

    slips = [
        *past.news(readings, now=now, releases=releases),
        *past.restored(readings, now=now),
        *(past.corrected(readings, now=now) if whole else ()),
        *(past.withdrawn(readings, now=now) if whole else ()),
    ]

    written = {"recorded_at": recorded_at or now, "run": run, "document": document}
    common = {"definition": definition.digest, **written}
    if slips:
        session.execute(insert(ObservationRow), [_values(slip, series) | common for slip in slips])
    _confirm(session, series, now)
    revised = sum(slip.revises for slip in slips)
    doubtful = sum(slip.version.content.doubtful is not None for slip in slips)
    return Recorded(len(slips) - revised, revised, doubtful)


def versions(
    session: Session,
    key: SeriesKey,
    *,
    cut: int | None = None,
    known_by: datetime | None = None,
) -> tuple[Observation, ...]:
    """Return every version of every period, up to a record cut and a moment of knowledge."""
    query = _of(key, cut=cut, known_by=known_by)
    return _observations(session, key, query.order_by(_start, _known, _id))


def as_of(
    session: Session,
    key: SeriesKey,
    moment: datetime,
    *,
    since: date | None = None,
    until: date | None = None,
    cut: int | None = None,
) -> tuple[Observation, ...]:
    """Return every period as it was known at a moment; what was withdrawn says so.

    `since` and `until`, both included, bound the first day of the periods.
    """
    inner = _ranked(_of(key, cut=cut, known_by=moment, since=since, until=until))
    query = select(inner).where(inner.c.rank == 1).order_by(inner.c.period_start)
    return _observations(session, key, query)


def issues(
    session: Session,
    key: SeriesKey,
    first: datetime,
    last: datetime,
    *,
    since: date | None = None,
    until: date | None = None,
) -> tuple[Observation, ...]:
    """Return every version that became known between two moments, both included."""
    query = _of(key, known_by=last, since=since, until=until).where(_known >= first)
    return _observations(session, key, query.order_by(_start, _known, _id))


def lag(
    session: Session,
    key: SeriesKey,
    lag: timedelta,
    *,
    since: date | None = None,
    until: date | None = None,
) -> tuple[Observation, ...]:
    """Return every period as it was known that long after its end."""
    query = _of(key, since=since, until=until).order_by(_start, _known, _id)
    in_time = (
        observation
        for observation in _observations(session, key, query)
        if observation.known_at <= observation.period.ends_at + lag
    )
    periods = groupby(in_time, lambda observation: observation.period)
    return tuple(list(of_period)[-1] for _, of_period in periods)


def newest(session: Session, key: SeriesKey, now: datetime) -> Newest | None:
    """Return where a series stands now; none, if nothing was ever recorded of it."""
    cut = session.execute(select(func.max(_id)).where(_is_of(key))).scalar_one()
    if cut is None:
        return None
    inner = _ranked(_of(key, known_by=now))
    valued = select(inner).where(inner.c.rank == 1, inner.c.value.is_not(None))
    last = _observations(session, key, valued.order_by(inner.c.period_start.desc()).limit(1))
    return Newest(cut, last[0] if last else None)


def pending(session: Session, key: SeriesKey, cut: int, as_of: datetime, now: datetime) -> bool:
    """Say whether anything is known now that an issue with these cuts did not know."""
    unseen = select(_id).where(_is_of(key), _known <= now, or_(_id > cut, _known > as_of))
    return session.execute(unseen.limit(1)).first() is not None


def confirmed_at(session: Session, key: SeriesKey) -> datetime | None:
    """Return when a source last said that the series is as it was recorded."""
    confirmed = select(col(SeriesRow.last_confirmed_at)).where(*_named(key))
    return session.execute(confirmed).scalar_one_or_none()


def _check_belong(definition: Definition, readings: Iterable[Reading]) -> None:
    for reading in readings:
        if reading.scope not in definition.scopes:
            raise UnknownName("scope", reading.scope, definition.scopes)
        if reading.period.frequency is not definition.frequency:
            raise ValueError(f"{definition.id} is told by {definition.frequency}: {reading}")


def _held(session: Session, indicator: str, scopes: Sequence[str]) -> dict[str, int]:
    """Hold the rows of the series until the transaction ends; return scope → id.

    Whoever records a series holds it, so that the ids of its observations grow in the order of
    commit: a reader who has seen one id will never find a smaller one that is new.
    """
    wanted = (
        select(col(SeriesRow.scope), col(SeriesRow.id))
        .where(col(SeriesRow.indicator) == indicator, col(SeriesRow.scope).in_(scopes))
        .order_by(col(SeriesRow.scope))
        .with_for_update()
    )
    held = {row.scope: row.id for row in session.execute(wanted)}
    strangers = [{"indicator": indicator, "scope": scope} for scope in scopes if scope not in held]
    if strangers:
        session.execute(insert_unless_there(session, SeriesRow), strangers)
        held = {row.scope: row.id for row in session.execute(wanted)}
    return {scope: number for scope, number in held.items() if number is not None}


def _past(session: Session, series: Mapping[str, int], readings: Sequence[Reading] | None) -> Past:
    """Read what is known of the periods of the readings, or of all."""
    query = (
        select(_series, col(ObservationRow.frequency), _start, _known, *_CONTENT)
        .where(_series.in_(series.values()))
        .order_by(_known, _id)
    )
    if readings:
        starts = [reading.period.start for reading in readings]
        query = query.where(_start.between(min(starts), max(starts)))
    scopes = {number: scope for scope, number in series.items()}
    past = Past()
    for number, frequency, start, known_at, *content in session.execute(query):
        version = Version(known_at, pseudo=False, content=Content(*content))
        past.setdefault((scopes[number], frequency, start), []).append(version)
    return past


def _empty(session: Session, series: Mapping[str, int]) -> frozenset[str]:
    """Name the scopes of which nothing was recorded yet."""
    filled = select(col(SeriesRow.id)).where(
        col(SeriesRow.id).in_(series.values()),
        select(_id).where(_series == col(SeriesRow.id)).exists(),
    )
    known = set(session.execute(filled).scalars())
    return frozenset(scope for scope, number in series.items() if number not in known)


def _values(slip: Slip, series: Mapping[str, int]) -> dict[str, Any]:
    return {
        "series_id": series[slip.scope],
        "frequency": slip.frequency,
        "period_start": slip.period_start,
        "known_at": slip.version.known_at,
        "pseudo": slip.version.pseudo,
        **slip.version.content._asdict(),
    }


def _confirm(session: Session, series: Mapping[str, int], now: datetime) -> None:
    chosen = update(SeriesRow).where(col(SeriesRow.id).in_(series.values()))
    session.execute(chosen.values(last_confirmed_at=now))


def _named(key: SeriesKey) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (col(SeriesRow.indicator) == key.indicator, col(SeriesRow.scope) == key.scope)


def _is_of(key: SeriesKey) -> ColumnElement[bool]:
    return _series == select(col(SeriesRow.id)).where(*_named(key)).scalar_subquery()


def _of(
    key: SeriesKey,
    *,
    cut: int | None = None,
    known_by: datetime | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Select[Any]:
    query = select(*_COLUMNS).where(_is_of(key))
    bounds = ((_id, cut), (_known, known_by), (_start, until))
    query = query.where(*(column <= bound for column, bound in bounds if bound is not None))
    return query if since is None else query.where(_start >= since)


def _ranked(query: Select[Any]) -> Subquery:
    """Number the versions of each period, from the newest."""
    period = (col(ObservationRow.frequency), _start)
    newest_first = (_known.desc(), _id.desc())
    rank = func.row_number().over(partition_by=period, order_by=newest_first)
    return query.add_columns(rank.label("rank")).subquery()


def _observations(session: Session, key: SeriesKey, query: Select[Any]) -> tuple[Observation, ...]:
    return tuple(_observation(key, row) for row in session.execute(query))


def _observation(key: SeriesKey, row: Row[Any]) -> Observation:
    fields = dict(row._mapping)  # noqa: SLF001  (SQLAlchemy's documented name for it)
    fields.pop("rank", None)
    period = _period(fields.pop("frequency"), fields.pop("period_start"))
    return Observation(indicator=key.indicator, scope=key.scope, period=period, **fields)


@lru_cache(maxsize=20_000)
def _period(frequency: str, start: date) -> Period:
    """Name a period; the same ones recur in series after series."""
    return Period(frequency=Frequency(frequency), start=start)
