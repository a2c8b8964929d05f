"""Random histories against a model of vintages so simple that it can be seen to be right."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecaster.domain.observation import Missing, Reading
from forecaster.store import observations
from forecaster.store.database import Database
from tests.store.samples import HOUR, NOW, definition, reading, week

FAR = NOW + 999 * HOUR
_numbers = count()
_weeks = st.integers(0, 2)
_hours = st.integers(-5, 60)


@dataclass(frozen=True)
class Told:
    """One collection: what was told, when, and how."""

    hour: int
    readings: tuple[Reading, ...]
    inferred: bool
    whole: bool


@dataclass
class Model:
    """Every version ever recorded as (known at, place in the record, what it says), per week."""

    weeks: dict[int, list[tuple[datetime, int, object]]] = field(default_factory=dict)
    length: int = 0

    def known(self, number: int, moment: datetime, cut: int | None = None) -> object:
        versions = [
            version
            for version in self.weeks.get(number, [])
            if version[0] <= moment and (cut is None or version[1] <= cut)
        ]
        return max(versions, key=lambda version: version[:2])[2] if versions else None

    def tell(self, told: Told) -> None:  # noqa: C901  (the rules, one after the other)
        now = NOW + told.hour * HOUR
        inferred = told.inferred or not self.length
        for one in told.readings:
            self._tell(one, now, inferred=inferred)
        last_words = sorted(told.readings, key=lambda one: one.known_at or now)
        for one in {one.period: one for one in last_words}.values():
            if self.known(_number(one), FAR) is Missing.WITHDRAWN:
                self._add(_number(one), now, one.missing or one.value)
        if told.whole:
            for one in {one.period: one for one in last_words}.values():
                if self.known(_number(one), now) != (one.missing or one.value):
                    self._add(_number(one), now, one.missing or one.value)
            standing = {_number(one) for one in told.readings}
            for number in sorted(self.weeks.keys() - standing):
                if isinstance(self.known(number, now), float):
                    self._add(number, now, Missing.WITHDRAWN)

    def _tell(self, one: Reading, now: datetime, *, inferred: bool) -> None:
        number, says = _number(one), one.missing or one.value
        published = one.known_at or (_inferred(one) if inferred else now)
        moment = min(published, now)
        ever = max((version[0] for version in self.weeks.get(number, [])), default=moment)
        if moment < ever and one.known_at is None:
            moment = now
        if self.known(number, moment) != says:
            self._add(number, moment, says)

    def _add(self, number: int, moment: datetime, says: object) -> None:
        self.length += 1
        self.weeks.setdefault(number, []).append((moment, self.length, says))


def _number(one: Reading) -> int:
    return one.period.ordinal - week(0).ordinal


def _inferred(one: Reading) -> datetime:
    return one.period.ends_at + timedelta(days=2)


@st.composite
def _readings(draw: st.DrawFn) -> Reading:
    value = draw(st.sampled_from([None, 0.0, 1.0]))
    hour = draw(st.none() | _hours)
    fields: dict[str, Any] = {"known_at": None if hour is None else NOW + hour * HOUR}
    if value is None:
        fields["missing"] = Missing.NOT_REPORTED
    return reading(draw(_weeks), value, **fields)


@st.composite
def _days(draw: st.DrawFn) -> list[Told]:
    readings = st.lists(_readings(), max_size=4).map(tuple)
    told = st.builds(
        Told,
        hour=st.integers(0, 50),
        readings=readings,
        inferred=st.booleans(),
        whole=st.booleans(),
    )
    return sorted(draw(st.lists(told, min_size=1, max_size=6)), key=lambda one: one.hour)


@given(days=_days(), asked=st.lists(st.tuples(_hours, st.integers(0, 20)), min_size=1, max_size=4))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_store_remembers_what_the_model_remembers(
    database: Database, days: list[Told], asked: list[tuple[int, int]]
) -> None:
    series = definition(f"random-{next(_numbers)}")
    key = series.keys[0]
    model = Model()
    for told in days:
        model.tell(told)
        with database.begin() as session:
            observations.record(
                session,
                series,
                told.readings,
                now=NOW + told.hour * HOUR,
                inferred=told.inferred,
                whole=told.whole,
            )

    with database.read() as session:
        ids = sorted(one.id for one in observations.versions(session, key))
        assert len(ids) == model.length
        for hour, length in asked:
            moment = NOW + hour * HOUR
            cut = ids[: min(length, len(ids))]
            for record_cut, model_cut in ((None, None), (max(cut, default=0), length)):
                seen = observations.as_of(session, key, moment, cut=record_cut)
                known = {number: model.known(number, moment, model_cut) for number in range(3)}
                assert {_number(one): one.missing or one.value for one in seen} == {
                    number: says for number, says in known.items() if says is not None
                }


@given(days=_days())
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_is_collected_again_at_once_adds_nothing(
    database: Database, days: list[Told]
) -> None:
    series = definition(f"again-{next(_numbers)}")
    for told in days:
        with database.begin() as session:
            how: dict[str, Any] = {
                "now": NOW + told.hour * HOUR,
                "inferred": told.inferred,
                "whole": told.whole,
            }
            last_words = tuple({one.period: one for one in told.readings}.values())
            observations.record(session, series, last_words, **how)

            assert sum(observations.record(session, series, last_words, **how)) == 0
